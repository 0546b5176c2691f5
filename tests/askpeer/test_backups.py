"""Bringing a backup back over a file in use, or one that is broken. As processes, and killed: tests/faults."""

import errno
import os
import sqlite3
from contextlib import closing, suppress
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django.utils import timezone

from advisors.duty import presence
from advisors.duty.models import OnDuty
from advisors.managing import partner_access
from advisors.managing.models import ShownOnce
from advisors.signoff import leaving
from askpeer import backups, checks, heads, history, ledger, outbox, tasks
from askpeer.errors import Refused
from askpeer.models import Beacon, OutboxRow
from questions import erasing
from questions import tasks as questions_tasks
from questions.models import Message, Question
from questions.moves import ASKER
from questions.partners import hooks, keys
from questions.partners.models import Partner, PartnerKey
from questions.publication import withdrawing
from tests.factories import ManagerFactory, SupervisorFactory, make_question
from tests.in_a_file import database_in_a_file
from tests.questions.publication.shelf import LATER, published

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.embedded,
]


@pytest.fixture
def live(calendar, now, tmp_path, settings):
    """The database's file, with one question in it, in a home of its own: no other test's restore runs there."""
    settings.HOME = tmp_path
    path = tmp_path / "live.sqlite3"
    with database_in_a_file(path):
        make_question(now=now, text="Mine.")
        Session.objects.create(session_key="k" * 32, session_data="-", expire_date=now)
        presence.go_on(person=SupervisorFactory(), now=now)
        ledger.begin()
        yield path


@pytest.fixture
def backup(live, tmp_path):
    target = tmp_path / "backup"
    backups.save(target)
    return target


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_backup_is_one_file_and_holds_no_session(live, backup):
    assert [name for name in files(backup.parent) if "backup" in name] == ["backup"]
    with closing(sqlite3.connect(backup)) as copy:
        assert copy.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    assert b"k" * 32 not in backup.read_bytes()
    assert Session.objects.count() == 1


def test_a_backup_holds_no_secret_that_waits_to_be_copied(live, now, tmp_path):
    club = Partner.objects.create(name="Club", slug="club")
    sent = {"partner": club, "url": "https://hooks.example.org/in"}
    partner_access.add_hook(**sent, by=ManagerFactory(), now=now)
    sealed = bytes(ShownOnce.objects.values_list("wrapped_key", flat=True).get())
    backups.save(tmp_path / "later")
    with closing(sqlite3.connect(tmp_path / "later")) as copy:
        assert copy.execute("SELECT count(*) FROM managing_shownonce").fetchone() == (0,)
    assert sealed not in (tmp_path / "later").read_bytes()
    assert ShownOnce.objects.count() == 1


def test_a_database_that_is_not_migrated_yet_is_backed_up(live, tmp_path):
    with closing(sqlite3.connect(live)) as older, older:
        older.execute("DROP TABLE managing_shownonce")
    backups.save(tmp_path / "older")
    with closing(sqlite3.connect(tmp_path / "older")) as copy:
        assert copy.execute("SELECT count(*) FROM django_session").fetchone() == (0,)


def test_it_comes_back_whole_and_nobody_is_signed_in(live, backup, now):
    make_question(now=now, text="Asked after it.")
    call_command("restore", str(backup))
    assert [message.text for message in Message.objects.all()] == ["Mine."]
    assert (Session.objects.count(), OnDuty.objects.count()) == (0, 0)
    connections["default"].close()
    assert [name for name in files(live.parent) if "live" in name] == ["live.sqlite3"]
    assert not backups.is_under_way()


def test_a_database_in_use_is_left_alone(live, backup, now):
    make_question(now=now)
    with closing(sqlite3.connect(live)) as used:
        used.execute("BEGIN")
        used.execute("SELECT 1 FROM questions_question").fetchone()
        with pytest.raises(Refused, match=r"^Something still uses the database\. Stop the service first\.$"):
            backups.load(backup)
    assert (Question.objects.count(), backups.is_under_way()) == (2, False)


def test_a_broken_database_is_replaced_and_its_log_with_it(live, backup):
    connections["default"].close()
    live.write_bytes(b"broken" * 1000)
    live.with_name("live.sqlite3-wal").write_bytes(b"broken" * 1000)
    call_command("restore", str(backup))
    assert [message.text for message in Message.objects.all()] == ["Mine."]


def test_half_a_backup_is_none_and_nothing_changes(live, backup, now):
    backup.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])
    with pytest.raises(Refused, match="is not a backup of this service"):
        backups.load(backup)
    assert ([message.text for message in Message.objects.all()], backups.is_under_way()) == (["Mine."], False)
    assert [name for name in files(live.parent) if "restoring" in name] == []


def test_without_a_ledger_nothing_is_brought_back_unless_one_begins(live, backup, ledger, capsys):
    ledger.unlink()
    with pytest.raises(CommandError, match="There is no ledger at"):
        call_command("restore", str(backup))
    call_command("restore", str(backup), begin_ledger=True)
    assert "Destroy every backup made before now" in capsys.readouterr().out
    assert ledger.exists()
    checks.refuse_to_serve_unfit()


def test_a_restore_that_was_broken_off_is_run_to_its_end_by_a_replay(live, backup):
    backups.load(backup)
    assert backups.is_under_way()
    call_command("restore", replay=True)
    assert not backups.is_under_way()
    checks.refuse_to_serve_unfit()


def test_a_wrong_file_does_not_end_what_an_earlier_restore_began(live, backup, tmp_path):
    backups.load(backup)
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"no backup")
    with pytest.raises(CommandError, match="is not a backup of this service"):
        call_command("restore", str(wrong))
    assert backups.is_under_way()


def test_a_note_that_does_not_fit_on_the_disk_is_no_restore(live, backup, monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(backup))
    assert str(refusal.value) == "Nothing was restored: [Errno 28] No space left on device."
    assert not backups.is_under_way()


def full(_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_backup_leaves_the_half_of_another_under_the_same_name_alone(live, tmp_path):
    (tmp_path / "one.part").write_text("another's")
    backups.save(tmp_path / "one")
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "one.part").read_text() == "another's"
    assert [name for name in files(tmp_path) if "one" in name] == ["one", "one.part"]


def erased(question, now):
    """The asker erases it, with the ledger that is there."""
    erasing.erase(Question.objects.get(pk=question.pk), by=ASKER, now=now)


def sealed(now):
    history.record(subject="question:1", kind="moved", actor="asker", now=now)
    history.seal(now=now + timedelta(minutes=1))


def revoked(now):
    keys.issue(partner=Partner.objects.create(name="Club", slug="club"), scopes=["ask"], now=now)
    keys.revoke(key=PartnerKey.objects.get(), now=now)


def is_refused(act, *given):
    """Whether it fails for want of the file that it has to write into."""
    with suppress(OSError, Refused):
        act(*given)
        return False
    return True


@pytest.mark.parametrize("lost", ["erased.txt", "history-head.txt"])
def test_a_file_lost_while_the_service_runs_is_begun_by_nothing_but_a_person(live, ledger, now, tmp_path, lost):
    mine, other = Question.objects.get(), make_question(now=now, text="Another's.")
    sealed(now)
    backups.save(tmp_path / "before")
    erased(mine, now)
    gone = ledger.with_name(lost)
    gone.unlink()
    failed = [is_refused(erased, other, now), is_refused(revoked, now), is_refused(sealed, now)]
    assert failed == [lost == "erased.txt", False, lost == "history-head.txt"]  # a key is dead at once, line or not
    assert not gone.exists()
    with pytest.raises(CommandError, match=r"^There is no ledger at .*, or no history-head\.txt beside it\."):
        call_command("restore", str(tmp_path / "before"))
    assert not Message.objects.filter(round__question=mine).exists()


def test_a_ledger_that_knows_less_than_the_database_it_guards_brings_nothing_back(live, backup, ledger, now):
    erased(Question.objects.get(), now)
    ledger.write_text("")
    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(backup))
    assert str(refusal.value) == (
        "The ledger (ASKPEER_LEDGER) does not name 1 erased questions or publications that this database knows of. "
        "Bring the ledger back from its copy. If it is gone for good: manage.py restore --begin-ledger. "
        "Nothing was restored."
    )
    assert (Question.objects.get().status, backups.is_under_way()) == ("withdrawn", False)


def test_a_ledger_begun_anew_names_what_the_replaced_database_knew_to_be_erased(live, backup, ledger, now, capsys):
    erased(Question.objects.get(), now)
    ledger.unlink()
    call_command("restore", str(backup), begin_ledger=True)
    assert "The ledger begins anew with 1 lines" in capsys.readouterr().out
    assert (Question.objects.get().status, Message.objects.count()) == ("withdrawn", 0)


def test_where_nothing_is_brought_back_no_lost_file_begins(live, ledger, now, tmp_path):
    sealed(now)
    for path in (ledger, ledger.with_name("history-head.txt")):
        path.unlink()
    with pytest.raises(CommandError, match="is not a file"):
        call_command("restore", str(tmp_path / "mistyped"), begin_ledger=True)
    assert files(ledger.parent) == []
    with pytest.raises(ImproperlyConfigured, match="is gone, and this database is not a new one"):
        checks.refuse_to_serve_unfit()


def test_a_head_without_a_line_brings_nothing_back_but_at_a_persons_word(live, ledger, now, tmp_path, capsys):
    sealed(now)
    backups.save(tmp_path / "before")
    ledger.with_name("history-head.txt").write_text("")
    with pytest.raises(CommandError, match=r"is gone, and this database is not a new one\..* restore --replay\.$"):
        call_command("restore", str(tmp_path / "before"))
    assert backups.is_under_way()
    call_command("restore", begin_ledger=True)
    assert "The trail goes on from seal 1." in capsys.readouterr().out
    assert (backups.is_under_way(), history.verify(now=timezone.now())) == (False, [])


@pytest.mark.parametrize("begins", [False, True])
def test_a_backup_is_not_brought_back_under_another_pepper(live, ledger, now, settings, tmp_path, begins):
    sealed(now)
    backups.save(tmp_path / "before")
    earlier, settings.RECEIPT_PEPPER = settings.RECEIPT_PEPPER, b"\1" * 32
    before = heads.path().read_text()
    make_question(now=now, text="Asked after it.")
    with pytest.raises(CommandError, match=r"ASKPEER_RECEIPT_PEPPER is not the one .* Nothing was restored\."):
        call_command("restore", str(tmp_path / "before"), begin_ledger=begins)
    assert (backups.is_under_way(), heads.path().read_text(), Question.objects.count()) == (False, before, 2)
    settings.RECEIPT_PEPPER = earlier
    call_command("restore", str(tmp_path / "before"))
    assert (backups.is_under_way(), history.verify(now=timezone.now())) == (False, [])


def test_whoever_begins_the_files_anew_without_a_key_goes_on_with_a_replay(
    live, ledger, now, settings, tmp_path, capsys
):
    sealed(now)
    backups.save(tmp_path / "before")
    erased(Question.objects.get(), now)
    for path in (ledger, ledger.with_name("history-head.txt")):
        path.unlink()
    ((name, key),) = settings.KEKS.items()
    settings.KEKS = {"later": b"2" * 32}
    with pytest.raises(CommandError, match=r"Then run restore --replay\.$"):
        call_command("restore", str(tmp_path / "before"), begin_ledger=True)
    assert "Destroy every backup made before now" in capsys.readouterr().out
    settings.KEKS |= {name: key}
    call_command("restore", replay=True)
    assert (Question.objects.get().status, Message.objects.count()) == ("withdrawn", 0)
    assert history.verify(now=timezone.now()) == []
    checks.refuse_to_serve_unfit()


@pytest.mark.parametrize("since", ["nothing", "an answer of the library was taken down"])
def test_a_backup_older_than_a_change_of_keys_says_which_key_it_needs(live, tmp_path, now, settings, since):
    hooks.add(partner=Partner.objects.create(name="Club", slug="club"), url="https://hooks.example.org/in", now=now)
    publication = published()
    backups.save(tmp_path / "before")
    if since != "nothing":
        withdrawing.withdraw(publication=publication, by=SupervisorFactory(), now=LATER)
    ((name, key),) = settings.KEKS.items()
    settings.KEKS = {"later": b"2" * 32}
    with pytest.raises(CommandError) as refusal:
        call_command("restore", str(tmp_path / "before"))
    assert str(refusal.value) == (
        f"Rows of this database need the key-encryption key {name!r}, and no such key of ASKPEER_KEKS opens them. "
        "Put it back into ASKPEER_KEKS, behind the one in use. Then run restore --replay."
    )
    assert backups.is_under_way()
    settings.KEKS |= {name: key}
    call_command("restore", replay=True)
    assert not backups.is_under_way()
    checks.refuse_to_serve_unfit()


@pytest.mark.parametrize("command", [["sweep"], ["sweep", "--loop"], ["purge"]], ids=" ".join)
def test_nothing_is_swept_and_nobody_mailed_from_a_database_that_may_not_be_served(live, backup, now, command):
    Question.objects.update(alarm_at=now)
    backups.load(backup)
    with pytest.raises(CommandError, match=r"^A backup is being brought back, or that was broken off\. Run manage"):
        call_command(*command)
    assert (len(mail.outbox), Beacon.objects.count()) == (0, 0)


def test_a_worker_that_was_there_before_does_nothing_until_the_restore_has_come_to_its_end(live, backup, ledger, now):
    outbox.put("late", key="k", refs={"subject": "question:none", "round": 1}, now=now)
    backups.save(backup.with_name("waits"))
    checks.refuse_to_serve_unfit()  # as the worker did when it began
    backups.load(backup.with_name("waits"))
    assert [tasks.relay(), questions_tasks.ring()] == [None, None]
    assert (OutboxRow.objects.get().attempts, Beacon.objects.count()) == (0, 0)
    call_command("restore", replay=True)
    tasks.relay()
    assert OutboxRow.objects.get().attempts == 1


def test_a_worker_that_began_before_its_database_was_there_looks_before_its_first_work(live, ledger, now, monkeypatch):
    monkeypatch.setattr(checks, "_was_fit", False)
    outbox.put("glass-broken", key="k", refs={"glass": "0"}, now=now)
    erased(question := Question.objects.get(), now)
    Question.objects.filter(pk=question.pk).update(status="new", wrapped_key=b"k", receipt_digest=b"r" * 32)
    with pytest.raises(ImproperlyConfigured, match="that were erased or ended are in this database again"):
        tasks.relay()
    assert OutboxRow.objects.get().attempts == 0


def test_where_nothing_is_lost_no_ledger_begins(live, ledger, now):
    erased(Question.objects.get(), now)
    sealed(now)
    before = ledger.read_text()
    with pytest.raises(CommandError, match=r"^Nothing is lost: the ledger names all"):
        call_command("restore", begin_ledger=True)
    assert ledger.read_text() == before


@pytest.fixture
def unfit(live, backup, ledger, now):
    """A backup was brought back beside a ledger with one bad byte, where the service runs on: nothing else was left."""
    erased(question := Question.objects.get(), now)
    ledger.write_text(ledger.read_text().replace(str(question.pk), "X" + str(question.pk)[1:]))
    connections.close_all()
    for end in ("", "-wal", "-shm"):
        live.with_name(live.name + end).unlink(missing_ok=True)
    with pytest.raises(CommandError, match=r"cannot be served yet\. .* Then run restore --replay\.$"):
        call_command("restore", str(backup))
    return question


def test_what_cannot_be_served_yet_is_not_served_by_who_went_on_running(unfit, ledger, client, monkeypatch):
    monkeypatch.setattr(checks, "_was_fit", True)  # as of a process that began before
    assert (checks.may_work(), client.get("/").status_code) == (False, 503)
    ledger.write_text(ledger.read_text().replace("X" + str(unfit.pk)[1:], str(unfit.pk)))
    call_command("restore", replay=True)
    assert (checks.may_work(), client.get("/").status_code) == (True, 200)
    assert Question.objects.get().status == "withdrawn"


def test_a_disk_that_fails_after_the_new_file_is_there_leaves_nothing_that_serves(live, backup, now, monkeypatch):
    make_question(now=now, text="Asked after it.")
    real = backups._flush

    def flush(path):
        if path == live.parent:
            raise OSError(errno.EIO, "Input/output error")
        real(path)

    with monkeypatch.context() as failing:
        failing.setattr(backups, "_flush", flush)
        with pytest.raises(CommandError, match=r"may not be on disk: .* Run restore again\."):
            call_command("restore", str(backup))
    assert (Question.objects.count(), backups.is_under_way()) == (1, True)
    call_command("restore", str(backup))
    assert backups.is_under_way() is False


def test_what_lies_beside_is_not_cleared_up_after_the_new_file_is_there(live, backup, now, monkeypatch):
    dropped, real = [], backups._drop

    def drop(path):
        dropped.append(live.stat().st_ino)
        real(path)

    before = live.stat().st_ino
    monkeypatch.setattr(backups, "_drop", drop)
    call_command("restore", str(backup))
    assert (set(dropped), live.stat().st_ino != before) == ({before}, True)
    assert list(live.parent.glob("*.restoring*")) == []


def test_a_ledger_from_an_older_copy_lacks_who_left_and_begins_anew(live, ledger, now):
    gone = SupervisorFactory()
    sealed(now)
    copy = ledger.read_text()
    leaving.leave(person=gone, by=ManagerFactory(), now=now)
    ledger.write_text(copy)
    call_command("restore", begin_ledger=True)
    assert f"{gone.name}\n" in ledger.read_text()


def test_a_head_from_an_older_copy_begins_anew(live, ledger, now):
    sealed(now)
    copy = heads.path().read_text()
    for hours in (1, 2):
        sealed(now + timedelta(hours=hours))
    heads.path().write_text(copy)
    assert history.head_holds() is False
    call_command("restore", begin_ledger=True)
    assert history.head_holds() is True


def test_a_name_that_is_not_utf_8_is_a_name(live, backup):
    odd = os.fsencode(backup) + b"-\xff"
    os.rename(backup, odd)
    call_command("restore", os.fsdecode(odd))
    assert backups.is_under_way() is False


def test_who_names_neither_file_nor_replay_is_asked_to(live):
    with pytest.raises(CommandError, match="Say which file to restore, or --replay"):
        call_command("restore")
