import pytest

from advisors.models import Person
from advisors.team import counting
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_one_more_answer_of_theirs_and_of_nobody_elses(sam, django_assert_num_queries):
    other = PersonFactory()
    with django_assert_num_queries(1):
        counting.answered(sam.pk)
    assert dict(Person.objects.values_list("pk", "answers_given")) == {sam.pk: 21, other.pk: 20}


def test_an_answer_whose_writer_is_gone_counts_for_nobody(sam, django_assert_num_queries):
    with django_assert_num_queries(0):
        counting.answered(None)
