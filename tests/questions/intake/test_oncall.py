"""Whether somebody reads red questions while the service is closed."""

from datetime import timedelta

import pytest

from advisors.drafting import claiming
from questions.intake import oncall
from questions.intake.models import OnCall
from tests.factories import LeadFactory, SupervisorFactory, make_question

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("make", "about_staff"), [(SupervisorFactory, False), (LeadFactory, True)])
def test_whoever_is_kept_from_a_question_is_nobody_for_it(calendar, now, make, about_staff):
    person, _ = make(), LeadFactory()
    OnCall.objects.create(person=person, starts_at=now, ends_at=now + timedelta(hours=1))
    questions = [make_question(now=now, level="red", about_staff=about_staff) for _ in range(2)]
    assert [oncall.is_anybody(question, now=now) for question in questions] == [True, True]
    claiming.recuse(question=questions[0], by=person, now=now)
    assert [oncall.is_anybody(question, now=now) for question in questions] == [False, True]
