"""Who is on duty: somebody who said so, for as long as their session lives."""

from datetime import date, timedelta

import pytest

from advisors.duty import presence
from advisors.models import Person
from askpeer.errors import Refused
from tests.advisors.signoff.conftest import signed_in
from tests.factories import SupervisorFactory

pytestmark = pytest.mark.django_db


def test_whoever_said_so_is_on_duty_the_longest_there_first(now, ruth, lead):
    presence.go_on(person=lead, now=now)
    presence.go_on(person=ruth, now=now + timedelta(minutes=1))
    presence.go_on(person=lead, now=now + timedelta(minutes=2))
    assert presence.on_now(now=now + timedelta(minutes=2)) == [lead, ruth]


@pytest.mark.parametrize(("after", "there"), [(timedelta(minutes=30, microseconds=-1), True), (presence.FOR, False)])
def test_half_an_hour_without_a_page_ends_it(now, ruth, after, there):
    presence.go_on(person=ruth, now=now)
    assert presence.is_anybody(now=now + after) == there


def test_a_page_keeps_it_up_and_brings_nobody_back(now, ruth):
    presence.go_on(person=ruth, now=now)
    later = now + timedelta(minutes=29)
    presence.seen(ruth, now=later)
    assert presence.is_anybody(now=later + timedelta(minutes=29))
    presence.seen(ruth, now=later + timedelta(minutes=31))
    assert not presence.is_anybody(now=later + timedelta(minutes=31))


def test_ending_it_signing_out_and_leaving_end_it(now, ruth, lead):
    for person in (ruth, lead):
        presence.go_on(person=person, now=now)
    gone = SupervisorFactory()
    presence.go_on(person=gone, now=now)
    presence.go_off(person=ruth)
    signed_in(lead).logout()
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    assert presence.on_now(now=now) == []


NOT_READY = [{"agreed_to": "2020-01"}, {"vetted_on": None}, {"vetted_until": date(2026, 11, 15)}]


@pytest.mark.parametrize("lacking", NOT_READY)
def test_nobody_is_on_duty_whose_pages_closed_meanwhile(now, ruth, lacking):
    presence.go_on(person=ruth, now=now)
    Person.objects.filter(pk=ruth.pk).update(**lacking)
    assert not presence.is_anybody(now=now)


def test_an_advisor_is_never_on_duty(now, advisor):
    with pytest.raises(Refused, match="Only a supervisor"):
        presence.go_on(person=advisor, now=now)
