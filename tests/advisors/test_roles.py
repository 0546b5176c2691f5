"""Who may write, by the service's own day."""

from datetime import UTC, date, datetime

import pytest

from advisors import roles
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
IN_JUNE = datetime(2027, 6, 30, 22, 59, 59, tzinfo=UTC)  # a second before midnight in London
IN_JULY = datetime(2027, 6, 30, 23, 0, tzinfo=UTC)  # midnight


def test_training_ends_with_its_last_day(calendar):
    person = PersonFactory(trained_until=date(2027, 6, 30))
    assert roles.why_not_write(person, now=IN_JUNE) == ""
    assert roles.why_not_write(person, now=IN_JULY).startswith("Your training has run out.")


def test_an_advisor_writes_from_their_fifteenth_birthday(calendar):
    person = PersonFactory(
        born_on=date(2012, 7, 1), guardian_consent_on=date(2027, 1, 1), trained_until=date(2028, 1, 1)
    )
    assert roles.why_not_write(person, now=IN_JUNE) == "Advisors are 15 or older."
    assert roles.why_not_write(person, now=IN_JULY) == ""


def test_somebody_is_18_from_midnight_on_the_services_own_clock(calendar):
    person = PersonFactory(born_on=date(2009, 7, 1))
    assert (person.is_under_18(IN_JUNE), person.is_under_18(IN_JULY)) == (True, False)
