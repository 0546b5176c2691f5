import gzip
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from askpeer import receipts
from questions.intake import asking, promising, risk, waiting
from questions.intake.models import WaitingDraft
from questions.models import Contact, Message, Question, Round, Topic
from tests.questions.intake.conftest import ABOUT, MONDAY, ask, shown, words_on
from tests.questions.publication.shelf import published

pytestmark = pytest.mark.django_db


def test_three_pages_make_one_question_and_show_its_six_words(site, clock, topic):
    first = site.get("/ask/")
    assert site.post("/ask/", ABOUT | {"shown": shown(first)}).url == "/ask/words/"
    assert site.post("/ask/words/", {"text": "I feel alone.", "cards": ["sad"], "topic": "lonely"}).url == "/ask/check/"
    clock.shift(timedelta(minutes=2))
    assert site.post("/ask/check/", {"email": ""}).url == "/ask/receipt/"
    question = Question.objects.get()
    page = site.get("/ask/receipt/")
    assert receipts.digest(words_on(page)) == bytes(question.receipt_digest)
    assert (question.status, question.level, question.age_band, question.nation) == ("new", "green", "13-15", "GB-ENG")
    assert (question.wants, question.topic, question.quarantined) == (["listening"], topic, False)
    message = Message.objects.get()
    assert (message.text, message.extras, message.passed_at) == (
        "I feel alone.",
        '{"cards": ["sad"], "timeline": []}',
        None,
    )
    assert Contact.objects.count() == 0


def test_the_promise_is_the_same_before_asking_on_the_receipt_and_on_the_questions_page(site, clock):
    promised = "by 6pm on Thursday 19 November."
    pages = [site.get("/"), site.get("/ask/")]
    clock.move_to(datetime(2026, 11, 16, 17, 59, tzinfo=UTC))
    first = site.get("/ask/")
    clock.move_to(datetime(2026, 11, 16, 18, 40, tzinfo=UTC))  # closed meanwhile: a new promise would be a day later
    site.post("/ask/", ABOUT | {"shown": shown(first)})
    site.post("/ask/words/", {"text": "help"})
    pages += [first, site.get("/ask/check/")]
    site.post("/ask/check/", {})
    pages.append(site.get("/ask/receipt/"))
    site.post("/my-question/", {"receipt": words_on(pages[-1])})
    pages.append(site.get("/my-question/"))
    assert [page.content.decode().count(promised) for page in pages] == [1] * 6
    assert Round.objects.get().promised_at == datetime(2026, 11, 19, 18, tzinfo=UTC)


def test_a_promise_older_than_an_hour_is_shown_anew_before_sending(site, clock):
    first = site.get("/ask/")
    site.post("/ask/", ABOUT | {"shown": shown(first)})
    for _ in range(3):
        clock.shift(timedelta(minutes=30))
        site.post("/ask/words/", {"text": "help"})
    clock.move_to(datetime(2026, 11, 16, 13, 0, tzinfo=UTC))
    assert b"by 6pm on Thursday 19 November." in site.get("/ask/check/").content
    site.post("/ask/check/", {})
    assert Question.objects.get().asked_at == datetime(2026, 11, 16, 13, tzinfo=UTC)


def test_a_changed_promise_is_not_believed(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/")).replace("2026", "2016")})
    assert WaitingDraft.objects.get().promised_at == datetime(2026, 11, 19, 18, tzinfo=UTC)


def test_a_double_post_makes_one_question(site, clock):
    first = ask(site)
    second = site.post("/ask/check/", {"email": ""})
    assert (first.url, second.url, Question.objects.count()) == ("/ask/receipt/", "/ask/receipt/", 1)


def test_two_sends_of_one_draft_give_the_same_six_words(calendar, now):
    told = ABOUT | {"may_know_advisor": False, "about_staff": False, "text": "help"}
    draft = waiting.start(kept=told, promised_at=now + timedelta(days=3), shown_at=now, now=now)
    twin = waiting.find(draft.key, now=now)
    later = now + timedelta(minutes=1)
    sent = [
        waiting.send(each, email="", language="en", quarantined=False, now=later).kept["receipt"]
        for each in (draft, twin)
    ]
    assert sent == [sent[0]] * 2
    assert Question.objects.count() == 1


def test_the_first_page_asks_the_database_nothing(site, django_assert_num_queries):
    site.get("/ask/")
    with django_assert_num_queries(0):
        site.get("/ask/")


def test_sending_is_a_literal_number_of_statements(calendar, now, django_assert_num_queries):
    risk.level_of("")
    promising.room(now)
    with django_assert_num_queries(6):  # savepoint, question, round, message, trail, release
        asking.ask(text="help", age_band="13-15", now=now)


def test_what_waits_is_sealed_and_opens_with_the_cookie_alone(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "A secret about the pond."})
    row, key = WaitingDraft.objects.get(), site.cookies["n"].value
    assert b"pond" not in bytes(row.sealed) + bytes(row.digest)
    assert waiting.find(key, now=MONDAY).kept["text"] == "A secret about the pond."
    assert waiting.find(key[:-1] + ("A" if key[-1] != "A" else "B"), now=MONDAY) is None
    assert waiting.find(key, now=MONDAY + timedelta(minutes=60)) is None
    cookie = site.cookies["n"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_a_browser_that_closes_forgets_what_was_typed_and_the_six_words(site, clock):
    """Without a Max-Age and an Expires a cookie ends with the browser's own session (RFC 6265, 5.3)."""
    ask(site)
    words_on(site.get("/ask/receipt/"))
    cookie = site.cookies["n"]
    assert cookie.value
    assert (cookie["max-age"], cookie["expires"]) == ("", "")


def test_no_session_row_is_made_by_asking(site, clock):
    ask(site)
    site.get("/ask/receipt/")
    assert Session.objects.count() == 0


def test_saying_it_is_saved_forgets_the_words_and_keeps_the_question(site, clock):
    ask(site)
    assert site.post("/ask/receipt/").url == "/ask/saved/"
    assert site.get("/ask/receipt/").url == "/my-question/"
    assert (WaitingDraft.objects.count(), Question.objects.count()) == (0, 1)


def test_notes_txt_holds_the_six_words_and_gives_nothing_away_by_its_name(site, clock):
    ask(site)
    receipt = words_on(site.get("/ask/receipt/"))
    response = site.get("/ask/notes.txt")
    assert response.content.decode() == (
        f"{receipt}\n\nBy 6pm on Thursday 19 November.\nhttp://localhost:8000/my-question/\n"
    )
    assert response["Content-Disposition"] == 'attachment; filename="notes.txt"'
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["get", "post"])
def test_leaving_deletes_what_was_typed(site, clock, method):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    response = getattr(site, method)("/leave/")
    expected = {"get": (302, "https://www.bbc.co.uk/weather"), "post": (204, None)}
    assert (response.status_code, response.get("Location")) == expected[method]
    assert (WaitingDraft.objects.count(), site.cookies["n"].value) == (0, "")


def test_under_eleven_stores_nothing_and_names_people_for_children(site, clock):
    response = site.post("/ask/", ABOUT | {"age_band": "under-11", "shown": shown(site.get("/ask/"))})
    assert response.url == "/ask/young/?nation=GB-ENG"
    page = site.get(response.url).content.decode()
    assert "You're not in trouble. These people talk to children your age." in page
    assert [
        number for number in ("tel:08001111", "tel:999", "sms:", "<textarea", "tel:08088088000") if number in page
    ] == [
        "tel:08001111",
        "tel:999",
    ]
    assert (WaitingDraft.objects.count(), Question.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("nation", "numbers"),
    [
        ("", ["tel:999", "tel:08001111"]),
        ("GB-NIR", ["tel:999", "tel:08001111"]),
        ("BE-VLG", ["tel:102"]),
        ("other", []),
        ("FR-IDF", []),
        ("<b>", ["tel:999", "tel:08001111"]),
    ],
)
def test_a_child_gets_the_numbers_of_where_they_live(site, clock, nation, numbers):
    response = site.post("/ask/", ABOUT | {"age_band": "under-11", "nation": nation})
    page = site.get(response.url).content.decode()
    assert [number for number in ("tel:999", "tel:08001111", "tel:102") if number in page] == numbers
    assert WaitingDraft.objects.count() == 0


def test_one_word_cards_alone_and_a_timeline_alone_are_questions(site, clock):
    for words in ({"text": "help"}, {"text": "", "cards": ["numb"]}, {"text": "", "moment_2": "we moved"}):
        assert ask(site, **words).url == "/ask/receipt/"
        site.post("/ask/receipt/")
    assert Question.objects.count() == 3


def test_an_eleven_year_old_is_shown_the_clean_label(site, clock):
    Topic.objects.create(slug="home", label="Shit at home", clean_label="Stuff at home")
    labels = {}
    for age in ("11-12", "13-15"):
        site.post("/ask/", ABOUT | {"age_band": age, "shown": shown(site.get("/ask/"))})
        labels[age] = re.findall(r'<option value="home"[^>]*>([^<]*)', site.get("/ask/words/").content.decode())
        site.post("/leave/")
    assert labels == {"11-12": ["Stuff at home"], "13-15": ["Shit at home"]}


def test_pages_out_of_order_lead_back_to_the_first_that_is_missing(site):
    ways = {page: site.get(page).url for page in ("/ask/words/", "/ask/check/", "/ask/safe/", "/ask/receipt/")}
    assert ways == {
        "/ask/words/": "/ask/",
        "/ask/check/": "/ask/",
        "/ask/safe/": "/my-question/",
        "/ask/receipt/": "/my-question/",
    }


def test_a_filled_trap_is_kept_apart_and_not_thrown_away(site, clock):
    first = site.get("/ask/")
    clock.shift(timedelta(minutes=1))
    site.post("/ask/", ABOUT | {"shown": shown(first)})
    site.post("/ask/words/", {"text": "buy now", "website": "https://spam.example/"})
    site.post("/ask/check/", {})
    assert Question.objects.get().quarantined


def test_three_pages_within_three_seconds_are_kept_apart(site, clock):
    first = site.get("/ask/")
    site.post("/ask/", ABOUT | {"shown": shown(first)})
    site.post("/ask/words/", {"text": "help"})
    clock.shift(timedelta(seconds=2))
    site.post("/ask/check/", {})
    assert Question.objects.get().quarantined


def test_the_thirty_first_question_of_an_hour_is_taken_and_read_apart(calendar, crisis, cache):
    with time_machine.travel(datetime(2026, 11, 16, 11, 5, tzinfo=UTC)) as travelling:
        for _ in range(31):
            browser = Client()
            browser.post("/ask/", ABOUT | {"shown": shown(browser.get("/ask/"))})
            browser.post("/ask/words/", {"text": "help"})
            travelling.shift(timedelta(seconds=5))
            browser.post("/ask/check/", {})
    kept_apart = list(Question.objects.order_by("asked_at").values_list("quarantined", flat=True))
    assert kept_apart == [False] * 30 + [True]


def test_details_in_the_words_are_named_before_sending(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "Ring me on 07700 900123 or write to me@example.org"})
    page = site.get("/ask/check/").content.decode()
    assert "a phone number, an e-mail address." in page
    assert "Ring me on <mark>07700 900123</mark> or write to <mark>me@example.org</mark>" in page
    assert "Leave it in if you want us to be able to get you help. Take it out to stay anonymous." in page


def test_near_answers_are_offered_before_sending_and_far_ones_are_not(site, clock):
    published(title="My grandad died", keywords=["nan died"], question_text="Everyone cried and mum went quiet.")
    published(title="My nan moved in with us", keywords=["nan"], question_text="She has my room now.")
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "My nan moved in and mum cries"})
    page = site.get("/ask/check/").content.decode().split("<footer")[0]
    assert re.findall(r'<li><a href="/library/[^"]*">([^<]*)', page) == ["My nan moved in with us"]


def test_not_sure_stands_once_among_the_topics(site, topic):
    Topic.objects.create(slug="not-sure", label="Not sure")
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    choices = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', site.get("/ask/words/").content.decode())
    assert choices == [("", "Not sure"), ("lonely", "Lonely")]


def test_the_landing_page_names_a_number_a_text_and_a_chat(site, clock):
    page = site.get("/").content.decode()
    assert re.findall(r'<td>[^<]*<div class="ways"><a href="([^"]*)".*?</svg>\s*([^<]*)</a>', page, re.S) == [
        ("tel:08001111", "Childline: 0800 1111"),
        ("sms:85258?body=SHOUT", "Shout: Text SHOUT to 85258"),
        ("https://chat.example/", "Childline: Chat online"),
    ]
    assert page.count('<a href="/library/">Read answers</a>') == 2


def test_the_reminder_to_look_in_stands_on_the_receipt_alone(site, clock):
    ask(site)
    pages = [site.get("/ask/receipt/").content.decode(), site.post("/ask/receipt/", follow=True).content.decode()]
    assert [page.count("Look in tomorrow too.") for page in pages] == [1, 0]
    assert "We may have a question for you." not in pages[0]  # without an e-mail none can be put


def test_who_left_an_email_hears_that_we_may_ask_something(site, clock):
    ask(site, email="someone@example.org")
    page = site.get("/ask/receipt/").content.decode()
    assert "Look in tomorrow too. We may have a question for you." in page


def test_an_email_is_sealed_under_a_key_of_its_own(site, clock):
    ask(site, email="me@example.org")
    contact = Contact.objects.get()
    assert contact.email == "me@example.org"
    assert contact.key() != contact.question.key()


PAGES = ["/", "/ask/", "/ask/young/", "/ask/saved/", "/my-question/", "/cards/", "/privacy/", "/who-pays/", "/about/"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_stands_is_never_stored_and_weighs_six_kilobytes_at_most(site, page):
    response = site.get(page)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert "<title>Notes</title>" in response.content.decode()
    assert len(gzip.compress(response.content)) <= 6144


def test_the_pages_of_asking_weigh_six_kilobytes_at_most(site, clock, phrases):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    weights = {"words": len(gzip.compress(site.get("/ask/words/").content))}
    site.post("/ask/words/", {"text": "not safe tonight"})
    weights["check"] = len(gzip.compress(site.get("/ask/check/").content))
    site.post("/ask/check/", {})
    for page in ("safe", "receipt"):
        weights[page] = len(gzip.compress(site.get(f"/ask/{page}/").content))
    assert {name: weight for name, weight in weights.items() if weight > 6144} == {}


def test_no_page_has_a_script_or_style_of_its_own(site, clock):
    ask(site)
    for page in [*PAGES, "/ask/receipt/"]:
        drawn = site.get(page).content.decode()
        assert (drawn.count("<style"), drawn.count(" style="), drawn.count("onclick"), drawn.count("<script>")) == (
            0,
            0,
            0,
            0,
        )


@pytest.mark.parametrize("page", ["/cards/", "/ask/safe/", "/ask/notes.txt", "/privacy/"])
def test_a_page_that_only_shows_refuses_a_post(site, page):
    assert site.post(page).status_code == 405
