"""What is typed is kept: over errors, Back, reload, a second window, and a page that stood open too long."""

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from questions import sweeping
from questions.intake import kept
from questions.intake.models import IntakeLimits, LeftDraft, WaitingDraft
from questions.models import Message, Question
from tests.factories import make_question
from tests.interleaving import before
from tests.questions.intake.conftest import ABOUT, MONDAY, shown

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "data", "sentence"),
    [
        ("/ask/", {}, "Choose how old you are. You can say you&#x27;d rather not."),
        ("/ask/", {"age_band": "7"}, "Choose from the list."),
        ("/ask/words/", {"text": " \n "}, "Write something, or choose a card. One word is enough."),
        ("/ask/words/", {"text": "a\0b"}, "There is a character in your text that we cannot store."),
        ("/ask/words/", {"text": "hi", "cards": ["evil"]}, "Choose from the list."),
        (
            "/ask/words/",
            {"text": "x" * 3001},
            "There is room for 3000 characters. This has 3001. Nothing is lost: make it shorter.",
        ),
        ("/ask/words/", {"text": "hi", "moment_1": "y" * 121}, "There is room for 120 characters. This has 121."),
        ("/ask/check/", {"email": "not an address"}, "That e-mail address doesn&#x27;t look right."),
        ("/ask/check/", {"email": "x" * 300}, "There is room for 254 characters."),
    ],
)
def test_bad_input_gets_a_sentence_and_keeps_what_was_typed(site, clock, page, data, sentence):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "kept words"})
    assert site.post(page, data).url == page
    said = site.get(page).content.decode()  # a page, and no sent form: Back and reload find it again
    assert "There is a problem" in said
    assert sentence in said
    assert [value for value in data.values() if isinstance(value, str) and value.strip() and value not in said] in (
        [],
        ["7"],
    )
    assert Question.objects.count() == 0


def test_words_sent_after_the_draft_ran_out_are_kept(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    clock.shift(timedelta(minutes=61))
    assert site.post("/ask/words/", {"text": "It took me long to write this."}).url == "/ask/"
    page = site.get("/ask/")
    assert b"Your words are still here." in page.content
    assert site.post("/ask/", ABOUT).url == "/ask/words/"
    assert b"It took me long to write this." in site.get("/ask/words/").content


def test_what_would_not_do_is_mended_where_it_stands(site, clock):
    site.post("/ask/", {"nation": "GB-WLS", "writer": "adult", "shown": shown(site.get("/ask/"))})
    page = site.get("/ask/").content.decode()
    assert [mark for mark in ('"GB-WLS" selected', 'value="adult" id="id_writer_1" checked') if mark not in page] == []
    site.post("/ask/", ABOUT)
    assert "There is a problem" not in site.get("/ask/").content.decode()
    site.post("/ask/words/", {"text": "x" * 3001})
    assert site.get("/ask/check/").url == "/ask/words/"
    assert site.post("/ask/check/", {}).url == "/ask/words/"  # the words that stand are not the words that were sent
    site.post("/ask/words/", {"text": "x" * 3000})
    assert "There is a problem" not in site.get("/ask/words/").content.decode()
    site.post("/ask/check/", {"email": "nobody"})
    clock.shift(timedelta(minutes=1))
    assert site.post("/ask/check/", {"email": "me@example.org"}).url == "/ask/receipt/"
    assert WaitingDraft.objects.count() == Question.objects.count() == 1


def test_two_hundred_thousand_characters_are_given_back_at_once_and_not_kept(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    page = site.post("/ask/words/", {"text": "[" * 200_000})
    assert (page.status_code, "[" * 200_000 in page.content.decode()) == (422, True)
    assert "There is room for 3000 characters. This has 200000." in page.content.decode()
    assert len(bytes(WaitingDraft.objects.get().sealed)) < 2000


def test_words_that_will_not_do_are_kept_where_the_page_waited_too_long(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    clock.shift(timedelta(minutes=61))
    assert site.post("/ask/words/", {"text": "y" * 3001}).url == "/ask/words/"
    assert site.get("/ask/words/").url == "/ask/"
    assert b"Your words are still here." in site.get("/ask/").content
    assert site.post("/ask/", ABOUT).url == "/ask/words/"
    page = site.get("/ask/words/").content.decode()
    assert ("y" * 3001 in page, "This has 3001." in page) == (True, True)


def test_going_back_keeps_what_stands_on_the_page(site, clock, topic):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    half = {"text": "Half a senten", "cards": ["sad"], "moment_2": "we moved", "topic": "lonely", "back": "1"}
    assert site.post("/ask/words/", half).url == "/ask/"
    assert site.post("/ask/", ABOUT | {"age_band": "16-17"}).url == "/ask/words/"
    page = site.get("/ask/words/").content.decode()
    marks = ("Half a senten</textarea>", 'value="sad" id="id_cards_0" checked', 'value="we moved"', '"lonely" selected')
    assert [mark for mark in marks if mark not in page] == []
    site.post("/ask/words/", {"text": "Half a sentence."})
    assert site.post("/ask/check/", {"email": "half@an.add", "back": "1"}).url == "/ask/words/"
    assert b'value="half@an.add"' in site.get("/ask/check/").content
    assert Question.objects.count() == 0


def test_nothing_written_yet_may_go_back_too(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    assert site.post("/ask/words/", {"text": "", "back": "1"}).url == "/ask/"
    assert site.get("/ask/check/").url == "/ask/words/"


def carried(page):
    """What the last page brings along, as a browser sends it."""
    [form] = [part for part in page.content.decode().split("<form") if 'name="email"' in part]
    found = re.findall(r'<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?', form)
    fields = {}
    for name, value in found:
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def test_a_last_page_that_stood_open_too_long_brings_everything_along(site, clock, topic):
    about = ABOUT | {"wants": ["listening", "facts"], "writer": "expert", "may_know_advisor": "on"}
    site.post("/ask/", about | {"shown": shown(site.get("/ask/"))})
    text = 'One line.\n\n"Two" <b>lines</b> & more.'
    site.post("/ask/words/", {"text": text, "cards": ["sad", "numb"], "moment_3": "we moved", "topic": "lonely"})
    page = site.get("/ask/check/")
    clock.move_to(datetime(2026, 11, 16, 18, 30, tzinfo=UTC))
    assert site.post("/ask/check/", carried(page) | {"email": "me@example.org"}).url == "/ask/check/"
    page = site.get("/ask/check/").content.decode()
    assert "That page had waited too long. Nothing is lost." in page
    assert "Your answer is here by 6pm on Friday 20 November." in page
    assert 'value="me@example.org"' in page
    assert Question.objects.count() == 0
    clock.shift(timedelta(minutes=1))
    assert site.post("/ask/check/", {"email": ""}).url == "/ask/receipt/"
    question, message = Question.objects.get(), Message.objects.get()
    assert (message.text, message.extras) == (text, '{"cards": ["sad", "numb"], "timeline": ["we moved"]}')
    assert (question.wants, question.writer, question.may_know_advisor, question.topic, question.quarantined) == (
        ["listening", "facts"],
        "expert",
        True,
        topic,
        False,
    )


def test_a_last_page_that_brings_nothing_along_begins_anew(site, clock):
    assert site.post("/ask/check/", {"email": "me@example.org"}).url == "/ask/"
    assert site.post("/ask/check/", {"text": "x" * 4000, "age_band": "13-15"}).url == "/ask/"
    assert WaitingDraft.objects.count() == 0


def begun(site):
    """Two windows of one browser, before the last page."""
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "The first words."})
    other = Client()
    other.cookies = site.cookies
    return other


def test_words_that_come_after_the_sending_are_given_back(site):
    other = begun(site)
    with before("UPDATE", "intake_waitingdraft", lambda: other.post("/ask/check/", {"email": ""})):
        page = site.post("/ask/words/", {"text": "The second words."})
    assert (page.status_code, b"The second words." in page.content) == (409, True)
    assert b"Your question was just sent without these words." in page.content
    assert Message.objects.get().text == "The first words."


LATE = [
    ("/ask/", ABOUT),
    ("/ask/words/", {"text": "The second words."}),
    ("/ask/words/", {"text": "The second words.", "back": "1"}),
    ("/ask/words/", {"text": "x" * 3001}),
    ("/ask/check/", ABOUT | {"text": "The second words."}),
    ("/ask/check/", ABOUT | {"text": "The second words.", "email": "nobody"}),
]


@pytest.mark.parametrize(("page", "data"), LATE)
def test_what_comes_late_after_leaving_is_not_kept(site, clock, page, data):
    other = begun(site)
    cookies = other.cookies.copy()
    other.post("/leave/")
    site.cookies = cookies
    assert (site.post(page, data).url, WaitingDraft.objects.count(), Question.objects.count()) == ("/", 0, 0)
    clock.shift(timedelta(minutes=61))
    sweeping.purge(now=MONDAY + timedelta(minutes=61))
    assert LeftDraft.objects.count() == 0


@pytest.mark.parametrize(("page", "data"), LATE[1:5])
def test_what_comes_while_leaving_is_not_kept(site, page, data):
    other = begun(site)
    verb = "UPDATE" if page == "/ask/words/" else "SELECT"
    with before(verb, "intake_waitingdraft", lambda: other.post("/leave/"), nth=1):
        assert site.post(page, data).url == "/"
    assert (WaitingDraft.objects.count(), Question.objects.count()) == (0, 0)


def test_a_second_window_of_a_question_that_was_sent_and_saved_makes_no_second_one(site, clock):
    other = begun(site)
    cookies = other.cookies.copy()
    clock.shift(timedelta(minutes=1))
    other.post("/ask/check/", {})
    other.post("/ask/receipt/")
    site.cookies = cookies
    assert site.post("/ask/check/", ABOUT | {"text": "The first words."}).url == "/my-question/"
    assert (WaitingDraft.objects.count(), Question.objects.count()) == (0, 1)


def test_a_topic_and_a_place_that_are_gone_meanwhile_are_asked_again(site, clock, topic):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "These took me long.", "topic": "lonely"})
    fields = carried(site.get("/ask/check/"))
    topic.delete()
    clock.shift(timedelta(minutes=61))
    assert site.post("/ask/check/", fields | {"nation": "BE-VLG"}).url == "/ask/check/"
    assert b"These took me long." in site.get("/ask/check/").content
    clock.shift(timedelta(seconds=1))
    assert site.post("/ask/check/", {}).url == "/ask/receipt/"
    question = Question.objects.get()
    assert (question.topic, question.nation, question.quarantined) == (None, "", False)


def test_back_on_a_page_that_ran_out_leads_back(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": "help"})
    fields = carried(site.get("/ask/check/"))
    clock.shift(timedelta(minutes=61))
    assert site.post("/ask/check/", fields | {"back": "1"}).url == "/ask/words/"
    assert b"help</textarea>" in site.get("/ask/words/").content


def test_a_first_page_an_hour_on_shows_the_promise_that_is_kept(site, clock):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    clock.move_to(datetime(2026, 11, 16, 11, 50, tzinfo=UTC))
    site.post("/ask/words/", {"text": "help"})
    clock.move_to(datetime(2026, 11, 16, 12, 40, tzinfo=UTC))
    IntakeLimits.objects.create(answers_a_day=1)
    for _ in range(4):
        make_question()
    kept.forget()
    pages = [site.get(page).content.decode() for page in ("/", "/ask/", "/ask/check/")]
    assert [page.count("by 6pm on Monday 23 November.") for page in pages] == [1, 1, 1]


@pytest.mark.parametrize("body", ["x" * 400_000 + "=&text=", "text=" + "%F0%9F%98%80" * 9000])
def test_what_will_not_do_takes_little_room(site, clock, body):
    site.post("/ask/", ABOUT | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", body, content_type="application/x-www-form-urlencoded")
    assert len(bytes(WaitingDraft.objects.get().sealed)) < 31_000


def test_what_is_sent_is_what_was_kept_last(site):
    other = begun(site)
    with before(
        "SELECT", "intake_waitingdraft", lambda: other.post("/ask/words/", {"text": "The second words."}), nth=2
    ):
        site.post("/ask/check/", {"email": ""})
    assert Message.objects.get().text == "The second words."


def test_a_second_window_that_is_late_gets_its_words_back(site):
    other = begun(site)
    site.post("/ask/check/", {"email": ""})
    page = other.post("/ask/words/", {"text": "The second words."})
    assert (page.status_code, b"The second words." in page.content) == (409, True)
    assert other.get("/ask/words/").url == "/ask/receipt/"
