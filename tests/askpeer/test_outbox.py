from datetime import timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from askpeer import outbox
from askpeer.models import OutboxRow
from config.outbox import HANDLERS
from tests.askpeer import handlers
from tests.interleaving import before

pytestmark = pytest.mark.django_db
LEASE, HOUR, SECOND = timedelta(seconds=120), timedelta(hours=1), timedelta(seconds=1)


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


@pytest.mark.parametrize("wrong", [-HOUR, timedelta(), HOUR])
def test_a_claimed_row_is_not_claimed_again_while_its_lease_runs_whatever_a_clock_says(now, wrong):
    put(now)
    began = timezone.now()
    row = outbox.claim_one(now=now)
    assert began + LEASE - SECOND < row.leased_until < timezone.now() + LEASE + SECOND
    assert outbox.free_stale(now=began + wrong) == 0
    assert outbox.claim_one(now=began + wrong) is None


def lease_runs_out():
    OutboxRow.objects.filter(state="leased").update(leased_until=timezone.now() - SECOND)


def test_a_lease_that_ran_out_is_freed_and_the_first_relay_cannot_settle_it(now):
    put(now)
    first = outbox.claim_one(now=now)
    lease_runs_out()
    assert outbox.free_stale(now=now) == 1
    second = outbox.claim_one(now=now)
    assert (first.attempts, second.attempts) == (1, 2)
    assert outbox.settle(first, "sent", now=now) is False
    assert outbox.retry(first, now=now, error="Late") is False
    assert outbox.settle(second, "sent", now=now) is True
    assert state() == ("sent", 2, "")


def test_a_relay_killed_between_sending_and_settling_repeats_one_message(now, letters):
    put(now, path=letters)
    row = outbox.claim_one(now=now)
    handlers.letter(row.refs, key=row.key, now=now).send()
    assert outbox.relay(now=now + HOUR) == 0
    lease_runs_out()
    assert outbox.relay(now=now) == 1
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


def fail(times, now):
    """Let the only row fail so often, each time when it is due; return the moment of the last time."""
    for _ in range(times):
        now = max(now, OutboxRow.objects.get().due_at)
        assert outbox.relay(now=now) == 1
    return now


def test_a_row_is_dead_when_it_is_three_days_old_and_not_before(now):
    put(now, kind="failing")
    fail(12, now)
    outbox.relay(now=now + timedelta(days=3) - timedelta(seconds=1))
    assert state() == ("waiting", 13, "TimeoutError")
    last = fail(1, now)
    assert (*state(), OutboxRow.objects.get().settled_at) == ("dead", 14, "TimeoutError", last)
    assert outbox.relay(now=now + timedelta(days=9)) == 0


def test_after_four_days_of_downtime_a_row_still_has_twelve_tries_over_seventeen_hours(now):
    put(now, kind="failing")
    back = now + timedelta(days=4)
    fail(11, back)
    assert state() == ("waiting", 11, "TimeoutError")
    last = fail(1, back)
    assert state() == ("dead", 12, "TimeoutError")
    assert last - back == timedelta(hours=17, minutes=3, seconds=30)


def test_a_dead_row_is_revived_with_all_its_tries_and_no_other_is(now, letters):
    put(now, kind="refused", path=letters)
    outbox.relay(now=now)
    row = OutboxRow.objects.get()
    later = now + timedelta(days=5)
    assert outbox.revive(row, now=later) is True
    assert outbox.revive(row, now=later) is False
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error, row.created_at, row.due_at) == ("waiting", 0, "", now, later)
    OutboxRow.objects.update(kind="letter")
    outbox.relay(now=later)
    assert letters.read_text() == "a\n"


def test_a_row_that_is_revived_is_given_up_after_twelve_tries_more(now):
    put(now, kind="refused")
    outbox.relay(now=now)
    OutboxRow.objects.update(kind="failing")
    later = now + timedelta(days=5)
    outbox.revive(OutboxRow.objects.get(), now=later)
    fail(11, later)
    assert state() == ("waiting", 11, "TimeoutError")
    fail(1, later)
    assert state() == ("dead", 12, "TimeoutError")


def test_every_attempt_of_a_row_goes_by_the_same_name_and_a_later_row_of_its_key_by_another(now, letters):
    """Given back after a kill, and revived; then forgotten by a restore, its key put again for something new."""
    put(now.replace(microsecond=120).astimezone(ZoneInfo("Europe/Amsterdam")), kind="named", path=letters)
    outbox.claim_one(now=now + SECOND)  # a kill
    lease_runs_out()
    row = OutboxRow.objects.get()
    outbox._ask(row, now).send()
    outbox.relay(now=now + SECOND)
    OutboxRow.objects.update(state="dead")
    outbox.revive(row, now=now + HOUR)
    outbox.relay(now=now + HOUR)
    OutboxRow.objects.all().delete()
    put(now + HOUR, kind="named", path=letters)
    outbox.relay(now=now + HOUR)
    first, other = "a 2026-11-16T11:00:00.000120+00:00", "a 2026-11-16T12:00:00+00:00"
    assert letters.read_text().splitlines() == [first, first, first, other]


def test_a_row_that_is_to_rest_waits_until_then_and_has_not_been_tried(now):
    until = now + timedelta(seconds=30)
    put(now, kind="resting", until=until.isoformat())
    assert (outbox.relay(now=now), outbox.relay(now=until - SECOND)) == (1, 0)
    assert (*state(), OutboxRow.objects.get().due_at) == ("waiting", 0, "Later", until)


def test_resting_does_not_take_the_place_of_why_it_failed(now):
    put(now, kind="failing", until=(now + HOUR).isoformat())
    outbox.relay(now=now)
    OutboxRow.objects.update(kind="resting")
    outbox.relay(now=now + timedelta(seconds=30))
    assert (*state(), OutboxRow.objects.get().due_at) == ("waiting", 1, "TimeoutError", now + HOUR)


def test_no_row_is_given_up_for_having_rested(now):
    put(now, kind="resting", until=(now + timedelta(days=9)).isoformat())
    for days in range(9):
        OutboxRow.objects.update(due_at=now)
        outbox.relay(now=now + timedelta(days=days))
    assert state() == ("waiting", 0, "Later")


def waiting_for_two(now):
    """Eight rows that wait for one thing or another; their keys say what is different about each."""
    for key in ("new", "tried", "due later", "leased", "sent"):
        put(now, key=key, hook="1")
    put(now, key="other", hook="2")
    put(now, key="other kind", kind="named", hook="1")
    put(now, key="none")
    change = {key: OutboxRow.objects.filter(key=key).update for key in OutboxRow.objects.values_list("key", flat=True)}
    change["tried"](attempts=3, error="TimeoutError")
    change["due later"](due_at=now + HOUR)
    change["leased"](state="leased", leased_until=now + LEASE)
    change["sent"](state="sent", settled_at=now)


def changed_by(verb):
    """Every row that the verb changed, by its key, as it is then, and how many the verb says."""
    rows = OutboxRow.objects.order_by("pk").values_list("key", "state", "due_at", "attempts", "error")
    was = set(rows)
    return verb(), [row for row in rows.all() if row not in was]


def test_rows_that_are_put_off_wait_until_then_in_one_statement_and_no_others(now, django_assert_num_queries):
    waiting_for_two(now)
    until = now + timedelta(seconds=30)
    with django_assert_num_queries(3):  # with both readings of changed_by
        found = changed_by(lambda: outbox.put_off("letter", refs={"hook": "1"}, until=until))
    assert found == (2, [("new", "waiting", until, 0, "Later"), ("tried", "waiting", until, 3, "TimeoutError")])


def test_what_waits_for_one_thing_is_given_up_when_it_is_three_days_old_and_not_before(now):
    waiting_for_two(now)
    put(now + SECOND, key="younger", hook="1")

    def give_up(moment):
        return outbox.give_up("letter", refs={"hook": "1"}, now=moment, failure=TimeoutError("at example.org"))

    old = now + timedelta(days=3)
    assert changed_by(lambda: give_up(old - SECOND)) == (0, [])
    assert changed_by(lambda: give_up(old)) == (
        3,
        [
            ("new", "dead", now, 0, "TimeoutError"),
            ("tried", "dead", now, 3, "TimeoutError"),
            ("due later", "dead", now + HOUR, 0, "TimeoutError"),
        ],
    )
    assert set(OutboxRow.objects.filter(state="dead").values_list("settled_at", flat=True)) == {old}


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


def test_what_ends_its_relays_twelve_times_and_for_three_days_is_dead_and_seen(now):
    put(now)
    old = now + timedelta(days=3)
    for attempt in range(1, 13):
        outbox.claim_one(now=now)
        lease_runs_out()
        assert outbox.free_stale(now=old - SECOND if attempt == 12 else old) == 1
        assert state() == ("waiting", attempt, "")
    outbox.claim_one(now=now)
    lease_runs_out()
    assert outbox.free_stale(now=old) == 1
    assert state() == ("dead", 13, "Interrupted")


def test_a_freed_row_is_due_as_it_was_whatever_the_clock_says_that_frees_it(now):
    put(now)
    outbox.claim_one(now=now)
    lease_runs_out()
    outbox.free_stale(now=now + HOUR)
    assert OutboxRow.objects.get().due_at == now


def test_a_relay_begins_no_send_after_its_time(now, letters):
    for key in "abc":
        put(now, key=key, path=letters)
    assert outbox.relay(now=now, seconds=0) == 0
    assert letters.read_text() == ""
    assert outbox.RELAY_SECONDS + outbox.SEND_SECONDS < 300 / 2  # half of what a task may take


def test_a_slow_kind_of_row_leaves_two_thirds_of_the_time_to_the_others(now, letters, monkeypatch):
    seconds, send = [0], handlers.Letter.send

    def slowly(letter):
        seconds[0] += 5
        send(letter)

    monkeypatch.setattr(handlers.Letter, "send", slowly)
    monkeypatch.setattr(outbox, "time", SimpleNamespace(monotonic=lambda: seconds[0]))
    for number in range(9):
        put(now - HOUR, key=f"slow:{number}", path=letters)
    put(now, kind="named", key="quick", path=letters)
    outbox.relay(now=now, seconds=60)
    sent = [line.split()[0] for line in letters.read_text().splitlines()]
    assert sent == [*(f"slow:{number}" for number in range(5)), "quick"]


def test_a_relay_that_is_told_to_stop_finishes_its_row_and_takes_no_other(now, letters):
    for key in "abc":
        put(now, key=key, path=letters)
    assert outbox.relay(now=now, stopped=lambda: letters.read_text() != "") == 1
    assert letters.read_text() == "a\n"


def test_a_relay_that_others_were_faster_than_goes_on_to_the_rows_behind(now):
    for number in range(25):
        put(now, key=f"{number:02}")
    first = list(OutboxRow.objects.order_by("pk")[:20])

    def claimed_by_others():
        OutboxRow.objects.filter(pk__in=[row.pk for row in first]).update(
            state="leased", leased_until=timezone.now() + LEASE, attempts=1
        )

    with before("UPDATE", "askpeer_outboxrow", claimed_by_others):
        assert outbox.claim_one(now=now).key == "20"


def test_kinds_that_are_left_alone_are_passed_over(now):
    put(now, key="a", kind="mail")
    put(now, key="b")
    assert outbox.claim_one(now=now, without={"mail"}).key == "b"


def test_rows_put_together_keep_their_order_and_a_key_that_is_there(now, letters):
    put(now, key="b", path=letters)
    outbox.put_all("letter", {key: {"path": str(letters)} for key in "cab"}, now=now)
    assert outbox.relay(now=now) == 3
    assert letters.read_text() == "b\nc\na\n"
