"""How old a reader must be: every sentence an asker is shown, and every page of theirs as a whole, 11 at most.

The measure needs some words to say anything, so labels and sentences of fewer than 8 are scored with what stands
around them. Young people's own words for topics are data and are not scored.
"""

import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.core import mail
from django.template.loader import render_to_string

from askpeer import prose, receipts
from config.demo import reference
from questions import moves, states
from questions.intake import notices
from questions.models import Message, Question, Topic
from questions.publication import hiding, withdrawing
from tests.factories import NOW, make_question
from tests.questions import catalogue
from tests.questions.publication.shelf import answered, edited, published

RISKY = "I have a plan to end my life tonight. Ring 07700 900123."
OLDEST = 11
FEWEST = 8  # words
FILLING = {"closes", "erases", "count", "number", "limit", "limit_value", "show_value", "limit_said", "found", "total"}
"""The placeholders that a number stands in for; a day of the week stands in the others."""
WORD_FOR_WORD = {
    "Leaving deletes what you typed. History, downloads and screenshots stay",
    "Nobody else, unless someone could be badly hurt.",
    "Search engines take longer; copies people saved we can't remove.",
    "We're worried about someone's safety, so a locked note stays until Monday. Nobody else sees it.",
}
"""Sentences that the product's description gives, each to be kept as it is."""
BREAKS = {
    "br",
    "p",
    "li",
    "h1",
    "h2",
    "h3",
    "td",
    "th",
    "div",
    "label",
    "legend",
    "summary",
    "button",
    "option",
    "ul",
    "ol",
}
VOID = {"br", "meta", "link", "input", "img"}


def filled(message: str) -> str:
    """The message with short words in its places."""
    return re.sub(r"%\((\w+)\)[sd]|\{(\w+)\}", lambda m: "ten" if (m[1] or m[2]) in FILLING else "Monday", message)


def sentences(text: str) -> list[str]:
    return [part if part.endswith((".", "?")) else f"{part}." for part in re.split(r"(?<=[.?])\s+", text.strip())]


def length(text: str) -> int:
    return len(re.findall(r"[A-Za-z']+", text))


def scored(texts) -> list[tuple[float, str]]:
    """(age, text) of those that are long enough to be measured, the hardest first."""
    return sorted(((prose.reading_age(text), text) for text in texts if length(text) >= FEWEST), reverse=True)


def too_hard(texts) -> list[tuple[float, str]]:
    return [(age, text) for age, text in scored(texts) if age > OLDEST]


def messages() -> set[str]:
    """Every message that askers are shown: the only ones that are translated."""
    return {filled(text) for pair in catalogue.asked_for() for text in pair if text}


class _Visible(HTMLParser):
    """The blocks of text that a page shows, without the asker's and the answer's own words."""

    HIDDEN = frozenset({"head", "script", "style", "svg", "textarea", "select"})

    def __init__(self) -> None:
        super().__init__()
        self.blocks, self.open = [""], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in VOID:
            self.open.append((tag, tag in self.HIDDEN or "hidden" in given or given.get("translate") == "no"))
        self._break(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass
        self._break(tag)

    def handle_data(self, data):
        if not any(hidden for _, hidden in self.open):
            self.blocks[-1] += data

    def _break(self, tag):
        if tag in BREAKS:
            self.blocks.append("")


def shown(html: str) -> list[str]:
    reader = _Visible()
    reader.feed(html)
    return [" ".join(block.split()) for block in reader.blocks if block.strip()]


def age_of(html: str) -> float:
    """The page's text as one: its blocks of some length, for one-word labels would make any page look easy."""
    blocks = [block if block.endswith((".", "?")) else f"{block}." for block in shown(html) if length(block) >= FEWEST]
    return prose.reading_age("\n\n".join(blocks))


def check(response, status=200):
    age = age_of(response.content.decode())
    assert (response.status_code, age <= OLDEST) == (status, True), (age, shown(response.content.decode()))


def test_the_measure_sees_what_is_too_hard():
    hard = "Confidentiality considerations necessitate organisational documentation of individual circumstances."
    assert too_hard([hard, "Hard."]) == [(prose.reading_age(hard), hard)]
    assert shown(f"<head><title>x</title></head><p>One <b>two</b></p><svg>x</svg><p hidden>x</p>{hard}") == [
        "One two",
        hard,
    ]
    assert age_of(f"<p>{hard}</p><p>It is.</p>") > 20
    assert filled("By {promised} or %(count)s of {number}") == "By Monday or ten of ten"


def test_no_message_is_too_hard():
    assert too_hard(messages() - WORD_FOR_WORD) == []


def test_no_sentence_in_a_message_is_too_hard():
    assert too_hard({one for text in messages() - WORD_FOR_WORD for one in sentences(text)} - WORD_FOR_WORD) == []


def test_each_exception_is_still_said_and_still_needed():
    said = messages() | {one for text in messages() for one in sentences(text)}
    assert {text for text in WORD_FOR_WORD if text in said and prose.reading_age(text) > OLDEST} == WORD_FOR_WORD


@pytest.fixture
def asker(client, calendar, settings, tmp_path):
    """A browser at a fixed moment, on a service with the demo's topics, signposts and risk phrases."""
    settings.LEDGER = tmp_path / "erased.txt"
    reference.seed_signposts(reference.seed_topics())
    reference.seed_risk_rules()
    with time_machine.travel(NOW, tick=False):
        yield client


@pytest.fixture
def opened(asker):
    """Make a question with this maker and open it with its words."""

    def open_with(make=make_question, **values):
        receipt = receipts.draw()
        make(text="I feel alone.", receipt=receipt, **values)
        assert asker.post("/my-question/", {"receipt": receipt}).status_code == 302
        return Question.objects.get()

    return open_with


def with_answer(**values):
    question = answered(**values)
    text = "That sounds hard."
    Message(round=question.round, kind="answer", text=text, html=f"<p>{text}</p>", digest=b"d" * 32, sent_at=NOW).save()
    return question


FOR_ALL = ["/", "/about/", "/who-pays/", "/privacy/", "/cards/", "/ask/young/", "/ask/saved/", "/my-question/"]
LOOKING = ["/library/", "/library/?topic=lonely", "/library/?q=zzz", "/words/lonely/", "/words/lonely/thanks/"]
BEGINNING = ["/ask/", "/ask/leaving/"]


@pytest.mark.parametrize("path", [*FOR_ALL, *LOOKING, *BEGINNING])
@pytest.mark.parametrize("hours", [0, 12], ids=["open", "closed"])
def test_a_page_that_anybody_can_open(asker, path, hours):
    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        check(asker.get(path))


@pytest.mark.parametrize("hours", [0, 12], ids=["open", "closed"])
def test_asking_from_the_first_page_to_the_last(asker, hours):
    with time_machine.travel(NOW + timedelta(hours=hours), tick=False):
        check(asker.post("/ask/", {"nation": "XX"}, follow=True))
        asker.post("/ask/", {"age_band": "13-15", "about_staff": "on"})
        check(asker.get("/ask/words/"))
        check(asker.post("/ask/words/", {"text": ""}, follow=True))
        asker.post(
            "/ask/words/", {"text": "I have a plan to end my life tonight. Ring 07700 900123.", "topic": "lonely"}
        )
        check(asker.get("/ask/check/"))
        check(asker.post("/ask/check/", {"email": "none"}, follow=True))
        asker.post("/ask/check/", {"email": ""})
        check(asker.get("/ask/safe/"))
        check(asker.get("/ask/receipt/"))


def test_words_that_open_nothing(asker):
    check(asker.post("/my-question/", {"receipt": "apricot bandana nowhere"}), 422)
    check(asker.post("/my-question/take-down/", {"receipt": "apricot bandana"}), 422)
    check(asker.post("/my-question/reply/", {"text": "Hello"}), 403)


@pytest.mark.parametrize("status", [status for status in states.STATUSES if status != "withdrawn"])
@pytest.mark.parametrize("days", [0, 30], ids=["in time", "late"])
def test_a_questions_page_in_every_status(opened, asker, status, days):
    question = opened(about_staff=True, level="amber")
    Question.objects.filter(pk=question.pk).update(status=status)
    question.rounds.update(due_at=NOW + timedelta(days=9 - days), promised_at=NOW + timedelta(days=9 - days))
    check(asker.get("/my-question/"))


@pytest.mark.parametrize("nation", ["GB-ENG", "other"])
@pytest.mark.parametrize("about_staff", [False, True])
def test_the_page_of_an_urgent_question(opened, asker, about_staff, nation):
    opened(level="red", nation=nation, about_staff=about_staff)
    check(asker.get("/my-question/"))


def test_everything_an_asker_can_do_with_an_answer(opened, asker):
    question = opened(with_answer)
    check(asker.get("/my-question/"))
    check(asker.post("/my-question/follow-up/", {"text": ""}), 422)
    check(asker.get("/my-question/talk/"))
    asker.post("/my-question/consent/", {"choice": "show_me"})
    edited(question.publications.get())
    check(asker.get("/my-question/"))
    check(asker.get("/my-question/erase/"))
    asker.post("/my-question/erase/")
    check(asker.get("/my-question/"))


def test_a_question_that_waits_for_a_reply(opened, asker):
    question = opened(email="me@example.org")
    for to, role in (("open", "supervisor"), ("in_progress", "advisor"), ("in_review", "advisor")):
        moves.move(question, to, by=moves.Actor(role, "person:x"), now=NOW)
    moves.move(question, "pending_asker", by=moves.Actor("supervisor", "person:y"), now=NOW)
    check(asker.get("/my-question/"))


def test_the_library(asker):
    publication = published(topic=Topic.objects.get(slug="lonely"))
    path = f"/library/{publication.slug}/"
    for page in ("/library/", "/library/?q=lunch", "/library/?q=i+want+to+end+my+life+tonight", path, f"{path}report/"):
        check(asker.get(page))
    check(asker.get(f"{path}reported/"))
    hiding.report(publication, NOW)
    check(asker.get(path), 404)
    withdrawing.withdraw_for(Question.objects.get(), now=NOW)
    check(asker.get(path), 410)


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "413", "500", "503", "csrf"])
def test_a_page_for_when_something_is_wrong(asker, name):
    html = render_to_string(f"{name}.html")
    assert age_of(html) <= OLDEST, shown(html)


def test_the_mail_to_an_asker(opened, calendar, settings):
    question = opened(email="me@example.org")
    notices.something_new({"subject": question.subject, "round": 1}, key="answer-ready:1", now=NOW).send()
    (sent,) = mail.outbox
    assert prose.reading_age(f"{sent.subject}.\n\n{sent.body}") <= OLDEST
