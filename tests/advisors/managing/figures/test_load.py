"""What people gave: by alias, in hours and answers, and nothing of how they are."""

import inspect
import re
from datetime import date, timedelta

import pytest

from advisors.managing.figures import load
from advisors.managing.figures.period import Period
from advisors.team.models import WrapUp
from questions import states
from tests.advisors.managing.figures.rows import DAY, HOUR, answered, asked
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


def test_answers_and_hours_of_each_person(calendar, now, advisor, ruth):
    other = PersonFactory(alias="Amira")
    PersonFactory(alias="Nobody")
    for days in (1, 2):
        answered(now - days * DAY, now, writer=advisor)
    handed_on = answered(now - DAY, now, writer=other)
    handed_on.claims.create(person=ruth, round_number=1, claimed_at=now - DAY, released_at=now - HOUR)
    asked(now, status=states.OPEN).claims.create(person=ruth, round_number=1, claimed_at=now)
    answered(now - 60 * DAY, now - 50 * DAY, writer=ruth)
    WrapUp.objects.create(person=advisor, minutes=50, at=now)
    WrapUp.objects.create(person=advisor, minutes=40, mood="hard", at=now)
    WrapUp.objects.create(person=ruth, minutes=30, at=now - 60 * DAY)
    assert load.advisors(NOVEMBER, now=now).rows == [("Amira", (1, 0.0)), ("Sam", (2, 1.5))]


def test_two_people_of_one_alias_are_two_rows(calendar, now, advisor, ruth):
    other = PersonFactory(alias="Sam")
    for writer in (advisor, other, other):
        answered(now - DAY, now, writer=writer, checker=ruth)
    assert sorted(load.advisors(NOVEMBER, now=now).rows) == [("Sam", (1, 0.0)), ("Sam", (2, 0.0))]


def test_how_long_wordings_waited_for_each_reviewer_in_working_hours(calendar, now, advisor, ruth, omar):
    answered(now - 9 * DAY, now, writer=advisor, checker=omar, saved=now - 3 * DAY)  # Friday 11:00 to Monday 11:00
    for hours in (1, 2):
        answered(now - 9 * DAY, now + hours * HOUR, writer=advisor, checker=ruth, saved=now)
    assert load.reviewers(NOVEMBER, now=now).rows == [("Omar", (1, 8.0, 8.0)), ("Ruth", (2, 1.0, 2.0))]


def test_of_cases_about_staff_no_figure_counts_any(calendar, now, ruth, omar):
    """Beside "1 answers of the period" a second one of somebody's would be such a case."""
    answered(now - DAY, now, writer=ruth, checker=omar)
    answered(now - DAY, now, writer=ruth, checker=omar, about_staff=True)
    assert load.advisors(NOVEMBER, now=now).rows == [("Ruth", (1, 0.0))]
    assert [(alias, count) for alias, (count, *_) in load.reviewers(NOVEMBER, now=now).rows] == [("Omar", 1)]


def test_nobody_signed_anything(calendar, now):
    assert load.reviewers(NOVEMBER, now=now).rows == []


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (None, "Still learning"),
        (-1, "Ran out"),
        (0, "Runs out within 30 days"),
        (30, "Runs out within 30 days"),
        (31, "Trained"),
    ],
)
def test_training_by_the_day_on_which_it_runs_out(calendar, now, ruth, days, expected):
    PersonFactory(trained_until=None if days is None else now.date() + timedelta(days))
    PersonFactory(trained_until=None, is_active=False)
    labels = ("Trained", "Runs out within 30 days", "Ran out", "Still learning")
    assert load.training(NOVEMBER, now=now).rows == [(label, (int(label == expected),)) for label in labels]


def test_nothing_about_how_somebody_is_is_read_at_all():
    read = re.findall(r"CheckIn|SupportCall|Debrief|mood|boundaries|buddy", inspect.getsource(load))
    assert read == []
