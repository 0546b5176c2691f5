"""Are you safe right now: who is there, when somebody here reads it, and what to do first."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from askpeer import calendars, receipts
from askpeer.models import Closure, ServiceCalendar
from questions.intake.models import OnCall
from questions.models import Question
from tests.factories import PersonFactory
from tests.questions.intake.conftest import ABOUT, ask, shown, words_on

pytestmark = pytest.mark.django_db


def test_a_risk_phrase_leads_to_the_safe_page_with_the_words_and_a_way_on(site, clock, phrases):
    assert ask(site, text="I'm not safe tonight").url == "/ask/safe/"
    page = site.get("/ask/safe/").content.decode()
    assert Question.objects.get().level == "red"
    assert receipts.digest(words_on(site.get("/ask/safe/"))) == bytes(Question.objects.get().receipt_digest)
    order = [page.index(way) for way in ("sms:85258?body=SHOUT", "https://chat.example/", 'href="tel:999">')]
    assert order[:2] == sorted(order[:2])
    assert 'href="/ask/receipt/"' in page
    assert "detected" not in page


def test_at_night_the_safe_page_says_that_nobody_here_reads_it(site, clock, phrases):
    clock.move_to(datetime(2026, 11, 20, 22, tzinfo=UTC))
    ask(site, text="I'm not safe tonight")
    page = site.get("/ask/safe/").content.decode()
    assert re.findall(r"Nobody here reads[^<]*|[^<>]*reads it first[^<]*|These people[^<]*now\.", page) == [
        "Nobody here reads this before 10am Monday.",
        "These people are awake now.",
    ]
    assert "Your question is saved." in page


def test_over_a_long_closure_the_safe_page_says_which_monday(site, clock, phrases):
    row = ServiceCalendar.objects.get()
    Closure.objects.create(calendar=row, first_day=date(2026, 12, 21), last_day=date(2027, 1, 1))
    calendars.forget()
    clock.move_to(datetime(2026, 12, 19, 15, tzinfo=UTC))  # a Saturday
    ask(site, text="I'm not safe tonight")
    assert "Nobody here reads this before 10am on Monday 4 January." in site.get("/ask/safe/").content.decode()


NIGHT = datetime(2026, 11, 20, 22, tzinfo=UTC)
ON_CALL = "We're closed, but someone is on call. They will try to read it within the hour."
NOBODY = "Nobody here reads this before 10am Monday."


@pytest.mark.parametrize(
    ("words", "about", "role", "active", "said"),
    [
        ("I'm not safe tonight", {}, "supervisor", True, ON_CALL),
        ("I'm not safe tonight", {}, "lead", True, ON_CALL),
        ("I dont want to be here", {}, "lead", True, NOBODY),
        ("I'm not safe tonight", {}, "supervisor", False, NOBODY),
        ("I'm not safe tonight", {}, "advisor", True, NOBODY),
        ("I'm not safe tonight", {"about_staff": "on"}, "supervisor", True, NOBODY),
        ("I'm not safe tonight", {"about_staff": "on"}, "lead", True, ON_CALL),
        ("I'm not safe tonight https://a.example https://b.example https://c.example", {}, "lead", True, NOBODY),
    ],
)
def test_at_night_somebody_on_call_is_named_where_they_are_told_and_may_read_it(
    site, clock, phrases, words, about, role, active, said
):
    person = PersonFactory(role=role, is_active=active)
    OnCall.objects.create(person=person, starts_at=NIGHT, ends_at=NIGHT + timedelta(hours=8))
    clock.move_to(NIGHT)
    site.post("/ask/", ABOUT | about | {"shown": shown(site.get("/ask/"))})
    site.post("/ask/words/", {"text": words})
    clock.shift(timedelta(minutes=1))
    site.post("/ask/check/", {})
    page = site.get("/ask/safe/").content.decode().replace("&#x27;", "'")
    assert re.findall(r"We're closed[^<]*|Nobody here reads[^<]*", page) == [said]


@pytest.mark.parametrize(
    ("nation", "ring"), [("GB-ENG", '<a href="tel:999">999</a>'), ("other", "your emergency number")]
)
def test_the_safe_page_says_first_what_to_do_when_somebody_is_hurt(site, clock, phrases, nation, ring):
    ask(site, text="I'm not safe tonight", about=ABOUT | {"nation": nation})
    page = site.get("/ask/safe/").content.decode().replace("&#x27;", "'")
    hurt = f"Have you taken something, or are you badly hurt? Ring {ring} now. Do it even if you feel okay."
    after = page.split("<h1>")[1].split("</h1>")[1]
    assert re.findall(r"<p[^>]*>(.*?)</p>", after)[0] == f"<b>{hurt}</b>"


def test_somewhere_else_never_gets_the_uks_numbers(site, clock, phrases):
    ask(site, text="I'm not safe tonight", about=ABOUT | {"nation": "other"})
    page = site.get("/ask/safe/").content.decode()
    assert [name for name in ("999", "Childline", "Shout", "85258") if name in page] == []
    assert "ring the emergency number where you are" in page
