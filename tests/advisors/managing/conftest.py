"""The manager who is signed in, and a partner with its page."""

import pytest

from questions.partners.models import Partner
from tests.factories import ManagerFactory


@pytest.fixture
def tom(client, settings, tmp_path):
    settings.SECOND_FACTOR, settings.LEDGER = False, tmp_path / "erased.txt"
    person = ManagerFactory(alias="Tom")
    client.force_login(person)
    return person


@pytest.fixture
def partner(db):
    return Partner.objects.create(name="Harbour Youth", slug="harbour")


@pytest.fixture
def page(partner):
    return f"/manage/partners/{partner.pk}/"
