from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction

from askpeer import history, triggers
from askpeer.models import TrailEntry, TrailSeal

pytestmark = pytest.mark.django_db


def record(count, now, subject="question:1"):
    for number in range(count):
        history.record(subject=subject, kind="moved", actor="person:1", now=now, facts={"number": number})


@pytest.fixture
def sealed(now):
    """Five entries in two seals, of three and of two."""
    record(3, now)
    assert history.seal(now=now + timedelta(minutes=1)) == 3
    record(2, now + timedelta(minutes=2))
    assert history.seal(now=now + timedelta(minutes=3)) == 2
    return list(TrailEntry.objects.all())


@pytest.fixture
def unguarded():
    """The database as somebody with its password has it: the guards can be taken off."""
    triggers.drop()
    yield
    triggers.install(TrailEntry._meta.app_config)


def test_what_was_recorded_is_read_back_in_its_order(now):
    history.record(subject="question:1", kind="moved", actor="person:1", now=now, facts={"to": "open"})
    history.record(subject="question:2", kind="moved", actor="person:2", now=now)
    history.record(subject="question:1", kind="raised", actor="service", now=now)
    assert [(entry.kind, entry.actor, entry.at, entry.facts) for entry in history.of("question:1")] == [
        ("moved", "person:1", now, {"to": "open"}),
        ("raised", "service", now, {}),
    ]


def test_a_whole_trail_verifies(sealed):
    assert history.verify() == []
    assert [(entry.seal.number, entry.place) for entry in sealed] == [(1, 0), (1, 1), (1, 2), (2, 0), (2, 1)]


def test_an_entry_is_sealed_once_it_is_sixty_seconds_old(now):
    record(1, now)
    assert history.seal(now=now + timedelta(seconds=59)) == 0
    assert history.seal(now=now + timedelta(seconds=60)) == 1
    assert history.seal(now=now + timedelta(seconds=61)) == 0


def test_a_batch_is_a_thousand_entries(now):
    TrailEntry.objects.bulk_create(
        TrailEntry(subject="question:1", kind="moved", actor="service", at=now) for _ in range(1001)
    )
    later = now + timedelta(hours=1)
    assert [history.seal(now=later) for _ in range(3)] == [1000, 1, 0]
    assert history.verify() == []


def test_the_head_is_kept_in_a_private_file_beside_the_ledger(sealed, ledger):
    head = ledger.with_name("history-head.txt")
    links = TrailSeal.objects.order_by("number")
    assert head.read_text() == "".join(f"{link.number} {bytes(link.digest).hex()}\n" for link in links)
    assert (head.stat().st_mode & 0o777, head.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_altered_entry_is_found(sealed, unguarded):
    TrailEntry.objects.filter(pk=sealed[1].pk).update(actor="person:2")
    assert history.verify() == ["Seal 1 does not match its entries: one was altered or moved."]


def test_altered_facts_are_found(sealed, unguarded):
    TrailEntry.objects.filter(pk=sealed[4].pk).update(facts={"number": 9})
    assert history.verify() == ["Seal 2 does not match its entries: one was altered or moved."]


def test_a_deleted_entry_is_found(sealed, unguarded):
    TrailEntry.objects.filter(pk=sealed[2].pk).delete()
    assert history.verify() == ["Seal 1 covers 3 entries, and 2 of them are there."]


def test_two_entries_that_changed_places_are_found(sealed, unguarded):
    for row, place in ((0, 9), (1, 0), (0, 1)):
        TrailEntry.objects.filter(pk=sealed[row].pk).update(place=place)
    assert history.verify() == ["Seal 1 does not match its entries: one was altered or moved."]


def test_a_trail_cut_at_its_end_is_found_by_the_kept_head(sealed, unguarded):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert history.verify() == ["The trail was cut: seal 2 is in history-head.txt and not in the database."]


def test_a_cut_trail_stays_found_when_it_goes_on(sealed, unguarded, now):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    record(1, now)
    assert history.seal(now=now + timedelta(hours=1)) == 1
    assert history.verify() == ["The trail was cut: history-head.txt has two seals 2."]


def test_a_trail_that_a_backup_brought_back_goes_on_from_its_last_seal(sealed, unguarded, now):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert history.note_restore() == 1
    assert history.verify() == []
    record(1, now)
    history.seal(now=now + timedelta(hours=1))
    assert history.verify() == []


def test_a_seal_taken_out_of_the_middle_is_found(sealed, unguarded):
    TrailEntry.objects.filter(seal__number=1).delete()
    TrailSeal.objects.filter(number=1).delete()
    assert history.verify() == ["Seal 1 is missing."]


def test_a_chain_written_anew_is_found_by_the_kept_head(sealed, unguarded, now, ledger):
    kept = ledger.with_name("history-head.txt").read_text()
    TrailEntry.objects.filter(pk=sealed[0].pk).update(actor="person:2")
    TrailEntry.objects.update(seal=None, place=None)
    TrailSeal.objects.all().delete()
    assert history.seal(now=now + timedelta(minutes=1)) == 3
    assert history.seal(now=now + timedelta(minutes=3)) == 2
    ledger.with_name("history-head.txt").write_text(kept)
    assert history.verify() == ["Seal 2 is not the one in history-head.txt: the chain was written anew."]


def test_a_head_line_that_a_crash_cut_short_is_passed_over(sealed, unguarded, ledger):
    with ledger.with_name("history-head.txt").open("a") as file:
        file.write("3 0a1b")
    assert history.verify() == []
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert history.verify() == ["The trail was cut: seal 2 is in history-head.txt and not in the database."]


@pytest.mark.parametrize(
    "act",
    [
        lambda: TrailEntry.objects.filter(kind="moved").update(actor="person:2"),
        lambda: TrailEntry.objects.filter(kind="moved").update(seal=None, place=None),
        lambda: TrailEntry.objects.filter(kind="moved").update(place=7),
        lambda: TrailEntry.objects.all().delete(),
        lambda: TrailEntry.objects.first().delete(),
        lambda: TrailSeal.objects.update(count=1),
        lambda: TrailSeal.objects.filter(number=9).delete(),
    ],
    ids=["update", "unseal", "reorder", "delete", "delete one", "update seal", "delete seal"],
)
def test_the_database_refuses_to_change_or_delete_what_happened(sealed, now, act):
    TrailSeal.objects.create(number=9, count=0, digest=bytes(32), at=now)
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        act()
    assert list(TrailEntry.objects.values_list("actor", flat=True)) == ["person:1"] * 5


@pytest.mark.parametrize("statement", ["UPDATE {} SET at = at", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["askpeer_trailentry", "askpeer_trailseal"])
def test_raw_sql_is_refused_as_well(sealed, table, statement):
    if statement.startswith("UPDATE"):
        statement = statement.replace("at = at", "at = '2020-01-01 00:00:00+00:00'")
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_an_unsealed_entry_cannot_be_altered_while_it_is_sealed(now, sealed):
    record(1, now)
    link = TrailSeal.objects.first()
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        TrailEntry.objects.filter(seal=None).update(seal=link, place=7, actor="person:2")
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic():
        TrailEntry.objects.filter(seal=None).update(seal=link)
    assert TrailEntry.objects.filter(seal=None).update(seal=link, place=7) == 1


def test_guards_that_are_gone_are_named_and_installed_again():
    triggers.drop(["askpeer_trailseal"])
    acts = ("delete", "truncate", "update") if connection.vendor == "postgresql" else ("delete", "update")
    assert sorted(name for name in triggers.missing() if "trailseal" in name) == [
        f"guard_askpeer_trailseal_{act}" for act in acts
    ]
    triggers.install(TrailEntry._meta.app_config)
    assert triggers.missing() == []
    triggers.install(TrailEntry._meta.app_config)
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_of_two_sealers_at_once_one_seals_and_nothing_is_sealed_twice(now):
    triggers.install(TrailEntry._meta.app_config)
    record(50, now)
    start, sealed = Barrier(2), []

    def seal():
        start.wait()
        try:
            sealed.append(history.seal(now=now + timedelta(minutes=1)))
        except OperationalError:
            sealed.append(0)  # SQLite in memory does not wait for the other's lock as a file would
        finally:
            connection.close()

    sealers = [Thread(target=seal) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    assert sorted(sealed) == [0, 50]
    assert (TrailSeal.objects.count(), history.verify()) == (1, [])


PUT = {
    "sqlite": "INSERT OR REPLACE INTO askpeer_trailseal SELECT * FROM askpeer_trailseal",
    "postgresql": "INSERT INTO askpeer_trailseal SELECT * FROM askpeer_trailseal"
    " ON CONFLICT (id) DO UPDATE SET count = 7",
}


def test_a_row_put_in_place_of_another_is_refused_too(sealed):
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PUT[connection.vendor])
