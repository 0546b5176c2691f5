"""The secrets that the embedded default makes for itself."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import keyfiles


def test_a_secret_is_made_once_and_private(tmp_path):
    folder, database = tmp_path / "secrets", tmp_path / "askpeer.sqlite3"
    assert [keyfiles.kept(folder, "KEY", make, beside=database) for make in ("one", "two")] == ["one", "one"]
    assert (folder / "KEY").stat().st_mode & 0o777 == 0o600
    database.write_bytes(b"SQLite")
    assert keyfiles.kept(folder, "KEY", "three", beside=database) == "one"


def test_an_empty_database_has_nothing_that_a_new_secret_would_not_open(tmp_path):
    (tmp_path / "askpeer.sqlite3").touch()
    assert keyfiles.kept(tmp_path / "secrets", "KEY", "one", beside=tmp_path / "askpeer.sqlite3") == "one"


def test_a_secret_that_is_gone_is_not_made_anew_for_a_database_in_use(tmp_path):
    database = tmp_path / "askpeer.sqlite3"
    database.write_bytes(b"SQLite")
    with pytest.raises(ImproperlyConfigured) as lost:
        keyfiles.kept(tmp_path / "secrets", "KEY", "another", beside=database)
    assert str(lost.value) == (
        f"{tmp_path}/secrets/KEY is gone, and askpeer.sqlite3 is not a new database. "
        "Bring the secret back from its copy."
    )
    assert not (tmp_path / "secrets").exists()
