from datetime import UTC, date, datetime, timedelta

import pytest

from advisors import roles
from advisors.models import Person
from advisors.team import training
from advisors.team.models import Training
from askpeer import history
from askpeer.errors import Refused
from tests.factories import LeadFactory, ManagerFactory, PersonFactory

pytestmark = pytest.mark.django_db
TRACKS = ("craft", "listening", "limits")


@pytest.fixture
def newcomer(db):
    return PersonFactory(trained_until=None)


def pass_all(person, by, now):
    for track in TRACKS:
        training.pass_track(person=person, track=track, by=by, now=now)


def until(person):
    return Person.objects.get(pk=person.pk).trained_until


def test_two_tracks_are_not_enough_and_the_third_opens_the_desk(newcomer, ruth, now):
    for track in TRACKS[:2]:
        training.pass_track(person=newcomer, track=track, by=ruth, now=now)
    assert (until(newcomer), training.missing(newcomer, now)) == (None, ["Know your limits: not passed yet."])
    training.pass_track(person=newcomer, track="limits", by=ruth, now=now)
    assert (until(newcomer), training.missing(newcomer, now)) == (date(2027, 11, 16), [])


def test_twelve_months_are_counted_from_the_oldest_of_the_three(newcomer, ruth, now):
    for month, track in enumerate(TRACKS):
        training.pass_track(person=newcomer, track=track, by=ruth, now=now + timedelta(days=30 * month))
    assert until(newcomer) == date(2027, 11, 16)
    training.pass_track(person=newcomer, track="craft", by=ruth, now=now + timedelta(days=90))
    assert until(newcomer) == date(2027, 12, 16)
    assert Training.objects.count() == 3


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        (datetime(2027, 11, 16, 23, 59, 59, tzinfo=UTC), True),
        (datetime(2027, 11, 17, tzinfo=UTC), False),
    ],
)
def test_the_last_day_still_counts_and_the_next_does_not(newcomer, ruth, now, moment, may):
    pass_all(newcomer, ruth, now)
    person = Person.objects.get(pk=newcomer.pk)
    assert roles.may_write(person, now=moment) is may
    assert training.is_untrained(person, moment) is not may
    assert (training.missing(person, moment) == []) is may


def test_what_ran_out_says_when(newcomer, ruth, now):
    pass_all(newcomer, ruth, now)
    later = datetime(2027, 11, 17, tzinfo=UTC)
    training.pass_track(person=newcomer, track="craft", by=ruth, now=later)
    assert training.missing(newcomer, later) == [
        "Communication and empathy: ran out on 16 November.",
        "Know your limits: ran out on 16 November.",
    ]


def test_who_passed_on_a_leap_day_is_trained_until_the_28th():
    assert training.a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert training.a_year_after(date(2027, 2, 28)) == date(2028, 2, 28)


def test_a_reviewer_says_so_and_never_of_themselves(newcomer, ruth, now):
    for by in (ManagerFactory(), PersonFactory()):
        with pytest.raises(Refused, match="Only a supervisor"):
            training.pass_track(person=newcomer, track="craft", by=by, now=now)
    with pytest.raises(Refused, match=r"^Somebody else has to say that you passed\.$"):
        training.pass_track(person=ruth, track="craft", by=ruth, now=now)
    with pytest.raises(Refused, match=r"^Choose one of the three tracks\.$"):
        training.pass_track(person=newcomer, track="juggling", by=ruth, now=now)
    assert Training.objects.count() == 0
    training.pass_track(person=ruth, track="craft", by=LeadFactory(), now=now)


def test_the_trail_says_who_passed_whom_on_which_track(newcomer, ruth, now):
    training.pass_track(person=newcomer, track="limits", by=ruth, now=now)
    entry = history.of(newcomer.name)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("trained", ruth.name, {"track": "limits"})


def test_nobody_but_an_advisor_needs_training(ruth, now):
    assert training.is_untrained(ruth, now) is False
