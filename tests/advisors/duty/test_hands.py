"""What share of the hands is there on a day. Monday 16 November 2026; absences by days of the service's calendar."""

from datetime import date, timedelta

import pytest

from advisors.duty import hands, rota
from advisors.duty.models import Absence
from advisors.models import Person
from questions.intake.models import Hands
from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory

pytestmark = pytest.mark.django_db
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (17, 18, 19))


def away(person, first, last):
    Absence.objects.create(person=person, first_day=first, last_day=last)


def shares(now):
    hands.reckon(now=now)
    return {row.day.day: row.share for row in Hands.objects.filter(day__range=(TUESDAY, THURSDAY))}


def test_with_nobody_away_all_hands_are_there(calendar, now):
    PersonFactory()
    SupervisorFactory()
    assert shares(now) == {17: 1, 18: 1, 19: 1}


def test_the_fewer_of_advisors_and_reviewers_say_how_much_can_be_done(calendar, now):
    first, *_rest = PersonFactory.create_batch(4)
    reviewer, _other = SupervisorFactory(), LeadFactory()
    away(first, TUESDAY, WEDNESDAY)
    away(reviewer, WEDNESDAY, WEDNESDAY)
    assert shares(now) == {17: 0.75, 18: 0.5, 19: 1}


def test_two_absences_of_one_person_are_one_person_away(calendar, now):
    SupervisorFactory()
    first, _second = PersonFactory.create_batch(2)
    away(first, TUESDAY, WEDNESDAY)
    away(first, WEDNESDAY, THURSDAY)
    assert shares(now) == {17: 0.5, 18: 0.5, 19: 0.5}


def test_who_may_not_answer_is_no_hand(calendar, now):
    SupervisorFactory()
    _able, untrained = PersonFactory(), PersonFactory(trained_until=date(2026, 11, 1))
    PersonFactory(is_active=False)
    away(untrained, TUESDAY, TUESDAY)
    assert shares(now)[17] == 1


def test_without_advisors_the_reviewers_write_and_with_nobody_who_checks_nothing_can_be_promised(calendar, now):
    PersonFactory()
    assert shares(now) == {17: 0, 18: 0, 19: 0}
    Person.objects.update(role="supervisor")
    assert shares(now) == {17: 1, 18: 1, 19: 1}


def test_it_looks_a_hundred_days_ahead_and_a_week_back_and_forgets_the_rest(calendar, now):
    hands.reckon(now=now - timedelta(days=30))
    assert hands.reckon(now=now) == Hands.objects.count() == 108
    assert [Hands.objects.order_by(order).first().day for order in ("day", "-day")] == [
        date(2026, 11, 9),
        date(2027, 2, 24),
    ]


def test_an_absence_on_the_rota_counts_at_once_and_so_does_its_end(calendar, now):
    tom, first, _second, _ruth = ManagerFactory(), PersonFactory(), PersonFactory(), SupervisorFactory()
    row = rota.add_absence(person=first, first_day=TUESDAY, last_day=TUESDAY, by=tom, now=now)
    assert Hands.objects.get(day=TUESDAY).share == 0.5
    rota.remove(row, by=tom, now=now)
    assert Hands.objects.get(day=TUESDAY).share == 1


def test_it_costs_the_same_for_one_and_for_thirty(calendar, now, django_assert_max_num_queries):
    for person in PersonFactory.create_batch(30):
        away(person, TUESDAY, THURSDAY)
    with django_assert_max_num_queries(6):
        hands.reckon(now=now)
