import pytest

from tests.factories import LeadFactory, ManagerFactory, PersonFactory, SupervisorFactory


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def tom(db):
    return ManagerFactory(alias="Tom")


@pytest.fixture
def ruth(db):
    return SupervisorFactory(alias="Ruth")


@pytest.fixture
def lead(db):
    return LeadFactory(alias="Lena")


@pytest.fixture
def advisor(db):
    return PersonFactory(alias="Sam")
