"""The manager's page of the machinery: what each part says, and what to do where it is not well."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from advisors.managing import standing
from askpeer import history, ledger, nudge, throttle
from askpeer import standing as machinery
from askpeer.models import Beacon, OutboxRow, TrailSeal
from questions.models import Question, Reminder
from tests.advisors.managing.reading import shown
from tests.factories import make_question

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def serving(monkeypatch):
    monkeypatch.setattr(machinery, "SERVING_SINCE", time.monotonic() - 3600)


@pytest.fixture(autouse=True)
def _all_answer(monkeypatch):
    """The broker and the cache are other programs: here they answer."""
    monkeypatch.setattr(nudge, "answers", lambda: True)
    monkeypatch.setattr(throttle, "answers", lambda: True)


def part(name, *, now=None):
    return next(one for one in standing.parts(now=now or timezone.now()) if one.name == name)


def test_where_all_is_well_it_says_so(client, tom, calendar, serving):
    Beacon.objects.create(name="sweep", at=timezone.now())
    response = client.get("/manage/health/")
    assert [(one.name, one.is_well) for one in response.context["parts"] if one.name != "Disk"] == [
        (name, True)
        for name in (
            "Database",
            "Broker",
            "Cache",
            "Sweep",
            "Alarms",
            "Outbox",
            "Reminders",
            "Trail",
            "Ledger of erasures",
            "Version of the data",
            "Clocks",
        )
    ]
    words = shown(response)
    assert (words.count("parts are well."), words.count("What to do")) == (1, 0)


def test_what_is_not_well_comes_first_with_what_to_do(client, tom, calendar, serving, monkeypatch):
    monkeypatch.setattr(nudge, "answers", lambda: False)
    words = shown(client.get("/manage/health/"))
    assert (
        words.count("Broker: look at it Nothing answers there. What to do: Start it again, or look at REDIS_URL.") == 1
    )
    assert words.count("Sweep: look at it None has ended since the service is here. What to do: Look whether beat") == 1


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_one_and_for_three(client, tom, calendar, now, count, django_assert_num_queries):
    client.get("/manage/health/")
    for number in range(count):
        make_question(now=now - timedelta(days=9))
        OutboxRow.objects.create(key=f"k{number}", kind="late", due_at=now, created_at=now)
    with django_assert_num_queries(12):  # session, the manager, and 10 of the page while there is no seal
        client.get("/manage/health/")


@pytest.mark.parametrize(("ago", "well"), [(3 * MINUTE, True), (3 * MINUTE + SECOND, False)])
def test_a_sweep_may_be_three_minutes_behind(calendar, now, serving, ago, well):
    Beacon.objects.create(name="sweep", at=now - ago)
    assert part("Sweep", now=now)[1:3] == (well, "The last one ended 3 min ago.")


@pytest.mark.parametrize(("ago", "well"), [(5 * MINUTE, True), (5 * MINUTE + SECOND, False)])
def test_alarms_and_mail_may_be_five_minutes_late(calendar, now, ago, well):
    question = make_question(now=now)
    Question.objects.filter(pk=question.pk).update(alarm_at=now - ago)
    OutboxRow.objects.create(key="k", kind="late", due_at=now - ago, created_at=now)
    assert part("Alarms", now=now)[1:3] == (well, "The oldest alarm was due 5 min ago.")
    assert part("Outbox", now=now)[1:3] == (well, "1 wait to leave, 0 were given up. The oldest was due 5 min ago.")


def test_one_delivery_that_was_given_up_wants_looking_at(calendar, now):
    OutboxRow.objects.create(key="k", kind="late", state="dead", due_at=now, created_at=now, settled_at=now)
    OutboxRow.objects.create(key="l", kind="late", due_at=now + HOUR, created_at=now)
    assert part("Outbox", now=now)[1:3] == (False, "1 wait to leave, 1 were given up.")


def test_reminders_that_wait_are_no_trouble(calendar, now):
    Reminder.objects.create(
        question=make_question(now=now), round_number=1, stage=1, kind="half", due_at=now, made_at=now
    )
    said = "The oldest waits since 16 November, 11:00. Those that are not red wait for opening hours."
    assert part("Reminders", now=now)[1:3] == (True, said)


@pytest.mark.parametrize(("ago", "well"), [(HOUR, True), (HOUR + SECOND, False)])
def test_an_entry_may_be_unsealed_for_an_hour(calendar, now, ago, well, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    history.record(subject="topic:1", kind="changed", actor="service", now=now - 9 * HOUR)
    history.seal(now=now - 8 * HOUR)
    history.record(subject="topic:1", kind="changed", actor="service", now=now - ago)
    assert part("Trail", now=now)[1:3] == (well, "Seal 1, 8 h ago. 1 entries wait for the next.")


def test_a_ledger_that_is_gone_or_does_not_agree_is_told(calendar, now, settings, tmp_path):
    settings.LEDGER = tmp_path / "erased.txt"
    assert part("Ledger of erasures", now=now).is_well
    history.record(subject="topic:1", kind="changed", actor="service", now=now - HOUR)
    history.seal(now=now)
    assert part("Ledger of erasures", now=now)[1:3] == (True, "It is there and agrees with the database.")
    ledger.record(make_question(now=now).subject, now=now)
    assert part("Ledger of erasures", now=now)[1:3] == (False, "1 things that were erased or ended are here again.")
    TrailSeal.objects.create(number=2, count=0, digest=b"d" * 32, at=now)
    assert part("Ledger of erasures", now=now)[1:3] == (False, "It and the database do not agree.")
    settings.RECEIPT_PEPPER = b"p" * 32
    assert part("Ledger of erasures", now=now)[1:3] == (
        False,
        "It was written under another ASKPEER_RECEIPT_PEPPER.",
    )
    settings.LEDGER.unlink()
    assert part("Ledger of erasures", now=now)[1:3] == (False, "One of its two files is gone.")


def test_a_migration_that_the_database_lacks_is_named(calendar):
    name = "0002_practice_room_and_debriefs"
    assert part("Version of the data")[1:3] == (True, "The database is up to date.")
    MigrationRecorder(connection).record_unapplied("team", name)
    assert part("Version of the data")[1:3] == (False, f"These are not in the database: team.{name}.")


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (5 * MINUTE + SECOND / 2, "The database's clock is 5 min behind this machine's."),
        (-5 * MINUTE - 20 * SECOND, "The database's clock is 5 min ahead of this machine's."),
        (20 * SECOND, "Database and this machine agree."),
    ],
)
def test_a_clock_that_is_wrong_is_told(calendar, off, said):
    Beacon.objects.create(name="sweep", at=timezone.now())
    assert part("Clocks", now=timezone.now() + off).said == said


@pytest.mark.embedded
@pytest.mark.parametrize(("free", "well"), [(1024**3, True), (1024**3 - 1, False)])
def test_a_gigabyte_of_disk_is_left(calendar, monkeypatch, free, well):
    monkeypatch.setattr(machinery, "free_disk", lambda: free)
    assert part("Disk")[1:3] == (well, "1.0 GB are free.")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (119 * SECOND, "119 s"),
        (120 * SECOND, "2 min"),
        (119 * MINUTE, "119 min"),
        (2 * HOUR, "2 h"),
        (47 * HOUR, "47 h"),
        (48 * HOUR, "2 days"),
    ],
)
def test_a_length_is_said_in_what_it_has_two_of(length, said):
    assert standing._length(length) == said


def test_a_moment_ahead_was_written_by_a_clock_gone_wrong():
    now = datetime(2026, 11, 16, 11, tzinfo=UTC)
    assert standing._ago(now, now + HOUR) == "in the future"
