"""When erasing waits: for a longer setting, and for somebody to read what an asker said last of an answer."""

from datetime import timedelta

import pytest

from askpeer import outbox
from questions import deadlines, erasing, moves, retaining, ringing
from questions.intake import feedback, following, kept, reporting, sentences
from questions.models import Question, Retention, Round, SafetyReport
from questions.moves import ASKER
from tests.factories import SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def anew():
    return Question.objects.get()


@pytest.fixture
def due(calendar, now, settings):
    """When a closed question with an answer is to be erased."""
    question = make_question(now=now, status="closed")
    Round.objects.update(answered_at=now)
    moves.set_alarm(question, now=now)
    assert anew().alarm_at == now + settings.ERASE_AFTER
    return anew().alarm_at


def report(at):
    return reporting.report(question=anew(), words="This told me to go back home to him.", now=at)


def say(at):
    return feedback.give(question=anew(), words="It made things worse.", now=at)


@pytest.mark.parametrize("tell", [report, say])
def test_erasing_waits_for_what_nobody_has_read_a_week_at_most(due, tell):
    tell(due - SECOND)
    ringing.ring_due(now=due)
    assert (anew().status, anew().alarm_at) == ("closed", due + HOUR)
    ringing.ring_due(now=due + 7 * DAY - SECOND)
    assert (anew().status, anew().alarm_at) == ("closed", due + 7 * DAY)
    ringing.ring_due(now=due + 7 * DAY)
    assert anew().status == "withdrawn"


def test_the_page_of_what_waits_names_no_day_that_is_over(calendar, due):
    assert sentences.day(due, calendar=calendar) in sentences.status_text(anew(), now=due - HOUR, calendar=calendar)
    report(due - SECOND)
    later = due + 3 * DAY
    ringing.ring_due(now=later)
    said = sentences.status_text(anew(), now=later, calendar=calendar)
    assert sentences.day(later + HOUR, calendar=calendar) in said


@pytest.mark.parametrize(("tell", "read"), [(report, {"settled_at": 1}), (say, {"passed_at": 1})])
def test_once_it_is_read_erasing_goes_on(due, tell, read):
    row = tell(due - SECOND)
    type(row).objects.update(**dict.fromkeys(read, due))
    ringing.ring_due(now=due)
    assert anew().status == "withdrawn"


def test_the_hourly_purge_keeps_nothing_from_waiting(due):
    report(due - SECOND)
    for hours in range(3):
        retaining.settle()
        ringing.ring_due(now=due + hours * HOUR)
    assert (anew().status, anew().alarm_at) == ("closed", due + 3 * HOUR)


def test_a_supervisor_is_mailed_of_a_report_that_came_at_the_last_moment(due, mailoutbox):
    SupervisorFactory()
    report(due - SECOND)
    ringing.ring_due(now=due)
    for _ in range(2):
        outbox.relay(now=due)
    assert [mail.subject for mail in mailoutbox] == ["An answer was reported"]


def test_an_askers_own_erasing_waits_for_nothing(due):
    report(due - SECOND)
    erasing.erase(anew(), by=ASKER, now=due - SECOND)
    assert (anew().status, SafetyReport.objects.count()) == ("withdrawn", 0)


def test_a_follow_up_at_the_moment_its_closing_is_put_off_keeps_its_alarm(calendar, now, settings):
    make_question(now=now, status="answered")
    Question.objects.update(alarm_at=now + DAY, alarm_kind="close")  # by a shorter setting than today's
    settings.CLOSE_AFTER = 30 * DAY
    stale = anew()
    following.follow_up(question=anew(), text="And now?", now=now + DAY)
    alarm = anew().alarm_at
    assert retaining.put_off(stale, now=now + DAY) is False
    assert anew().alarm_at == alarm


@pytest.fixture
def prolonged_elsewhere(due):
    """Another process has just made the time longer; this one has not heard of it yet."""
    row = Retention.objects.create(close_days=30, erase_days=30)
    kept.forget()
    assert deadlines.kept_for()["erase"] == 30 * DAY
    Retention.objects.filter(pk=row.pk).update(erase_days=360)
    assert deadlines.kept_for()["erase"] == 30 * DAY


@pytest.mark.usefixtures("prolonged_elsewhere")
def test_nothing_is_erased_by_what_held_before_another_process_changed_it(now):
    Question.objects.update(alarm_at=now + 30 * DAY)
    ringing.ring_due(now=now + 30 * DAY)
    assert (anew().status, anew().alarm_at) == ("closed", now + 360 * DAY)


@pytest.mark.usefixtures("prolonged_elsewhere")
def test_nor_is_an_alarm_set_by_it(now):
    Question.objects.update(alarm_at=now + 30 * DAY)
    assert (retaining.settle(), anew().alarm_at) == (1, now + 360 * DAY)
