"""The people most tests are about, and the clock that views read."""

import pytest
import time_machine

from tests.factories import LeadFactory, PersonFactory, SupervisorFactory


@pytest.fixture
def advisor(db):
    return PersonFactory(alias="Sam")


@pytest.fixture
def ruth(db):
    return SupervisorFactory(alias="Ruth")


@pytest.fixture
def omar(db):
    return SupervisorFactory(alias="Omar")


@pytest.fixture
def lead(db):
    return LeadFactory(alias="Lena")


@pytest.fixture
def clock(now):
    """The clock that views read: eleven on Monday, moved by clock.move_to()."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller
