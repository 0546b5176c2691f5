"""What goes at once with somebody who leaves, and what stays with whom it is for."""

from datetime import date, timedelta

import pytest

from advisors import consenting
from advisors.models import GuardianRequest, Person
from advisors.signoff import leaving
from advisors.team.models import (
    Attempt,
    CheckIn,
    Debrief,
    Kudos,
    Opened,
    Post,
    SupportCall,
    Training,
    Turn,
    WrapUp,
)
from tests.factories import ManagerFactory, PersonFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
THEIRS = (Attempt, CheckIn, Debrief, GuardianRequest, Opened, Post, Turn)


@pytest.fixture
def manager(db):
    return ManagerFactory()


def fill(person, other, now):
    """One of everything that hangs on somebody."""
    Attempt.objects.create(person=person, track="limits", unit="one", text="I would say hello.", at=now)
    CheckIn.objects.create(person=person, day=now.date(), mood="hard", at=now)
    Turn.objects.create(person=person, starts_at=now + HOUR, ends_at=now + 2 * HOUR)
    Debrief.objects.create(person=person, offered_at=now)
    Post.objects.create(writer=person, text="Hello all.", at=now)
    Kudos.objects.create(person=person, giver=other, text="Well done.", at=now)
    Opened.objects.create(person=person, question=make_question(now=now), at=now)
    WrapUp.objects.create(person=person, minutes=60, mood="good", at=now)
    consenting.ask(person=person, email="mum@example.org", by="x", now=now)


def test_theirs_alone_goes_and_everybody_elses_stays(calendar, manager, now):
    noor, sam = (PersonFactory(about="Tea.", boundaries='{"grief": "never"}') for _ in range(2))
    fill(noor, sam, now)
    fill(sam, noor, now)
    leaving.leave(person=noor, by=manager, now=now)
    assert [(model.__name__, model.objects.count()) for model in THEIRS] == [(model.__name__, 1) for model in THEIRS]
    left, here = (Person.objects.get(pk=person.pk) for person in (noor, sam))
    assert [(one.about, one.boundaries) for one in (left, here)] == [("", None), ("Tea.", '{"grief": "never"}')]


def test_kudos_they_gave_stay_without_their_name_and_those_they_got_go(calendar, manager, now):
    noor, sam = PersonFactory(), PersonFactory()
    fill(noor, sam, now)
    fill(sam, noor, now)
    leaving.leave(person=noor, by=manager, now=now)
    row = Kudos.objects.get()
    assert (row.person, row.giver, row.text) == (sam, None, "Well done.")


def test_hours_and_training_stay_and_how_they_were_does_not(calendar, manager, now):
    noor = PersonFactory()
    WrapUp.objects.create(person=noor, minutes=90, mood="hard", at=now)
    Training.objects.create(person=noor, track="limits", passed_on=date(2026, 9, 1), passed_with=SupervisorFactory())
    leaving.leave(person=noor, by=manager, now=now)
    assert (list(WrapUp.objects.values_list("minutes", "mood")), Training.objects.count()) == ([(90, None)], 1)


def test_what_was_talked_about_and_called_for_waits_for_its_ninety_days(calendar, manager, now):
    noor, ruth = PersonFactory(), SupervisorFactory()
    talked = {"offered_at": now, "answered_at": now, "wanted": True, "talked_at": now, "talked_with": ruth}
    Debrief.objects.create(person=noor, **talked)
    SupportCall.objects.create(person=noor, called_at=now)
    leaving.leave(person=noor, by=manager, now=now)
    assert (Debrief.objects.count(), SupportCall.objects.get().answered_by) == (1, manager)
