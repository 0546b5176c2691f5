"""Every page of askers and of the library, opened by everybody else: nobody meets another's words, or touches them."""

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from askpeer import receipts
from questions.intake import withdrawing
from questions.publication import hiding
from questions.publication import withdrawing as taking_down
from tests.factories import NOW, SupervisorFactory
from tests.questions.intake.conftest import ABOUT, shown
from tests.questions.partners.matrix import CANARY, answered, everything
from tests.questions.publication import shelf

pytestmark = pytest.mark.django_db
SPACES = ("intake", "library")
METHODS = ("GET", "HEAD", "POST")
TYPED = {"text": "Let me in.", "words": "Let me in.", "choice": "no", "felt_heard": "yes", "wrote": "", "act": "reply"}
OTHERS = ("nobody", "another asker", "whose question is erased", "with a made-up cookie", "with a cookie of rubbish")


def routes():
    """Every named route of askers and of the library, with whether it takes an address."""
    found = {}
    for space in SPACES:
        for route in dict(get_resolver().namespace_dict)[space][1].url_patterns:
            found[f"{space}:{route.name}"] = "<slug:slug>" in str(route.pattern)
    return found


def browser(receipt=""):
    client = Client()
    if receipt:
        assert client.post("/my-question/", {"receipt": receipt}).status_code == 302
    return client


@pytest.fixture
def words(site, clock, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    return {whose: receipts.draw() for whose in ("its asker", "another asker", "whose question is erased")}


@pytest.fixture
def browsers(words):
    """{who: browser}. Only the first one's question has the canary, and so has what was typed before it is sent."""
    answered(receipt=words["its asker"], text=f"{CANARY} mine.")
    answered(receipt=words["another asker"], text="I am somebody else.")
    gone = answered(receipt=words["whose question is erased"], text="This will go.")
    found = {"nobody": browser()} | {whose: browser(receipt) for whose, receipt in words.items()}
    withdrawing.erase(question=gone, now=NOW)
    found |= {"with a made-up cookie": browser(), "with a cookie of rubbish": browser()}
    found["with a made-up cookie"].cookies[django_settings.SESSION_COOKIE_NAME] = "a" * 32
    found["with a cookie of rubbish"].cookies[django_settings.SESSION_COOKIE_NAME] = "%00'--"
    own = found["its asker"]
    own.post("/ask/", ABOUT | {"shown": shown(own.get("/ask/"))})
    own.post("/ask/words/", {"text": f"{CANARY} what I only typed."})
    return found


@pytest.fixture
def addresses(site):
    """What is not in the library, or not any more."""
    texts = {"asked": NOW, "question_text": f"{CANARY} once.", "answer_text": f"{CANARY} an answer."}
    hidden, left = (shelf.published(title=f"{CANARY} {which}", **texts) for which in ("hidden", "left"))
    waiting = shelf.edited(shelf.agreed("yes"), title=f"{CANARY} waiting", question_text=f"{CANARY} soon.")
    slugs = {"hidden": hidden.slug, "left": left.slug, "waiting": waiting.slug, "guessed": "lunch-alone"}
    hiding.report(hidden, NOW)
    taking_down.withdraw(publication=left, by=SupervisorFactory(), now=NOW)
    return slugs


def undone(client, method, path, data):
    """The answer to a request of which nothing is kept."""
    with transaction.atomic():
        answer = client.generic(method, path) if method != "POST" else client.post(path, data)
        transaction.set_rollback(True)
    return answer


def told(answer):
    return CANARY in answer.content.decode() + str(answer.headers)


def test_the_asker_meets_their_own_words_where_they_should(browsers):
    """Without this the next tests would find nothing because there is nothing to find."""
    pages = ("/my-question/", "/my-question/notes.txt", "/my-question/talk/", "/ask/words/")
    assert [told(browsers["its asker"].get(page)) for page in pages] == [True] * 4


def test_no_page_shows_anybody_elses_words_whoever_asks(browsers, words, addresses):
    tried, wrong = 0, []
    typed = TYPED | {"receipt": words["whose question is erased"]}
    before = everything()
    for name, takes_address in routes().items():
        for path in [reverse(name, args=[slug]) for slug in addresses.values()] if takes_address else [reverse(name)]:
            for who in OTHERS:
                for method in METHODS:
                    answer = undone(browsers[who], method, path, typed)
                    tried += 1
                    if told(answer) or answer.status_code >= 500:
                        wrong.append(f"{method} {name} {who}: {answer.status_code}")
    assert wrong == []
    assert everything() == before
    assert tried >= 735


def test_words_turned_round_and_words_of_another_day_open_nothing(browsers, words):
    own = words["its asker"].split()
    guesses = [receipts.draw(), " ".join(reversed(own)), " ".join(own[:5]), f"{own[1]} {own[0]} {' '.join(own[2:])}"]
    for receipt in [*guesses, words["whose question is erased"]]:
        answer = browsers["nobody"].post("/my-question/", {"receipt": receipt})
        assert (answer.status_code, told(answer)) == (422, False)
        assert told(browsers["nobody"].get("/my-question/")) is False


def test_a_search_and_the_feeds_find_nothing_that_is_not_public(site, addresses):
    pages = ("/library/", "/library/?q=canary", "/library/feed/", "/library/sitemap.xml")
    answers = [site.get(page) for page in pages]
    assert [(answer.status_code, answer.content.decode().count(CANARY)) for answer in answers] == [(200, 0)] * 4
    assert [slug for slug in addresses.values() for answer in answers if slug in answer.content.decode()] == []
