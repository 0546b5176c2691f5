"""Whoever is trained hears by mail that feedback came and that they passed: the fact and a link, and no word of it."""

from datetime import timedelta

import pytest
from django.core import mail

from advisors.models import Person
from advisors.team import practising, teaching, training
from askpeer import outbox
from askpeer.errors import Stale
from askpeer.models import OutboxRow
from tests.advisors.team.practice import TRACKS, ready_for, renew
from tests.factories import PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
UNIT = teaching.find("listening", "open-questions")
DAY = timedelta(days=1)
TRACK_BY_TRACK = ["You passed a track", "You passed a track", "You passed your training"]


@pytest.fixture
def newcomer(calendar):
    return PersonFactory(alias="Sam", email="sam@askpeer.example", trained_until=None)


def marked(person, by, now, *, good=True):
    attempt = practising.send(unit=UNIT, words="Hello quagga.", by=person, now=now)
    return practising.mark(attempt=attempt, words="Warm okapi.", good=good, by=by, now=now)


def passed(person, track, by, now):
    ready_for(person, track, by, now)
    return training.pass_track(person=person, track=track, by=by, now=now)


@pytest.mark.parametrize(
    ("good", "said"),
    [
        (True, "Somebody read your practice answer and wrote back. It is good enough."),
        (False, "Somebody read your practice answer and wrote back."),
    ],
)
def test_feedback_is_told_in_one_sentence_without_a_word_of_it(newcomer, ruth, now, settings, good, said):
    marked(newcomer, ruth, now, good=good)
    outbox.relay(now=now)
    link = f"{settings.SITE_URL}/desk/training/"
    assert [(message.to, message.subject, message.body) for message in mail.outbox] == [
        (["sam@askpeer.example"], "Feedback on your practice", f"Hello Sam,\n\n{said}\n\n{link}\n")
    ]
    [row] = OutboxRow.objects.all()
    assert row.refs == {"person": str(newcomer.pk), "about": "feedback_good" if good else "feedback"}


def test_whose_feedback_came_second_tells_nothing(newcomer, ruth, omar, now):
    attempt = marked(newcomer, ruth, now)
    with pytest.raises(Stale):
        practising.mark(attempt=attempt, words="Mine.", good=True, by=omar, now=now)
    assert OutboxRow.objects.count() == 1


def test_each_track_is_told_and_the_third_as_the_whole(newcomer, ruth, now):
    for track in TRACKS:
        passed(newcomer, track, ruth, now)
        outbox.relay(now=now)
    assert [message.subject for message in mail.outbox] == TRACK_BY_TRACK
    assert "You have passed all three tracks of your training." in mail.outbox[2].body


@pytest.mark.parametrize(("apart", "days"), [(0, 350), (1, 400)], ids=["while they last", "after they ran out"])
def test_of_those_renewed_only_what_lets_them_claim_longer_is_told_as_the_whole(newcomer, ruth, now, apart, days):
    for number, track in enumerate(TRACKS):
        passed(newcomer, track, ruth, now + number * apart * DAY)
    OutboxRow.objects.all().delete()
    later = now + days * DAY
    for track in TRACKS:
        renew(newcomer, track, ruth, later)
        outbox.relay(now=later)
    assert [message.subject for message in mail.outbox] == TRACK_BY_TRACK


def test_nobody_gets_it_at_night(newcomer, ruth, now):
    night = now + timedelta(hours=12)
    marked(newcomer, ruth, night)
    outbox.relay(now=night)
    assert mail.outbox == []
    outbox.relay(now=now + DAY)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "manager"}])
def test_whoever_has_no_training_any_more_is_not_told(newcomer, ruth, now, change):
    marked(newcomer, ruth, now)
    Person.objects.filter(pk=newcomer.pk).update(**change)
    outbox.relay(now=now)
    assert (mail.outbox, OutboxRow.objects.get().state) == ([], "dropped")


def test_a_supervisor_who_practises_hears_too(calendar, ruth, now):
    marked(SupervisorFactory(email="new@askpeer.example", agreed_on=None, agreed_to=""), ruth, now)
    outbox.relay(now=now)
    assert [message.to for message in mail.outbox] == [["new@askpeer.example"]]
