"""/health/: what a load balancer, and whoever is woken at night, may rely on."""

import time
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from askpeer import standing
from askpeer.models import Beacon
from tests.factories import make_question

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def serving(monkeypatch):
    """How long this process has served."""

    def since(ago):
        monkeypatch.setattr(standing, "SERVING_SINCE", time.monotonic() - ago.total_seconds())

    return since


@pytest.mark.parametrize(
    ("served", "swept", "status"),
    [
        (2 * MINUTE, None, 200),
        (4 * MINUTE, None, 503),
        (60 * MINUTE, 2 * MINUTE, 200),
        (60 * MINUTE, 4 * MINUTE, 503),
        (2 * MINUTE, 600 * MINUTE, 200),
        (4 * MINUTE, 600 * MINUTE, 503),
        (60 * MINUTE, -60 * MINUTE, 503),  # by a clock an hour ahead
    ],
)
def test_it_is_well_while_the_sweep_is_three_minutes_behind_at_most(client, serving, served, swept, status):
    serving(served)
    if swept is not None:
        Beacon.objects.create(name="sweep", at=timezone.now() - swept)
    assert client.get("/health/").status_code == status


def test_a_wall_clock_that_was_set_back_since_the_start_hides_no_sweep_that_stands_still(client, serving):
    serving(60 * MINUTE)
    back = timezone.now() - 60 * MINUTE
    Beacon.objects.create(name="sweep", at=back - 40 * MINUTE)
    with time_machine.travel(back):
        assert client.get("/health/").status_code == 503


def test_it_says_what_stands_and_what_is_overdue_longest(client, serving, calendar):
    serving(MINUTE)
    question = make_question(now=timezone.now() - timedelta(days=9), status="open")
    make_question(now=timezone.now() - timedelta(days=8), status="open")
    Beacon.objects.create(name="sweep", at=(swept := timezone.now()))
    question.refresh_from_db()
    said = client.get("/health/").json()
    assert set(said) == {"database", "broker", "cache", "last_sweep_at", "oldest_overdue_at"}
    assert said["database"] == "up"
    # JSON says milliseconds, and none where there are none.
    for name, at in (("last_sweep_at", swept), ("oldest_overdue_at", question.alarm_at)):
        assert timedelta() <= at - datetime.fromisoformat(said[name]) < timedelta(milliseconds=1)


@pytest.mark.parametrize("failure", [DatabaseError, InterfaceError])
def test_without_a_database_it_says_so(client, serving, failure):
    def gone(*_):
        raise failure

    with connection.execute_wrapper(gone):
        response = client.get("/health/")
    assert (response.status_code, response.json()) == (503, {"database": "down"})
