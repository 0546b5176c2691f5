import sqlite3
from contextlib import closing

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from askpeer import backups, checks, rotating, triggers, vault
from askpeer.errors import Refused
from askpeer.models import OpeningWindow
from questions import erasing
from questions.models import Contact, Message, Question
from questions.moves import ASKER
from tests.factories import make_question
from tests.in_a_file import database_in_a_file

FIRST, SECOND = b"1" * 32, b"2" * 32


@pytest.fixture
def two(calendar, now, settings):
    """Two questions under the first key of the ring, one with an address and one erased; then a second key comes."""
    settings.KEKS = {"first": FIRST}
    kept, erased = make_question(now=now, text="Mine.", email="a@example.org"), make_question(now=now)
    erasing.erase(erased, by=ASKER, now=now)
    settings.KEKS = {"second": SECOND, "first": FIRST}
    return kept


@pytest.mark.django_db
def test_rotation_wraps_every_kept_key_anew_and_no_text(two, settings):
    assert {table: count for table, count in rotating.rotate().items() if count} == {
        "questions_question": 1,
        "questions_contact": 1,
    }
    settings.KEKS = {"second": SECOND}
    assert (Message.objects.get().text, Contact.objects.get().email) == ("Mine.", "a@example.org")
    assert Question.objects.get(status="withdrawn").wrapped_key is None


@pytest.mark.django_db
def test_a_second_rotation_has_nothing_to_do(two):
    assert sum(rotating.waiting().values()) == 2
    rotating.rotate()
    assert (sum(rotating.waiting().values()), sum(rotating.rotate().values())) == (0, 0)


@pytest.mark.django_db
def test_rotation_over_more_rows_than_a_batch_finds_them_all(two, now, settings):
    Question.objects.bulk_create(
        Question(receipt_digest=number.to_bytes(32), asked_at=now, entered_at=now) for number in range(501)
    )
    settings.KEKS = {"third": b"3" * 32, **settings.KEKS}
    assert rotating.rotate()["questions_question"] == 502
    assert sum(rotating.waiting().values()) == 0


@pytest.mark.django_db
def test_without_the_old_key_nothing_is_rotated_and_every_row_is_named(two, settings, capsys):
    settings.KEKS = {"second": SECOND}
    with pytest.raises(CommandError) as said:
        call_command("rotate_keys")
    assert str(said.value) == (
        f"These do not open with ASKPEER_KEKS: questions_question:{two.pk}, "
        f"questions_contact:{Contact.objects.get().pk}."
    )
    assert capsys.readouterr().out.splitlines()[-1] == "2 waiting"


@pytest.mark.django_db
@pytest.mark.parametrize("damage", [lambda key: key[:-1] + bytes([key[-1] ^ 1]), lambda key: b"\x07"])
def test_a_damaged_row_keeps_no_other_from_its_turn_and_the_service_from_serving(two, now, settings, capsys, damage):
    others = [make_question(now=now) for _ in range(3)]
    settings.KEKS = {"third": b"3" * 32, **settings.KEKS}
    Question.objects.filter(pk=two.pk).update(wrapped_key=damage(bytes(two.wrapped_key)))
    with pytest.raises(CommandError) as said:
        call_command("rotate_keys")
    assert str(said.value) == f"These do not open with ASKPEER_KEKS: questions_question:{two.pk}."
    assert capsys.readouterr().out.splitlines()[-1] == "1 waiting"
    assert {vault.kek_of(bytes(Question.objects.get(pk=other.pk).wrapped_key)) for other in others} == {"third"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("ring", "missing"),
    [
        ({"second": SECOND, "first": FIRST}, []),
        ({"second": SECOND}, ["first"]),
        ({"first": SECOND}, ["first", "second"]),
        ({"other": FIRST}, ["first", "second"]),
    ],
    ids=["all there", "one taken out", "another key of that name", "another ring"],
)
def test_the_service_does_not_serve_what_its_keys_do_not_open(two, now, settings, ring, missing):
    make_question(now=now)
    checks.refuse_to_serve_unfit()
    settings.KEKS = ring
    assert rotating.unopened() == missing
    if missing:
        with pytest.raises(ImproperlyConfigured) as refusal:
            checks.refuse_to_serve_unfit()
        assert str(refusal.value) == " ".join(
            f"Rows of this database need the key-encryption key {name!r}, and no such key of ASKPEER_KEKS opens them. "
            "Put it back into ASKPEER_KEKS, behind the one in use."
            for name in missing
        )


@pytest.mark.django_db
def test_the_service_does_not_serve_without_its_guards_or_its_hours(calendar):
    checks.refuse_to_serve_unfit()
    triggers.drop(["askpeer_trailseal"])
    with pytest.raises(ImproperlyConfigured, match=r"has lost its guard guard_askpeer_trailseal_delete\. Run manage"):
        checks.refuse_to_serve_unfit()


@pytest.mark.django_db
def test_the_service_does_not_serve_without_hours():
    OpeningWindow.objects.all().delete()
    with pytest.raises(ImproperlyConfigured) as refusal:
        checks.refuse_to_serve_unfit()
    assert str(refusal.value) == "The calendar has no opening hours: add at least one window at /manage/hours/."


def test_a_backup_never_writes_over_a_file(tmp_path):
    target = tmp_path / "copy"
    target.write_text("mine")
    with pytest.raises(Refused, match="exists already"):
        backups.save(target)
    assert target.read_text() == "mine"


@pytest.mark.parametrize("name", ["no-such-folder/copy", "x" * 300], ids=["no folder", "too long a name"])
def test_a_backup_that_cannot_be_written_says_so(tmp_path, name):
    with pytest.raises(Refused, match="cannot be written"):
        backups.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("content", [None, b"", b"not a database"], ids=["missing", "empty", "another file"])
def test_what_is_no_backup_is_not_brought_back(tmp_path, content):
    if connection.vendor == "postgresql" and content is not None:
        content = None
    source = tmp_path / "copy"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(Refused, match="is not a"):
        backups.load(source)


@pytest.mark.django_db(transaction=True)
def test_a_backup_is_private_opens_and_holds_neither_secrets_nor_ledger(two, tmp_path, ledger, settings):
    target = tmp_path / "copy"
    backups.save(target)
    content = target.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    secrets = [FIRST, SECOND, settings.RECEIPT_PEPPER, settings.SECRET_KEY.encode(), ledger.read_bytes(), b"Mine."]
    assert [content.count(secret) for secret in secrets] == [0] * len(secrets)
    if connection.vendor == "sqlite":
        copy = sqlite3.connect(target)
        assert copy.execute("SELECT COUNT(*) FROM questions_question").fetchone() == (2,)
        copy.close()


@pytest.mark.django_db
def test_a_row_read_before_the_rotation_and_saved_whole_after_it_keeps_its_new_key(two, settings):
    read_before = [Question.objects.get(pk=two.pk), Contact.objects.get()]
    rotating.rotate()
    for row in read_before:
        row.save()
    assert sum(rotating.waiting().values()) == 0
    settings.KEKS = {"second": SECOND}
    assert (Message.objects.get().text, Contact.objects.get().email) == ("Mine.", "a@example.org")


@pytest.mark.django_db
def test_a_row_read_before_it_was_deleted_and_saved_whole_does_not_come_back(two):
    contact = Contact.objects.get()
    Contact.objects.all().delete()
    with pytest.raises(DatabaseError, match="did not affect any rows"), transaction.atomic():
        contact.save()
    assert Contact.objects.count() == 0


@pytest.mark.embedded
@pytest.mark.django_db(transaction=True)
def test_writers_who_keep_the_lock_for_longer_than_it_is_waited_for_do_not_end_a_rotation(two, tmp_path):
    with database_in_a_file(tmp_path / "busy.sqlite3"):
        connection.cursor().execute("PRAGMA busy_timeout = 1")
        with closing(sqlite3.connect(tmp_path / "busy.sqlite3", isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            tries = []

            def let_go_at_the_third(execute, sql, *given):
                tries.append(sql) if sql.startswith("UPDATE") else None
                if len(tries) == 3 and writer.in_transaction:
                    writer.execute("COMMIT")
                return execute(sql, *given)

            with connection.execute_wrapper(let_go_at_the_third):
                assert sum(rotating.rotate().values()) == 2
        assert (len(tries), sum(rotating.waiting().values())) == (4, 0)
