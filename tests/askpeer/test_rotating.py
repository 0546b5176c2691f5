import sqlite3

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from askpeer import backups, checks, rotating, triggers, vault
from askpeer.errors import Refused
from askpeer.models import OpeningWindow
from questions import erasing
from questions.models import Contact, Message, Question
from questions.moves import ASKER
from tests.factories import make_question

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
def test_without_the_old_key_rotation_stops_and_says_so(two, settings, capsys):
    settings.KEKS = {"second": SECOND}
    with pytest.raises(vault.Unreadable):
        rotating.rotate()
    with pytest.raises(CommandError) as stopped:
        call_command("rotate_keys")
    assert str(stopped.value) == "Stopped: the key-encryption key of this row is not in ASKPEER_KEKS."


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
    assert str(refusal.value) == "The calendar has no opening hours: add at least one window at /admin/."


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
