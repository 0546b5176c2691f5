"""A calendar with nothing ahead: pages say so kindly, and what needs no calendar goes on."""

from datetime import timedelta

import pytest

from askpeer import calendars
from askpeer.models import Closure, OpeningWindow, ServiceCalendar
from questions import erasing, moves, ringing, states
from questions.models import Question
from questions.moves import Actor
from tests.factories import make_question

SUPERVISOR, ADVISOR = Actor(states.SUPERVISOR, "person:s"), Actor(states.ADVISOR, "person:a")


@pytest.fixture
def shut(calendar, now):
    """A question asked while the service was open, and then two years of closures."""
    question = make_question(now=now)
    day = now.date()
    row = ServiceCalendar.objects.get()
    Closure.objects.create(calendar=row, first_day=day, last_day=day + timedelta(days=800))
    calendars.forget()
    return question


@pytest.mark.parametrize("path", ["/", "/ask/"])
def test_pages_that_promise_say_that_we_are_closed(shut, client, path):
    answer = client.get(path)
    assert answer.status_code == 503
    assert "closed for a short while" in answer.content.decode()


def test_without_any_window_the_front_page_says_the_same(shut, client):
    OpeningWindow.objects.all().delete()
    calendars.forget()
    assert client.get("/").status_code == 503


def test_erasing_needs_no_calendar(shut, now):
    erasing.erase(shut, by=moves.ASKER, now=now)
    assert Question.objects.get().status == "withdrawn"


def test_closing_needs_no_calendar(calendar, now):
    answered = make_question(now=now)
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR), ("answered", SUPERVISOR)):
        moves.move(answered, to, by=by, now=now)
    Closure.objects.create(
        calendar=ServiceCalendar.objects.get(), first_day=now.date(), last_day=now.date() + timedelta(days=800)
    )
    calendars.forget()
    ringing.ring_due(now=now + timedelta(days=31))
    assert Question.objects.get().status == "closed"


def test_without_any_window_what_is_due_is_erased_all_the_same(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    closed, waits = make_question(now=now), make_question(now=now)
    moves.move(closed, "redirected", by=Actor("supervisor", "person:s"), now=now - timedelta(days=200))
    moves.move(closed, "closed", by=moves.SERVICE, now=now - timedelta(days=90))
    OpeningWindow.objects.all().delete()
    calendars.forget()
    ringing.ring_due(now=now + timedelta(days=1))
    assert dict(Question.objects.values_list("pk", "status")) == {closed.pk: "withdrawn", waits.pk: "new"}
