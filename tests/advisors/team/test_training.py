from datetime import UTC, date, datetime, timedelta

import pytest

from advisors import roles
from advisors.models import Person
from advisors.team import teaching, training
from advisors.team.models import Training
from askpeer import history
from askpeer.errors import Refused, Stale
from tests.advisors.team.practice import TRACKS, answered, pass_all, ready_for, renew
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
A_YEAR = timedelta(days=365)


@pytest.fixture
def newcomer(db):
    return PersonFactory(trained_until=None)


def until(person):
    return Person.objects.get(pk=person.pk).trained_until


def test_two_tracks_are_not_enough_and_the_third_opens_the_desk(newcomer, ruth, now):
    for track in TRACKS:
        ready_for(newcomer, track, ruth, now)
    for track in TRACKS[:2]:
        training.pass_track(person=newcomer, track=track, by=ruth, now=now)
    assert (until(newcomer), training.missing(newcomer, now)) == (None, ["Know your limits: not passed yet."])
    training.pass_track(person=newcomer, track="limits", by=ruth, now=now)
    assert (until(newcomer), training.missing(newcomer, now)) == (date(2027, 11, 16), [])


def test_twelve_months_are_counted_from_the_oldest_of_the_three(newcomer, ruth, now):
    for month, track in enumerate(TRACKS):
        ready_for(newcomer, track, ruth, now)
        training.pass_track(person=newcomer, track=track, by=ruth, now=now + timedelta(days=30 * month))
    assert until(newcomer) == date(2027, 11, 16)
    renew(newcomer, "craft", ruth, now + timedelta(days=90))
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
    renew(newcomer, "craft", ruth, later)
    assert training.missing(newcomer, later) == [
        "Communication and empathy: ran out on 16 November.",
        "Know your limits: ran out on 16 November.",
    ]


def test_who_passed_on_a_leap_day_is_trained_until_the_28th():
    assert training.a_year_after(date(2028, 2, 29)) == date(2029, 2, 28)
    assert training.a_year_after(date(2027, 2, 28)) == date(2028, 2, 28)


def test_a_reviewer_says_so_and_never_of_themselves(newcomer, ruth, now):
    ready_for(newcomer, "craft", ruth, now)
    for by in (ManagerFactory(), PersonFactory()):
        with pytest.raises(Refused, match="Only a supervisor"):
            training.pass_track(person=newcomer, track="craft", by=by, now=now)
    with pytest.raises(Refused, match=r"^Somebody else has to say that you passed\.$"):
        training.pass_track(person=ruth, track="craft", by=ruth, now=now)
    with pytest.raises(Refused, match=r"^Choose one of the three tracks\.$"):
        training.pass_track(person=newcomer, track="juggling", by=ruth, now=now)
    assert Training.objects.count() == 0


def test_the_trail_says_who_passed_whom_on_which_track(newcomer, ruth, now):
    ready_for(newcomer, "limits", ruth, now)
    training.pass_track(person=newcomer, track="limits", by=ruth, now=now)
    entry = history.of(newcomer.name)[-1]
    assert (entry.kind, entry.actor, entry.facts) == ("trained", ruth.name, {"track": "limits"})


def test_nobody_but_an_advisor_needs_training(ruth, now):
    assert training.is_untrained(ruth, now) is False


def test_a_track_is_not_passed_while_a_unit_has_no_good_answer(newcomer, ruth, now):
    units = teaching.course("listening").units
    for unit in units[2:]:
        answered(newcomer, unit, ruth, now)
    answered(newcomer, units[1], ruth, now, good=False)
    sentence = r"^These still need an answer that is good enough: Three parts of a good answer, Open questions\.$"
    with pytest.raises(Refused, match=sentence):
        training.pass_track(person=newcomer, track="listening", by=ruth, now=now)
    assert (Training.objects.count(), history.of(newcomer.name)) == (0, [])


def test_a_supervisors_own_training_asks_for_the_same(ruth, now):
    lena = LeadFactory()
    with pytest.raises(Refused, match="These still need"):
        training.pass_track(person=ruth, track="craft", by=lena, now=now)
    ready_for(ruth, "craft", lena, now)
    assert training.pass_track(person=ruth, track="craft", by=lena, now=now).passed_with == lena


def test_another_persons_answers_and_another_tracks_count_for_nobody(newcomer, ruth, now):
    ready_for(PersonFactory(), "limits", ruth, now)
    ready_for(newcomer, "craft", ruth, now)
    assert training.lacking(newcomer, "limits", now=now) == list(teaching.course("limits").units)
    assert training.lacking(newcomer, "craft", now=now) == []


@pytest.mark.parametrize(("passed", "still"), [(A_YEAR, 0), (A_YEAR + timedelta(hours=13), 5)])
def test_a_good_answer_counts_for_twelve_months_and_no_second_more(newcomer, ruth, now, passed, still):
    """Sent at eleven: they still count until the midnight that ends the same day a year on."""
    ready_for(newcomer, "craft", ruth, now)
    assert len(training.lacking(newcomer, "craft", now=now + passed)) == still
    assert len(training.lacking(newcomer, "craft", now=now + A_YEAR + timedelta(hours=13, seconds=-1))) == 0


def test_renewing_asks_for_the_last_question_answered_after_the_day_it_was_passed(newcomer, ruth, now):
    pass_all(newcomer, ruth, now)
    last, midnight = teaching.course("limits").last, datetime(2026, 11, 17, tzinfo=UTC)
    answered(newcomer, last, ruth, midnight - timedelta(seconds=1))
    with pytest.raises(Refused, match=r"good enough: Looking after yourself\.$"):
        training.pass_track(person=newcomer, track="limits", by=ruth, now=now + 2 * DAY)
    answered(newcomer, last, ruth, midnight, good=False)
    assert training.lacking(newcomer, "limits", now=now + 2 * DAY) == [last]
    answered(newcomer, last, ruth, midnight)
    row = training.pass_track(person=newcomer, track="limits", by=ruth, now=now + 2 * DAY)
    assert row.passed_on == date(2026, 11, 18)


def test_who_let_it_run_out_renews_it_the_same_way(newcomer, ruth, now):
    pass_all(newcomer, ruth, now)
    later = now + 2 * A_YEAR
    for track in TRACKS:
        renew(newcomer, track, ruth, later)
    assert until(newcomer) == date(2029, 11, 15)


def test_of_two_who_pass_it_at_once_the_second_is_told_so(newcomer, ruth, now):
    ready_for(newcomer, "craft", ruth, now)
    training.pass_track(person=newcomer, track="craft", by=ruth, now=now)
    with pytest.raises(Stale, match=r"^Somebody passed this track for them today already\.$"):
        training.pass_track(person=newcomer, track="craft", by=SupervisorFactory(), now=now)
    assert len(history.of(newcomer.name)) == 1
