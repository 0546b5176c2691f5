"""One letter a person: after an outage of the service, after one of the mail server, however many rungs there are."""

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db.models import F

from advisors.duty.models import Absence
from advisors.reminding import group_reminders
from advisors.signoff import leaving
from askpeer import outbox
from askpeer.models import Beacon, Closure, OutboxRow, ServiceCalendar
from questions.models import Question, Reminder
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory, keep_on_duty, make_question
from tests.interleaving import before
from tests.many import many_questions

pytestmark = pytest.mark.django_db
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def lead(calendar):
    return LeadFactory(email="lead@askpeer.example")


def remind(question, kind="at_risk", *, now, **values):
    values = {"stage": 0, "due_at": now, "made_at": now} | values
    return Reminder.objects.create(question=question, round_number=1, kind=kind, **values)


def letters():
    return [(message.to[0].split("@")[0], message.subject) for message in mail.outbox]


def overdue(now, by, kind="late"):
    """A question whose alarm nobody has rung yet."""
    return Question.objects.filter(pk=make_question(now=now).pk).update(alarm_at=now - by, alarm_kind=kind)


@pytest.mark.parametrize(("by", "told"), [(MINUTE, 1), (MINUTE + SECOND, 0)])
def test_telling_waits_while_alarms_are_unrung_for_more_than_a_minute(lead, now, by, told):
    remind(make_question(now=now), now=now)
    overdue(now, by)
    assert group_reminders(now=now) == told


@pytest.mark.parametrize("level", ["green", "red"])
def test_it_waits_two_minutes_and_not_longer(lead, now, level):
    remind(make_question(now=now, level=level), now=now)
    overdue(now, timedelta(hours=8))
    told = [group_reminders(now=now + wait) for wait in (timedelta(), MINUTE, 2 * MINUTE - SECOND, 2 * MINUTE)]
    assert told == [0, 0, 0, 1]


def test_each_wait_is_counted_from_its_own_beginning(lead, now):
    overdue(now, timedelta(hours=8))
    for moment in (now, now + 2 * MINUTE, now + timedelta(hours=1)):
        remind(make_question(now=now), "late", now=moment)
        told = [group_reminders(now=moment), group_reminders(now=moment + MINUTE)]
        assert told == [0, 0]
        assert group_reminders(now=moment + 2 * MINUTE) == 1


def test_a_wait_that_a_clock_an_hour_ahead_began_is_no_longer_than_another(lead, now):
    Beacon.objects.create(name="telling-waits", at=now + timedelta(hours=1))
    remind(make_question(now=now), now=now)
    overdue(now, timedelta(hours=8))
    assert [group_reminders(now=now + wait) for wait in (timedelta(), 2 * MINUTE)] == [0, 1]


@pytest.mark.parametrize(("kind", "told"), [("close", 1), ("erase", 1), ("returned", 0)])
def test_what_brings_no_reminder_is_not_waited_for(lead, now, kind, told):
    remind(make_question(now=now), now=now)
    overdue(now, timedelta(hours=8), kind=kind)
    assert group_reminders(now=now) == told


def test_without_anything_to_tell_nothing_is_written(lead, now):
    overdue(now, timedelta(hours=8))
    assert group_reminders(now=now) == 0
    assert (Beacon.objects.count(), OutboxRow.objects.count()) == (0, 0)


def test_while_the_mail_server_is_away_one_row_a_person_gathers_all(lead, now):
    SupervisorFactory(email="supervisor@askpeer.example")
    for minute in range(5):
        moment = now + minute * MINUTE
        remind(make_question(now=now), now=moment)
        assert group_reminders(now=moment) == 1
    assert sorted(len(row.refs["reminders"]) for row in OutboxRow.objects.all()) == [5, 5]
    outbox.relay(now=now + 5 * MINUTE)
    assert sorted(letters()) == [("lead", "5 questions need you"), ("supervisor", "5 questions need you")]


def test_what_is_added_to_does_not_wait_for_its_next_try(lead, now):
    remind(make_question(now=now), now=now)
    group_reminders(now=now)
    OutboxRow.objects.update(due_at=now + timedelta(hours=8), attempts=9)
    remind(make_question(now=now), now=now + MINUTE)
    group_reminders(now=now + MINUTE)
    outbox.relay(now=now + MINUTE)
    assert letters() == [("lead", "2 questions need you")]


@pytest.mark.parametrize("state", ["leased", "sent", "dead"])
def test_a_row_that_does_not_wait_is_left_as_it_is(lead, now, state):
    first = remind(make_question(now=now), now=now)
    group_reminders(now=now)
    moments = {"leased_until": now} if state == "leased" else {"settled_at": now}
    OutboxRow.objects.update(state=state, **moments)
    second = remind(make_question(now=now), now=now)
    group_reminders(now=now)
    rows = OutboxRow.objects.order_by("pk").values_list("state", "refs__reminders")
    assert list(rows) == [(state, [first.pk]), ("waiting", [second.pk])]


def test_what_was_added_just_before_a_relay_claimed_the_row_is_told_too(lead, now):
    """The relay has read the row already; its claim is the moment that counts."""
    remind(make_question(now=now), now=now)
    group_reminders(now=now)
    remind(make_question(now=now), now=now)
    with before("UPDATE", "askpeer_outboxrow", lambda: group_reminders(now=now), nth=3):
        outbox.relay(now=now)
    assert letters() == [("lead", "2 questions need you")]


def test_letters_leave_in_the_order_of_how_long_their_oldest_question_waits(lead, now):
    advisor = PersonFactory(email="advisor@askpeer.example")
    ManagerFactory(email="manager@askpeer.example")
    newest = make_question(now=now)
    remind(newest, "half", now=now, stage=newest.version, holder=advisor, due_at=now - timedelta(hours=1))
    remind(make_question(now=now), "late", now=now, due_at=now - timedelta(hours=3))
    remind(make_question(now=now), "at_risk", now=now, due_at=now - timedelta(hours=4))
    group_reminders(now=now)
    outbox.relay(now=now)
    assert [to for to, _ in letters()] == ["lead", "manager", "advisor"]


def test_however_many_there_are_they_are_one_group(lead, now):
    questions = many_questions(1200, now=now)
    Reminder.objects.bulk_create(
        Reminder(question=question, round_number=1, stage=0, kind="late", due_at=now, made_at=now)
        for question in questions
    )
    assert [group_reminders(now=now), group_reminders(now=now)] == [1200, 0]
    outbox.relay(now=now)
    assert letters() == [("lead", "1200 questions need you")]


def test_at_night_red_alone_waits_for_the_sweep_and_is_told(lead, now):
    night = datetime(2026, 11, 16, 23, tzinfo=now.tzinfo)
    remind(make_question(now=now), now=night)
    remind(make_question(now=now, level="red"), now=night)
    Question.objects.update(alarm_at=night - timedelta(minutes=5))
    assert [group_reminders(now=night), group_reminders(now=night + 2 * MINUTE)] == [0, 1]


@pytest.mark.parametrize(("level", "when"), [("green", 23), ("red", 0)])
def test_a_letter_that_the_mail_server_kept_into_the_night_waits_for_the_morning(lead, now, level, when):
    """From six in the evening, in hours: until ten the next day, where nothing in it is red."""
    six = now + 7 * HOUR
    remind(make_question(now=now, level=level), now=now)
    Question.objects.update(alarm_at=None, alarm_kind="")
    assert group_reminders(now=six - SECOND) == 1
    told = []
    for hours in (0, 5, 23):
        outbox.relay(now=now + hours * HOUR if hours == 23 else six + hours * HOUR)
        told.append(len(mail.outbox))
    assert told == ([0, 0, 1] if when else [1, 1, 1])


def test_a_letter_that_waits_for_the_end_of_a_closure_goes_when_that_is_undone(lead, calendar, now):
    remind(make_question(now=now), now=now)
    Question.objects.update(alarm_at=None, alarm_kind="")
    group_reminders(now=now)
    days = {"first_day": now.date(), "last_day": now.date() + timedelta(days=20)}
    closure = Closure.objects.create(calendar=ServiceCalendar.objects.get(), reason="", **days)
    outbox.relay(now=now)
    closure.delete()
    outbox.relay(now=now + HOUR)
    assert len(mail.outbox) == 1


@pytest.fixture
def two(lead):
    return [SupervisorFactory(email=f"{name}@askpeer.example") for name in ("ruth", "omar")]


def remind_at_work(now):
    """A reminder of its stage: of a question that nobody holds it goes to whoever is on duty."""
    question = make_question(now=now)
    return remind(question, "full", now=now, stage=question.version)


def test_what_stood_in_a_letter_to_somebody_who_left_is_told_to_who_is_there(two, now):
    ruth, _ = two
    keep_on_duty(ruth, now=now)
    remind_at_work(now)
    assert group_reminders(now=now) == 1
    leaving.leave(person=ruth, by=ManagerFactory(), now=now)
    outbox.relay(now=now)
    assert letters() == []
    assert [group_reminders(now=now + MINUTE), group_reminders(now=now + MINUTE)] == [1, 0]
    outbox.relay(now=now + MINUTE)
    assert sorted(letters()) == [("lead", "1 question needs you"), ("omar", "1 question needs you")]


@pytest.mark.parametrize("gathered", [False, True])
def test_who_has_a_letter_of_it_gets_no_second_one(two, now, gathered):
    """Ruth and the lead were told; where Omar was away then and is back by now, he alone hears."""
    ruth, omar = two
    day = Absence.objects.create(person=omar, first_day=now.date(), last_day=now.date())
    if gathered:  # the letters were there before the reminder was made
        remind(make_question(now=now), now=now - HOUR)
        group_reminders(now=now - HOUR)
    remind(make_question(now=now), now=now)
    group_reminders(now=now)
    leaving.leave(person=ruth, by=ManagerFactory(), now=now)
    outbox.relay(now=now)
    day.delete()
    assert group_reminders(now=now + MINUTE) == 1 + gathered
    outbox.relay(now=now + MINUTE)
    subject = "2 questions need you" if gathered else "1 question needs you"
    assert letters() == [("lead", subject), ("omar", subject)]


def write_to_who_then_leaves(two, now):
    ruth, _ = two
    keep_on_duty(ruth, now=now)
    remind_at_work(now)
    group_reminders(now=now)
    leaving.leave(person=ruth, by=ManagerFactory(), now=now)


def test_what_has_ended_meanwhile_is_told_to_nobody_else(two, now):
    write_to_who_then_leaves(two, now)
    Question.objects.update(version=F("version") + 1)
    outbox.relay(now=now)
    assert group_reminders(now=now + MINUTE) == 0


def test_at_night_what_is_untold_again_waits_for_the_morning(two, now):
    write_to_who_then_leaves(two, now)
    outbox.relay(now=now + 9 * HOUR)
    Question.objects.update(alarm_at=None, alarm_kind="")
    assert [group_reminders(now=now + wait * HOUR) for wait in (9, 23)] == [0, 1]


def test_another_who_groups_at_this_moment_has_them_all(lead, now):
    remind(make_question(now=now), now=now)
    told = Reminder.objects.filter(told_at=None)
    with before("SELECT", "questions_reminder", lambda: told.update(told_at=now), nth=3):
        assert group_reminders(now=now) == 0
    assert OutboxRow.objects.count() == 0
