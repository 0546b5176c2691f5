import pytest

from tests.factories import ManagerFactory


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def tom(db):
    return ManagerFactory(alias="Tom")
