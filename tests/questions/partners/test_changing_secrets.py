"""A partner changes from one webhook secret to the next: for 24 hours both open what it is sent."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from askpeer import outbox, rotating
from askpeer.errors import Refused, Stale
from questions import sweeping
from questions.partners import hooks
from questions.partners.models import Hook
from tests.factories import NOW, make_question

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)


@pytest.fixture
def first(partner, url):
    return hooks.add(partner=partner, url=url, now=NOW)


def tell(partner, server, *, at=NOW):
    """Something happens, and the partner is told; what came."""
    question = make_question(partner=partner)
    question.status, question.version = "open", 2
    with time_machine.travel(at, tick=False):
        hooks.status_changed(question, now=at)
        outbox.relay(now=at)
    return server.calls[-1]


def opens(call, *secrets, at=NOW):
    """Which of these secrets a receiver may hold to take this call, by the public library."""
    return [_takes(Webhook(secret), call, at) for secret in secrets]


def _takes(receiver, call, at):
    with time_machine.travel(at, tick=False):
        try:
            return receiver.verify(call.body, call.headers)["type"] == "question.status_changed"
        except WebhookVerificationError:
            return False


def test_receivers_with_either_secret_take_the_same_call(partner, first, server):
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    call = tell(partner, server)
    assert second != first
    assert opens(call, first, second) == [True, True]
    assert [part[:3] for part in call.headers["webhook-signature"].split(" ")] == ["v1,", "v1,"]


@pytest.mark.parametrize(
    ("after", "taken"), [(DAY - SECOND, [True, True]), (DAY, [False, True]), (DAY + SECOND, [False, True])]
)
def test_the_old_secret_signs_until_24_hours_are_over_to_the_second(partner, first, server, after, taken):
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    assert opens(tell(partner, server, at=NOW + after), first, second, at=NOW + after) == taken


def test_changing_twice_pushes_out_no_secret_that_the_partner_may_have(partner, first, server):
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    third = hooks.rotate(hook=Hook.objects.get(), now=NOW + DAY - SECOND)
    later = NOW + 2 * DAY - 2 * SECOND
    assert opens(tell(partner, server, at=later), first, second, third, at=later) == [True, True, True]
    over = NOW + 2 * DAY - SECOND
    assert opens(tell(partner, server, at=over), first, second, third, at=over) == [False, False, True]


def test_a_secret_whose_time_was_over_signs_no_more_after_the_next_change(partner, first, server):
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    third = hooks.rotate(hook=Hook.objects.get(), now=NOW + DAY)
    call = tell(partner, server, at=NOW + DAY)
    assert opens(call, first, second, third, at=NOW + DAY) == [False, True, True]


def test_a_fifth_secret_waits_until_the_old_ones_are_ended_or_over(first):
    made = [first, *(hooks.rotate(hook=Hook.objects.get(), now=NOW) for _ in range(3))]
    with pytest.raises(Refused, match="Four secrets sign already"):
        hooks.rotate(hook=Hook.objects.get(), now=NOW)
    row = Hook.objects.get()
    assert [row.secret, *hooks.former_secrets(row, NOW)] == made[::-1]
    hooks.end_former(hook=row)
    assert hooks.rotate(hook=Hook.objects.get(), now=NOW) not in made


def test_the_old_secret_can_be_ended_at_once_and_is_gone(partner, first, server):
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    hooks.end_former(hook=Hook.objects.get())
    assert opens(tell(partner, server), first, second) == [False, True]
    assert former() == [(None, None)]
    with pytest.raises(Stale):
        hooks.end_former(hook=Hook.objects.get())


def former():
    with connection.cursor() as cursor:
        cursor.execute("SELECT former_secret, former_until FROM partners_hook")
        return [tuple(row) for row in cursor.fetchall()]


def test_the_purge_deletes_an_old_secret_whose_time_is_over_and_no_other(first, calendar):
    hooks.rotate(hook=Hook.objects.get(), now=NOW)
    sweeping.purge(now=NOW + DAY - SECOND)
    assert Hook.objects.get().former_secret == first
    sweeping.purge(now=NOW + DAY)
    assert former() == [(None, None)]


def test_whoever_changes_it_from_an_older_page_is_told_and_changes_nothing(first):
    seen = Hook.objects.get()
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    for verb in (lambda: hooks.rotate(hook=seen, now=NOW), lambda: hooks.end_former(hook=seen)):
        with pytest.raises(Stale, match="changed the secret of this webhook a moment ago"):
            verb()
    assert (Hook.objects.get().secret, Hook.objects.get().former_secret) == (second, first)


def test_both_secrets_are_sealed_and_open_under_the_next_key_encryption_key(partner, first, server, settings):
    second = hooks.rotate(hook=Hook.objects.get(), now=NOW)
    settings.KEKS = {"second": b"2" * 32, **settings.KEKS}
    assert rotating.rotate()["partners_hook"] == 1
    settings.KEKS = {"second": b"2" * 32}
    row = Hook.objects.get()
    assert (row.secret, row.former_secret) == (second, first)
    assert first[6:].encode() not in bytes(former()[0][0])
    assert opens(tell(partner, server), first, second) == [True, True]
