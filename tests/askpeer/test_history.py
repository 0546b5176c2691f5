from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from askpeer import heads, history, triggers
from askpeer.models import TrailEntry, TrailSeal
from tests.interleaving import before

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 16, 11, 30, tzinfo=UTC)


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
    assert history.verify(now=NOW) == []
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
    later = now + timedelta(minutes=1)
    assert [history.seal(now=later) for _ in range(3)] == [1000, 1, 0]
    assert history.verify(now=NOW) == []


def test_the_head_is_kept_in_a_private_file_beside_the_ledger(sealed, ledger):
    head = ledger.with_name("history-head.txt")
    said = [line.split()[:3] for line in head.read_text().splitlines()]
    assert said == [
        [kind, str(link.number), bytes(link.digest).hex()]
        for link in TrailSeal.objects.order_by("number")
        for kind in ("sealing", "sealed")
    ]
    assert (head.stat().st_mode & 0o777, head.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_altered_entry_is_found(sealed, unguarded):
    TrailEntry.objects.filter(pk=sealed[1].pk).update(actor="person:2")
    assert history.verify(now=NOW) == ["Seal 1 does not match its entries: one was altered or moved."]


def test_altered_facts_are_found(sealed, unguarded):
    TrailEntry.objects.filter(pk=sealed[4].pk).update(facts={"number": 9})
    assert history.verify(now=NOW) == ["Seal 2 does not match its entries: one was altered or moved."]


def test_a_deleted_entry_is_found(sealed, unguarded):
    TrailEntry.objects.filter(pk=sealed[2].pk).delete()
    assert history.verify(now=NOW) == ["Seal 1 covers 3 entries, and 2 of them are there."]


def test_two_entries_that_changed_places_are_found(sealed, unguarded):
    for row, place in ((0, 9), (1, 0), (0, 1)):
        TrailEntry.objects.filter(pk=sealed[row].pk).update(place=place)
    assert history.verify(now=NOW) == ["Seal 1 does not match its entries: one was altered or moved."]


def test_a_trail_cut_at_its_end_is_found_by_the_kept_head(sealed, unguarded):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert history.verify(now=NOW) == ["The trail was cut: seal 2 is in history-head.txt and not in the database."]


def test_a_cut_trail_stays_found_when_it_goes_on(sealed, unguarded, now):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    record(1, now)
    assert history.seal(now=now + timedelta(hours=1)) == 1
    assert history.verify(now=NOW) == ["The trail was cut: history-head.txt has two seals 2."]


def test_a_trail_that_a_backup_brought_back_goes_on_from_its_last_seal(sealed, unguarded, now):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert history.note_restore(now=NOW) == 1
    assert history.verify(now=NOW) == []
    record(1, now)
    history.seal(now=now + timedelta(hours=1))
    assert history.verify(now=NOW) == []


def test_a_seal_taken_out_of_the_middle_is_found(sealed, unguarded):
    TrailEntry.objects.filter(seal__number=1).delete()
    TrailSeal.objects.filter(number=1).delete()
    assert history.verify(now=NOW) == ["Seal 1 is missing."]


def test_a_chain_written_anew_is_found_by_the_kept_head(sealed, unguarded, now, ledger):
    kept = ledger.with_name("history-head.txt").read_text()
    TrailEntry.objects.filter(pk=sealed[0].pk).update(actor="person:2")
    TrailEntry.objects.update(seal=None, place=None)
    TrailSeal.objects.all().delete()
    assert history.seal(now=now + timedelta(minutes=1)) == 3
    assert history.seal(now=now + timedelta(minutes=3)) == 2
    ledger.with_name("history-head.txt").write_text(kept)
    assert history.verify(now=NOW) == ["Seal 2 is not the one in history-head.txt: the chain was written anew."]


def test_a_head_line_that_a_crash_cut_short_is_passed_over_and_hides_none_after_it(sealed, unguarded, now, head):
    with head.open("a") as file:
        file.write("sealing 3 0a1b")
    assert history.verify(now=NOW) == []
    record(1, now)
    assert history.seal(now=now + timedelta(minutes=4)) == 1
    TrailEntry.objects.filter(seal__number=3).delete()
    TrailSeal.objects.filter(number=3).delete()
    assert history.verify(now=NOW) == ["The trail was cut: seal 3 is in history-head.txt and not in the database."]


@pytest.fixture
def head(ledger):
    return ledger.with_name("history-head.txt")


LOST = ["Seal 2 is not in history-head.txt: lines of that file are missing."]


def test_a_head_that_was_deleted_is_found(sealed, head):
    head.unlink()
    assert history.verify(now=NOW) == LOST


@pytest.mark.parametrize("lines", [0, 1, 2])
def test_a_head_that_was_emptied_or_cut_is_found(sealed, head, lines):
    head.write_text("".join(head.read_text().splitlines(keepends=True)[:lines]))
    assert history.verify(now=NOW) == LOST


def test_a_head_cut_on_both_sides_is_found(sealed, unguarded, head):
    head.write_text("".join(head.read_text().splitlines(keepends=True)[:1]))
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    assert history.verify(now=NOW) == []
    head.write_text("")
    assert history.verify(now=NOW) == ["Seal 1 is not in history-head.txt: lines of that file are missing."]


def killed_before_its_line(head):
    """As a sealer leaves it that is killed between its commit and the line after it."""
    head.write_text("".join(head.read_text().splitlines(keepends=True)[:-1]))


def test_a_sealer_killed_between_its_commit_and_its_line_leaves_a_trail_that_holds(sealed, unguarded, now, head):
    whole = head.read_text()
    killed_before_its_line(head)
    assert history.verify(now=NOW) == []
    assert history.seal(now=now + timedelta(minutes=3)) == 0
    assert head.read_text() == whole


def test_a_sealer_killed_before_its_commit_leaves_a_trail_that_holds(sealed, unguarded, now, head):
    """Its line stands in the file, and the next sealer gives the number to other entries."""
    heads.note(heads.SEALING, heads.Head(3, "ab" * 32))
    assert history.verify(now=NOW) == []
    record(4, now)
    assert history.seal(now=now + timedelta(minutes=4)) == 4
    assert history.verify(now=NOW) == []


def test_lines_of_sealers_that_came_late_are_no_contradiction(sealed, now):
    heads.note(heads.SEALED, history._head_of(TrailSeal.objects.get(number=1)))
    assert history.verify(now=NOW) == []


def test_a_forged_return_to_a_backup_is_found(sealed, unguarded, head):
    TrailEntry.objects.filter(seal__number=2).delete()
    TrailSeal.objects.filter(number=2).delete()
    first = head.read_text().splitlines()[1]
    with head.open("a") as file:
        file.write(first.replace("sealed", "restored").replace(" - ", " 2026-11-16T11:10:00+00:00 ") + "\n")
    assert history.verify(now=NOW) == ["The trail was cut: seal 2 is in history-head.txt and not in the database."]


def test_a_return_to_a_backup_cannot_be_used_again(sealed, unguarded, head, now):
    history.note_restore(now=NOW)
    line = head.read_text().splitlines(keepends=True)[-1]
    record(1, now)
    assert history.seal(now=now + timedelta(minutes=4)) == 1
    TrailEntry.objects.filter(seal__number=3).delete()
    TrailSeal.objects.filter(number=3).delete()
    with head.open("a") as file:
        file.write(line)
    assert history.verify(now=NOW) == ["history-head.txt has the same return to seal 2 twice."]


def test_a_backup_that_is_not_of_this_trail_is_found(sealed, unguarded, now, head):
    """Its chain was written anew before it was brought back."""
    TrailSeal.objects.filter(number=2).update(digest=b"x" * 32)
    history.note_restore(now=NOW)
    assert history.verify(now=NOW) == [
        "Seal 2 does not match its entries: one was altered or moved.",
        "A backup was brought back whose seal 2 history-head.txt never had.",
    ]


def test_a_head_that_was_lost_can_begin_anew_and_the_trail_says_so(sealed, now, head):
    head.unlink()
    assert history.note_restore(now=NOW, anew=True) == 2
    assert history.verify(now=NOW) == []
    assert [(entry.kind, entry.facts) for entry in history.of("trail")] == [("begun", {"seal": 2})]


def test_a_head_deleted_while_the_service_runs_is_not_begun_anew_and_found(sealed, now, head):
    head.unlink()
    record(1, now)
    with pytest.raises(FileNotFoundError):
        history.seal(now=now + timedelta(minutes=4))
    assert not head.exists()
    assert history.verify(now=NOW) == ["Seal 2 is not in history-head.txt: lines of that file are missing."]


def test_a_head_that_was_emptied_is_found_whatever_is_sealed_after_it(sealed, now, head):
    head.write_text("")
    record(1, now)
    assert history.seal(now=now + timedelta(minutes=4)) == 1
    assert history.verify(now=NOW) == ["Lines before seal 3 are missing from history-head.txt."]


def test_sealing_that_stands_still_is_found(now):
    record(2, now)
    hour = timedelta(hours=1)
    assert history.verify(now=now + hour - timedelta(seconds=1)) == []
    assert history.verify(now=now + hour) == [
        "Sealing stands still: 2 entries older than an hour have no seal, and could be deleted unseen."
    ]
    history.seal(now=now + hour)
    record(1, now)
    assert history.verify(now=now + hour + timedelta(minutes=59)) == []


def test_sealing_that_stands_still_is_found_though_a_seal_is_dated_ahead(now):
    record(1, now)
    history.seal(now=now + timedelta(days=365))
    record(1, now)
    assert history.verify(now=now + timedelta(days=30)) == [
        "Sealing stands still: 1 entries older than an hour have no seal, and could be deleted unseen."
    ]


def test_one_who_seals_in_the_middle_of_another_takes_the_number(now):
    record(3, now)
    later, found = now + timedelta(minutes=1), []
    with before("SELECT", "askpeer_trailentry", lambda: found.append(history.seal(now=later))):
        found.append(history.seal(now=later))
    assert (sorted(found), history.verify(now=NOW)) == ([0, 3], [])


def test_one_who_seals_before_the_others_last_seal_is_read_leaves_it_nothing(now):
    record(3, now)
    later, found = now + timedelta(minutes=1), []
    with before("SELECT", "askpeer_trailseal", lambda: found.append(history.seal(now=later))):
        found.append(history.seal(now=later))
    assert (found, history.verify(now=NOW)) == ([3, 0], [])


# What somebody with the database's password may do to one row, column by column, as SQL over {entry} or {seal}.
WITH_AN_ENTRY = [
    "UPDATE askpeer_trailentry SET id = id + 1000 WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET subject = 'question:9' WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET kind = 'raised' WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET actor = 'person:9' WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET at = '2026-11-16 10:59:59.999999+00:00' WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET facts = '{{\"number\": 9}}' WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET seal_id = NULL, place = NULL WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET place = 99 WHERE id = {entry}",
    "UPDATE askpeer_trailentry SET seal_id = {other_seal}, place = 99 WHERE id = {entry}",
    "DELETE FROM askpeer_trailentry WHERE id = {entry}",
    (
        "INSERT INTO askpeer_trailentry (subject, kind, actor, at, facts, seal_id, place) "
        "SELECT subject, kind, actor, at, facts, seal_id, 99 FROM askpeer_trailentry WHERE id = {entry}"
    ),
]
WITH_A_SEAL = [
    "UPDATE askpeer_trailseal SET number = 99 WHERE id = {seal}",
    "UPDATE askpeer_trailseal SET count = count + 1 WHERE id = {seal}",
    "UPDATE askpeer_trailseal SET at = '2026-11-16 11:29:00+00:00' WHERE id = {seal}",
    (
        "UPDATE askpeer_trailentry SET seal_id = NULL, place = NULL WHERE seal_id = {seal};"
        "DELETE FROM askpeer_trailseal WHERE id = {seal}"
    ),
    "DELETE FROM askpeer_trailentry WHERE seal_id = {seal}; DELETE FROM askpeer_trailseal WHERE id = {seal}",
    "DELETE FROM askpeer_trailentry WHERE seal_id = {seal}",
]


def run(statements):
    with connection.cursor() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)


def exchange(one, other):
    """Everything two entries say, one in the place of the other."""
    names = ("subject", "kind", "actor", "at", "facts")
    first, second = (TrailEntry.objects.get(pk=pk) for pk in (one, other))
    for row, said in ((first, second), (second, first)):
        TrailEntry.objects.filter(pk=row.pk).update(**{name: getattr(said, name) for name in names})


def write_anew(number):
    """Alter an entry of this seal and reckon every digest from there on, as the sealer would."""
    TrailEntry.objects.filter(seal__number=number, place=0).update(actor="person:9")
    chain = b""
    for link in TrailSeal.objects.order_by("number"):
        chain = history._digest(chain, link, list(link.entries.order_by("place")))
        TrailSeal.objects.filter(pk=link.pk).update(digest=chain)


def cut(number):
    TrailEntry.objects.filter(seal__number__gte=number).delete()
    TrailSeal.objects.filter(number__gte=number).delete()


@st.composite
def tamperings(draw, entries, seals):
    """One act on the trail, drawn: (what it is, the act)."""
    entry, other = draw(st.permutations(entries))[:2]
    seal, other_seal = draw(st.permutations(seals))[:2]
    number = draw(st.integers(1, len(seals)))
    own = TrailEntry.objects.get(pk=entry).seal_id
    elsewhere = next(pk for pk in (seal, other_seal) if pk != own)
    words = {"entry": entry, "seal": seal, "other_seal": elsewhere}
    acts = [(text, lambda text=text: run(text.format(**words))) for text in WITH_AN_ENTRY + WITH_A_SEAL]
    acts += [
        (f"exchange {entry} and {other}", lambda: exchange(entry, other)),
        (f"write anew from {number}", lambda: write_anew(number)),
        (f"cut from {number}", lambda: cut(number)),
    ]
    return draw(st.sampled_from(acts))


@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), sizes=st.lists(st.integers(1, 4), min_size=2, max_size=4))
def test_whatever_is_done_to_a_sealed_trail_is_found(unguarded, ledger, data, sizes):
    ledger.with_name("history-head.txt").unlink(missing_ok=True)
    start = NOW - timedelta(minutes=30)
    with transaction.atomic():
        for batch, size in enumerate(sizes):
            for number in range(size):
                facts = {"number": number, "batch": batch}
                history.record(subject="question:1", kind="moved", actor="person:1", now=start, facts=facts)
            assert history.seal(now=start + timedelta(minutes=1 + batch)) == size
        assert history.verify(now=NOW) == []
        entries = list(TrailEntry.objects.values_list("pk", flat=True))
        what, act = data.draw(tamperings(entries, list(TrailSeal.objects.values_list("pk", flat=True))))
        act()
        assert history.verify(now=NOW) != [], what
        transaction.set_rollback(True)


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
    assert (TrailSeal.objects.count(), history.verify(now=NOW)) == (1, [])


PUT = {
    "sqlite": "INSERT OR REPLACE INTO askpeer_trailseal SELECT * FROM askpeer_trailseal",
    "postgresql": "INSERT INTO askpeer_trailseal SELECT * FROM askpeer_trailseal"
    " ON CONFLICT (id) DO UPDATE SET count = 7",
}


def test_a_row_put_in_place_of_another_is_refused_too(sealed):
    with pytest.raises(DatabaseError, match="is append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PUT[connection.vendor])


def test_an_entry_dated_ahead_waits_for_no_seal_unseen(now):
    record(1, now + timedelta(hours=2))
    assert history.verify(now=now) == ["1 entries without a seal are dated more than an hour ahead."]
    assert history.verify(now=now + timedelta(hours=1)) == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_under_a_seal_that_is_not_there_is_found(now, unguarded):
    record(2, now)
    history.seal(now=now + timedelta(minutes=1))
    with transaction.atomic():  # foreign keys are looked at when it ends
        TrailEntry.objects.filter(pk=TrailEntry.objects.order_by("pk").last().pk).update(seal_id=999_999)
        problems = history.verify(now=now + timedelta(minutes=2))
        TrailEntry.objects.update(seal=None)
    assert problems[-1] == "1 entries say they are under a seal that does not exist."
