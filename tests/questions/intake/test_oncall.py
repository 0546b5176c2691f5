"""Whether somebody reads red questions while the service is closed."""

from contextlib import nullcontext
from datetime import date, timedelta

import pytest

from advisors.drafting import claiming
from questions.intake import kept, oncall, trustees
from questions.intake.models import OnCall
from tests.factories import LeadFactory, SupervisorFactory, TrusteeFactory, make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("make", "about_staff"), [(SupervisorFactory, False), (LeadFactory, True)])
def test_whoever_is_kept_from_a_question_is_nobody_for_it(calendar, now, make, about_staff):
    person, _ = make(), LeadFactory()
    OnCall.objects.create(person=person, starts_at=now, ends_at=now + timedelta(hours=1))
    questions = [make_question(now=now, level="red", about_staff=about_staff) for _ in range(2)]
    assert [oncall.is_anybody(question, now=now) for question in questions] == [True, True]
    claiming.recuse(question=questions[0], by=person, now=now)
    assert [oncall.is_anybody(question, now=now) for question in questions] == [False, True]


@pytest.mark.parametrize(
    ("values", "there"),
    [
        ({"vetted_until": date(2026, 11, 16)}, True),
        ({"vetted_until": date(2026, 11, 15)}, False),
        ({"vetted_on": None}, False),
        ({"agreed_on": None, "agreed_to": ""}, False),
        ({"agreed_to": "2020-01"}, False),
    ],
)
def test_whoever_can_open_no_question_yet_is_nobody(calendar, now, values, there):
    OnCall.objects.create(person=SupervisorFactory(**values), starts_at=now, ends_at=now + timedelta(hours=1))
    assert oncall.is_anybody(make_question(now=now, level="red"), now=now) == there


@pytest.mark.parametrize(
    ("values", "there"),
    [
        ({"agreed_on": None, "agreed_to": ""}, True),
        ({"vetted_on": None}, False),
        ({"vetted_until": date(2026, 11, 16)}, True),
        ({"vetted_until": date(2026, 11, 15)}, False),
    ],
)
def test_a_trustee_is_there_while_their_checks_hold(calendar, now, values, there):
    TrusteeFactory(**values)
    kept.forget()
    assert trustees.is_anybody(now=now) == there
    with nullcontext() if there else pytest.raises(trustees.NoTrustee):
        trustees.lock(now=now)
