from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils.module_loading import import_string

from askpeer import outbox
from askpeer.models import OutboxRow
from config.outbox import HANDLERS
from tests.askpeer import handlers

pytestmark = pytest.mark.django_db
LEASE = timedelta(seconds=120)


@pytest.fixture(autouse=True)
def _handlers(settings):
    settings.OUTBOX_HANDLERS = handlers.HANDLERS


@pytest.fixture
def letters(tmp_path):
    """What was really sent, one key a line."""
    path = tmp_path / "letters.txt"
    path.touch()
    return path


def put(now, kind="letter", key="a", path="", **refs):
    outbox.put(kind, key=key, refs={"subject": "question:1", "path": str(path)} | refs, now=now)


def state():
    row = OutboxRow.objects.get()
    return row.state, row.attempts, row.error


def test_a_row_is_sent_once_and_settled(now, letters):
    put(now, path=letters)
    assert (outbox.relay(now=now), outbox.relay(now=now)) == (1, 0)
    assert letters.read_text() == "a\n"
    assert (*state(), OutboxRow.objects.get().settled_at) == ("sent", 1, "", now)


def test_a_key_is_put_once_and_the_first_row_stays(now, letters):
    put(now, path=letters)
    put(now + timedelta(hours=1), path="elsewhere")
    row = OutboxRow.objects.get()
    assert (row.created_at, row.refs["path"]) == (now, str(letters))
    outbox.relay(now=now)
    put(now, path=letters)
    assert outbox.relay(now=now) == 0
    assert letters.read_text() == "a\n"


def test_a_row_of_a_transaction_rolled_back_was_never_put(now):
    with transaction.atomic():
        put(now)
        transaction.set_rollback(True)
    assert OutboxRow.objects.count() == 0


def test_a_row_waits_until_it_is_due(now):
    outbox.put("nothing", key="a", refs={}, now=now, due=now + timedelta(minutes=5))
    assert outbox.claim_one(now=now + timedelta(minutes=5) - timedelta(microseconds=1)) is None
    assert outbox.claim_one(now=now + timedelta(minutes=5)).key == "a"


def test_the_oldest_due_row_goes_first(now, letters):
    for key, minutes in (("b", 2), ("a", 1), ("c", 3)):
        outbox.put("letter", key=key, refs={"path": str(letters)}, now=now, due=now + timedelta(minutes=minutes))
    assert outbox.relay(now=now + timedelta(minutes=2)) == 2
    assert letters.read_text() == "a\nb\n"


def test_a_claimed_row_is_not_claimed_again_while_its_lease_runs(now):
    put(now)
    assert outbox.claim_one(now=now).leased_until == now + LEASE
    assert outbox.claim_one(now=now) is None
    assert outbox.free_stale(now=now + LEASE) == 0


def test_a_lease_that_ran_out_is_freed_and_the_first_relay_cannot_settle_it(now):
    put(now)
    first = outbox.claim_one(now=now)
    later = now + LEASE + timedelta(seconds=1)
    assert outbox.free_stale(now=later) == 1
    second = outbox.claim_one(now=later)
    assert (first.attempts, second.attempts) == (1, 2)
    assert outbox.settle(first, "sent", now=later) is False
    assert outbox.retry(first, now=later, error="Late") is False
    assert outbox.settle(second, "sent", now=later) is True
    assert state() == ("sent", 2, "")


def test_a_relay_killed_between_sending_and_settling_repeats_one_message(now, letters):
    put(now, path=letters)
    row = outbox.claim_one(now=now)
    handlers.letter(row.refs, key=row.key, now=now).send()
    assert outbox.relay(now=now + LEASE) == 0
    assert outbox.relay(now=now + LEASE + timedelta(seconds=1)) == 1
    assert outbox.relay(now=now + timedelta(days=1)) == 0
    assert letters.read_text() == "a\na\n"


def test_a_failed_row_waits_30_seconds_then_twice_as_long_each_time_up_to_a_day(now):
    put(now, kind="failing")
    waits, moment = [], now
    for _ in range(13):
        OutboxRow.objects.update(created_at=moment)
        assert outbox.relay(now=moment) == 1
        row = OutboxRow.objects.get()
        waits.append(int((row.due_at - moment).total_seconds()))
        moment = row.due_at
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 15360, 30720, 61440, 86400]


def test_a_failure_is_kept_by_its_type_and_not_by_its_words(now):
    put(now, kind="failing")
    outbox.relay(now=now)
    assert state() == ("waiting", 1, "TimeoutError")


@pytest.mark.parametrize(("kind", "error"), [("broken", "LookupError"), ("unknown", "KeyError")])
def test_a_handler_that_breaks_or_is_missing_leaves_the_row_to_be_tried_again(now, kind, error):
    put(now, kind=kind)
    outbox.relay(now=now)
    assert state() == ("waiting", 1, error)


def test_a_row_is_dead_after_three_days_and_not_before(now):
    put(now, kind="failing")
    outbox.relay(now=now + timedelta(days=3) - timedelta(seconds=1))
    assert state() == ("waiting", 1, "TimeoutError")
    last = now + timedelta(days=3, seconds=29)
    outbox.relay(now=last)
    assert (*state(), OutboxRow.objects.get().settled_at) == ("dead", 2, "TimeoutError", last)
    assert outbox.relay(now=now + timedelta(days=9)) == 0


def test_a_dead_row_is_revived_from_the_beginning_and_no_other_is(now, letters):
    put(now, kind="refused", path=letters)
    outbox.relay(now=now)
    row = OutboxRow.objects.get()
    later = now + timedelta(days=5)
    assert outbox.revive(row, now=later) is True
    assert outbox.revive(row, now=later) is False
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error, row.created_at, row.due_at) == ("waiting", 0, "", later, later)
    OutboxRow.objects.update(kind="letter")
    outbox.relay(now=later)
    assert letters.read_text() == "a\n"


def test_what_holds_no_more_is_dropped_unsent(now):
    put(now, kind="nothing")
    outbox.relay(now=now)
    assert state() == ("dropped", 1, "")


def test_a_refusal_for_good_is_dead_at_once(now):
    put(now, kind="refused")
    outbox.relay(now=now)
    assert state() == ("dead", 1, "ConnectionRefusedError")


def test_one_bad_row_does_not_keep_the_others(now, letters):
    for key, kind in (("a", "failing"), ("b", "refused"), ("c", "letter"), ("d", "unknown"), ("e", "letter")):
        put(now, kind=kind, key=key, path=letters)
    assert outbox.relay(now=now) == 5
    assert letters.read_text() == "c\ne\n"


def test_a_relay_stops_at_its_limit(now, letters):
    for key in "abc":
        put(now, key=key, path=letters)
    assert outbox.relay(now=now, limit=2) == 2
    assert letters.read_text() == "a\nb\n"


def test_what_waits_for_an_erased_subject_is_dropped_and_nothing_else(now):
    for key, subject in (("a", "question:1"), ("b", "question:12"), ("c", "question:1"), ("d", "question:1")):
        put(now, key=key, kind="refused" if key == "d" else "letter", subject=subject)
    OutboxRow.objects.filter(key="c").update(state="leased", leased_until=now)
    OutboxRow.objects.filter(key="d").update(state="dead", settled_at=now)
    assert outbox.drop_for("question:1") == 2
    assert sorted(OutboxRow.objects.values_list("key", flat=True)) == ["b", "c"]


@pytest.mark.parametrize("changes", [{"state": "leased"}, {"state": "sent"}], ids=["no lease", "no moment"])
def test_the_database_refuses_a_state_without_its_moment(now, changes):
    put(now)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxRow.objects.update(**changes)


@pytest.mark.parametrize("kind", sorted(HANDLERS))
def test_every_kind_of_row_has_a_handler(kind):
    assert callable(import_string(HANDLERS[kind]))


def test_a_lease_begins_when_its_row_is_claimed_and_not_when_a_slow_relay_began(now, settings):
    put(now)
    row = outbox.claim_one(now=now, elapsed=timedelta(minutes=5))
    assert row.leased_until == now + timedelta(minutes=5) + settings.OUTBOX_LEASE
    assert outbox.free_stale(now=now + timedelta(minutes=5)) == 0
