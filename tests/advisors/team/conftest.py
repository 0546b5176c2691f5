"""An advisor, whoever they may turn to, and browsers in which they are signed in."""

import pytest
import time_machine
from django.test import Client

from tests.factories import PersonFactory, SupervisorFactory, keep_on_duty


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR = False


@pytest.fixture
def sam(db):
    return PersonFactory(alias="Sam", email="sam@askpeer.example")


@pytest.fixture
def ruth(db):
    """A supervisor who is not on duty."""
    return SupervisorFactory(alias="Ruth", email="ruth@askpeer.example")


@pytest.fixture
def omar(db):
    """The supervisor on duty."""
    return keep_on_duty(SupervisorFactory(alias="Omar", email="omar@askpeer.example"))


@pytest.fixture
def clock(calendar, now):
    """The clock that views read: eleven on Monday, moved by clock.move_to()."""
    with time_machine.travel(now, tick=False) as traveller:
        yield traveller


@pytest.fixture
def browser(clock):
    """A browser in which somebody is signed in."""

    def signed_in(person):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
