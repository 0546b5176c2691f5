from datetime import UTC, date, datetime, timedelta

import pytest

from askpeer import calendars, history, ledger
from askpeer.errors import Erased, Refused, Stale
from askpeer.models import Closure, OpeningWindow, ServiceCalendar, TrailEntry
from questions import erasing, moves, ringing, states
from questions.models import Message, Question, Reminder
from questions.moves import ASKER, SERVICE, Actor
from tests.factories import PersonFactory, make_question

pytestmark = pytest.mark.django_db
SUPERVISOR = Actor(states.SUPERVISOR, "person:s")
ADVISOR = Actor(states.ADVISOR, "person:a")


def test_a_move_changes_status_stage_and_alarm_and_is_written_down(calendar, now):
    question = make_question(now=now)
    moves.move(question, states.OPEN, by=SUPERVISOR, now=now + timedelta(minutes=10))
    row = Question.objects.get()
    assert (row.status, row.version, row.entered_at) == ("open", 2, now + timedelta(minutes=10))
    assert row.alarm_kind == "half"
    entry = TrailEntry.objects.get()
    assert (entry.subject, entry.actor, entry.facts) == (
        question.subject,
        "person:s",
        {"from": "new", "to": "open", "round": 1},
    )


def test_the_second_of_two_movers_is_stale_and_changes_nothing(calendar, now):
    first, second = make_question(now=now), Question.objects.get()
    moves.move(first, states.OPEN, by=SUPERVISOR, now=now)
    with pytest.raises(Stale):
        moves.move(second, states.REDIRECTED, by=SUPERVISOR, now=now)
    assert Question.objects.get().status == "open"
    assert len(history.of(first.subject)) == 1


def test_a_move_that_is_not_this_actors_is_refused(calendar, now):
    question = make_question(now=now)
    with pytest.raises(Refused, match="moved on"):
        moves.move(question, states.OPEN, by=ADVISOR, now=now)
    assert Question.objects.get().version == 1


def test_erasing_leaves_a_husk_without_key_or_words(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now, email="someone@example.org")
    erasing.erase(question, by=ASKER, now=now)
    row = Question.objects.get()
    assert (row.status, row.wrapped_key, row.receipt_digest, row.age_band, row.nation) == (
        "withdrawn",
        None,
        None,
        None,
        None,
    )
    assert Message.objects.count() == 0
    assert settings.LEDGER.read_text() == f"{now.isoformat()} {question.subject}\n"
    with pytest.raises(Erased):
        row.key()


def test_a_claim_is_reminded_and_then_returned_to_the_queue(calendar, now):
    question, holder = make_question(now=now), PersonFactory()
    moves.move(question, states.OPEN, by=SUPERVISOR, now=now)
    moves.move(question, states.IN_PROGRESS, by=ADVISOR, now=now, changes={"holder": holder})
    ringing.ring_due(now=datetime(2026, 11, 18, 18, tzinfo=UTC))
    row = Question.objects.get()
    assert (row.status, row.holder) == ("open", None)
    rungs = list(Reminder.objects.order_by("due_at").values_list("kind", "superseded"))
    assert rungs == [("half", True), ("most", True), ("full", False), ("returned", False)]


def test_ringing_twice_writes_nothing_twice(calendar, now):
    make_question(now=now)
    late = datetime(2026, 11, 20, 9, tzinfo=UTC)
    ringing.ring_due(now=late)
    first = list(Reminder.objects.order_by("due_at").values_list("kind", "stage"))
    Question.objects.update(alarm_at=now, alarm_kind="half")
    ringing.ring_due(now=late)
    assert list(Reminder.objects.order_by("due_at").values_list("kind", "stage")) == first
    assert [kind for kind, _ in first] == ["half", "most", "full", "at_risk", "late"]


def test_a_pause_moves_the_due_moment_by_the_working_time_waited(calendar, now):
    question = make_question(now=now)
    moves.move(question, states.OPEN, by=SUPERVISOR, now=now)
    moves.move(question, states.IN_PROGRESS, by=ADVISOR, now=now)
    moves.move(question, states.IN_REVIEW, by=ADVISOR, now=now)
    moves.move(question, states.PENDING_ASKER, by=SUPERVISOR, now=now)
    promised = question.round.promised_at
    assert promised == datetime(2026, 11, 19, 18, tzinfo=UTC)
    moves.move(question, states.IN_PROGRESS, by=ASKER, now=now + timedelta(hours=2, seconds=59))
    assert Question.objects.get().round.due_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert Question.objects.get().round.promised_at == promised


def test_the_seconds_left_before_a_pause_are_never_what_makes_it_late(calendar, now):
    question = make_question(now=now, status=states.IN_REVIEW)
    due = question.round.due_at
    moves.move(question, states.PENDING_ASKER, by=SUPERVISOR, now=due - timedelta(seconds=40))
    moves.move(question, states.IN_PROGRESS, by=moves.ASKER, now=due + timedelta(hours=2))
    assert Question.objects.get().round.due_at == datetime(2026, 11, 20, 10, 1, tzinfo=UTC)


def test_a_reply_at_once_costs_no_night(calendar, now):
    question = make_question(now=now)
    for to, by in ((states.OPEN, SUPERVISOR), (states.IN_PROGRESS, ADVISOR), (states.IN_REVIEW, ADVISOR)):
        moves.move(question, to, by=by, now=now)
    moves.move(question, states.PENDING_ASKER, by=SUPERVISOR, now=now)
    moves.move(question, states.IN_PROGRESS, by=ASKER, now=now + timedelta(seconds=59))
    assert question.round.due_at == question.round.promised_at


def leave_no_opening_ahead(why):
    if why == "no opening hours":
        OpeningWindow.objects.all().delete()
    else:
        row, day = ServiceCalendar.objects.get(), date(2026, 11, 17)
        Closure.objects.create(calendar=row, first_day=day, last_day=day + timedelta(days=800))
    calendars.forget()


@pytest.mark.parametrize("why", ["no opening hours", "two years of closures"])
@pytest.mark.parametrize("how", ["by its asker", "after a restore"])
def test_what_waits_for_its_asker_is_erased_without_a_calendar(calendar, now, settings, tmp_path, why, how):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now, status="pending_asker", email="someone@example.org")
    leave_no_opening_ahead(why)
    if how == "by its asker":
        erasing.erase(question, by=ASKER, now=now + timedelta(hours=2))
    else:
        ledger.record(question.subject, now=now)
        assert erasing.replay_ledger(now=now) == 1
    assert (Question.objects.get().status, Message.objects.count()) == ("withdrawn", 0)


def test_a_redirect_ends_a_pause_without_moving_a_date_that_nobody_waits_for(calendar, now):
    question = make_question(now=now, status="pending_asker")
    moves.move(question, states.REDIRECTED, by=SUPERVISOR, now=now + timedelta(hours=2))
    turn = Question.objects.get().round
    assert turn.due_at == turn.promised_at


def test_an_unanswered_clarification_goes_on_after_five_days(calendar, now):
    question = make_question(now=now)
    for to, by in (
        ("open", SUPERVISOR),
        ("in_progress", ADVISOR),
        ("in_review", ADVISOR),
        ("pending_asker", SUPERVISOR),
    ):
        moves.move(question, to, by=by, now=now)
    ringing.ring_due(now=now + timedelta(days=5) - timedelta(seconds=1))
    assert Question.objects.get().status == "pending_asker"
    ringing.ring_due(now=now + timedelta(days=5))
    assert Question.objects.get().status == "in_progress"


def test_an_answered_question_closes_and_is_erased_by_the_clock(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    question = make_question(now=now, email="someone@example.org")
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR), ("answered", SUPERVISOR)):
        moves.move(question, to, by=by, now=now)
    ringing.ring_due(now=now + timedelta(days=30))
    row = Question.objects.get()
    assert (row.status, hasattr(row, "contact")) == ("closed", False)
    ringing.ring_due(now=now + timedelta(days=120))
    assert Question.objects.get().status == "withdrawn"
    assert SERVICE.name in {entry.actor for entry in history.of(question.subject)}


@pytest.mark.parametrize(
    ("minutes", "kind"), [(29, None), (30, "half"), (47, "half"), (48, "most"), (60, "full"), (120, "full")]
)
def test_a_question_that_becomes_red_late_rings_the_most_urgent_rung_it_missed_once(calendar, now, minutes, kind):
    """A new red question has an hour: its rungs are due after 30, 48 and 60 minutes."""
    question, later = make_question(now=now), now + timedelta(minutes=minutes)
    for _ in range(2):
        moves.set_alarm(question, now=later, changes={"level": "red"})
        ringing.ring_due(now=later)
    assert list(Reminder.objects.values_list("kind", flat=True)) == [kind] * bool(kind)
    assert Question.objects.get().alarm_at > later
