"""Partners that have ended and webhooks that were taken away stay so in a backup that is brought back."""

import pytest

from askpeer import ledger
from askpeer.errors import Refused
from questions import replaying
from questions.partners import ending, hooks, keys
from questions.partners.models import Hook, Partner
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW.replace(hour=18)


@pytest.fixture(autouse=True)
def _ledger(settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"


def restore(partner, *, active):
    """What a backup says of the partner."""
    Partner.objects.filter(pk=partner.pk).update(active=active)


def test_an_ended_partner_and_its_keys_come_back_with_no_backup(partner, secret):
    assert ending.end(partner, now=NOW)
    restore(partner, active=True)
    assert (keys.find(secret, now=NOW) is not None, replaying.behind()) == (True, 1)
    assert replaying.replay(now=LATER) == 1
    assert (keys.find(secret, now=NOW), replaying.behind()) == (None, 0)


def test_one_that_was_taken_up_again_goes_on_in_a_backup_from_before_and_after(partner):
    ending.end(partner, now=NOW)
    assert ending.take_up(partner, now=LATER)
    assert (replaying.behind(), replaying.lost()) == (0, [])
    restore(partner, active=True)
    assert replaying.behind() == 0


def test_a_webhook_that_was_taken_away_comes_back_with_no_backup(partner):
    hooks.add(partner=partner, url="https://hooks.example.org/", now=NOW)
    hook = Hook.objects.get()
    before = Hook.objects.filter(pk=hook.pk).values().get()
    ending.remove_hook(Hook.objects.get(), now=NOW)
    Hook.objects.bulk_create([Hook(**before)])
    assert replaying.behind() == 1
    replaying.replay(now=LATER)
    assert (Hook.objects.count(), replaying.behind()) == (0, 0)


def test_where_the_ledger_fails_behind_it_a_webhook_is_paused_and_keeps_when_it_was(partner, settings, tmp_path):
    hooks.add(partner=partner, url="https://hooks.example.org/", now=NOW)
    (tmp_path / "full").write_text("a file, and no folder")
    settings.LEDGER = tmp_path / "full" / "erased.txt"
    assert [ending.remove_hook(Hook.objects.get(), now=at) for at in (NOW, LATER)] == [False, False]
    assert Hook.objects.get().paused_at == NOW


def test_a_clock_that_was_ahead_at_the_end_keeps_no_partner_ended(partner):
    ending.end(partner, now=LATER)
    assert ending.take_up(partner, now=NOW)
    assert replaying.behind() == 0
    ending.end(partner, now=NOW)
    restore(partner, active=True)
    assert replaying.behind() == 1


def test_one_taken_up_since_stays_ended_in_a_backup_from_between_and_is_counted(partner):
    ending.end(partner, now=NOW)
    ending.take_up(partner, now=LATER)
    restore(partner, active=False)
    assert (replaying.behind(), replaying.replay(now=LATER), ending.ended_again()) == (0, 0, 1)
    restore(partner, active=True)
    assert ending.ended_again() == 0


def test_ending_twice_and_taking_up_twice_change_nothing(partner):
    assert not ending.take_up(partner, now=NOW)
    assert (ending.end(partner, now=NOW), ending.end(partner, now=LATER)) == (True, False)
    assert [len(moments) for moments in ledger.moments(ending.ENDED).values()] == [1]


def test_a_ledger_that_cannot_be_written_keeps_no_partner_going_and_takes_none_up(partner, settings, tmp_path):
    (tmp_path / "full").write_text("a file, and no folder")
    settings.LEDGER = tmp_path / "full" / "erased.txt"
    assert ending.end(partner, now=NOW)
    with pytest.raises(Refused, match="taken up again, so nothing has changed"):
        ending.take_up(partner, now=LATER)
    assert Partner.objects.get(pk=partner.pk).active is False
    settings.LEDGER = tmp_path / "erased.txt"
    assert ending.unnamed() == [f"partner_ended:{partner.pk}"] == replaying.lost()
