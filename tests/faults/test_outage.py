"""Eight hours without a sweep, and thousands overdue: one letter a person afterwards, and no storm."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from advisors import reminding
from advisors.duty.models import Absence, Shift
from advisors.models import Person, Role
from askpeer import calendars, outbox
from askpeer.models import OutboxRow
from questions import ringing
from questions.models import Question, Reminder
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory
from tests.faults.size import size
from tests.many import many_questions

pytestmark = [pytest.mark.faults, pytest.mark.django_db, pytest.mark.timeout(600)]
WENT = datetime(2026, 11, 16, 10, tzinfo=UTC)  # Monday, the moment of opening
BACK = WENT + timedelta(hours=8, minutes=-1)
COUNT = size(300, 5000)
STATEMENTS = 16
SHARES = ("new", 0.4, "green"), ("open", 0.2, "green"), ("in_progress", 0.2, "amber"), ("new", 0.1, "red")


@pytest.fixture
def staff(calendar):
    """Five supervisors, one of them away and two on shift, two managers, and ten advisors, two of them away."""
    supervisors = [SupervisorFactory() for _ in range(4)] + [SupervisorFactory(role=Role.LEAD)]
    advisors = [PersonFactory() for _ in range(10)]
    managers = [ManagerFactory() for _ in range(2)]
    for person in (supervisors[0], *advisors[:2]):
        Absence.objects.create(person=person, first_day=WENT.date(), last_day=WENT.date())
    for person in supervisors[1:3]:
        Shift.objects.create(person=person, starts_at=WENT, ends_at=BACK + timedelta(hours=1))
    return {"supervisors": supervisors, "advisors": advisors, "managers": managers}


def ask(staff):
    """All of them at the moment when the sweep went; a tenth is red and held."""
    for number, (status, share, level) in enumerate(SHARES):
        values = {"status": status, "level": level, "version": 1 + number, "now": WENT + number * timedelta(seconds=1)}
        if status != "in_progress":
            many_questions(int(COUNT * share), **values)
    held = [("amber", 0.2, 10), ("red", 0.1, 20)]
    for level, share, second in held:
        for number, advisor in enumerate(staff["advisors"]):
            moment = WENT + timedelta(seconds=second + number)
            values = {"status": "in_progress", "level": level, "version": 3, "holder": advisor, "now": moment}
            many_questions(int(COUNT * share / 10), **values)


def catch_up(moment):
    """Ring batch by batch, with a beat between two batches that asks for the digests too. Return what these told."""
    told = []
    while ringing.ring_due(now=moment, limit=100):
        moment += timedelta(milliseconds=500)
        left = Question.objects.filter(alarm_at__lt=moment - timedelta(minutes=1)).exists()
        if left:
            told.append(reminding.group_reminders(now=moment))
    return told


def test_after_an_outage_everybody_gets_one_letter_and_what_was_missed_is_recorded(staff, figure):
    ask(staff)
    overdue = Question.objects.filter(alarm_at__lte=BACK).count()
    assert overdue == COUNT
    told_meanwhile = catch_up(BACK)
    assert set(told_meanwhile) == {0}
    after = BACK + timedelta(seconds=30)
    calendars.current()  # read every few seconds, whoever asks
    with CaptureQueriesContext(connection) as statements:
        told = reminding.group_reminders(now=after)
    assert len(statements) == STATEMENTS
    assert told == Reminder.objects.filter(superseded=False).count()
    outbox.relay(now=after)
    letters = Counter(message.to[0] for message in mail.outbox)
    assert set(letters.values()) == {1}
    assert set(letters) == {person.email for person in heard_by(staff)}
    assert in_order() is True
    superseded = Reminder.objects.filter(superseded=True)
    assert superseded.filter(told_at=None).count() == superseded.count() > 0
    again = [ringing.ring_due(now=after), reminding.group_reminders(now=after), outbox.relay(now=after)]
    assert again == [0, 0, 0]
    # A claim that went back besides says so itself; its rung of the stage that ended is left out of the letter.
    loudest = Reminder.objects.filter(superseded=False).exclude(kind="returned")
    assert loudest.count() == loudest.values("question").distinct().count() == COUNT
    figure(
        f"8 h outage, {overdue} overdue",
        f"{sum(letters.values())} letters to {len(letters)} people, {max(letters.values())} each, oldest first; "
        f"{superseded.count()} rungs superseded, {told} told in {len(statements)} SQL",
    )


def heard_by(staff):
    """Who holds something and is here, and whoever is on shift; supervisors where a promise is at risk."""
    kinds = set(Reminder.objects.filter(superseded=False).values_list("kind", flat=True))
    here = staff["supervisors"][1:]
    supervisors = here if kinds & {"at_risk", "late"} else here[:2]
    managers = staff["managers"] if "late" in kinds else []
    return [*staff["advisors"][2:], *supervisors, *managers]


def in_order():
    """Whether the letters left in the order of the oldest rung that each tells of."""
    due = dict(Reminder.objects.values_list("pk", "due_at"))
    aliases = {str(pk): email for pk, email in Person.objects.values_list("pk", "email")}
    oldest = {
        aliases[refs["person"]]: min(due[pk] for pk in refs["reminders"])
        for refs in OutboxRow.objects.filter(kind="staff-notice").values_list("refs", flat=True)
    }
    sent = [oldest[message.to[0]] for message in mail.outbox]
    return sent == sorted(sent) and len(set(sent)) > 1


def test_a_mail_server_that_was_away_for_as_long_brings_one_letter_too(staff, figure):
    """The sweep rings all the while, and every minute tells what there is to tell."""
    ask(staff)
    minutes = range(0, 8 * 60, size(20, 1))
    told = 0
    for minute in minutes:
        moment = WENT + timedelta(minutes=minute)
        ringing.ring_due(now=moment)
        told += reminding.group_reminders(now=moment)
    assert told == Reminder.objects.filter(superseded=False).count() > COUNT
    outbox.relay(now=BACK)
    letters = Counter(message.to[0] for message in mail.outbox)
    assert set(letters.values()) == {1}
    figure(
        f"8 h without a mail server, {told} rungs told in {len(minutes)} rounds",
        f"{sum(letters.values())} letters, {max(letters.values())} a person",
    )
