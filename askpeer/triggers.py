"""Append-only tables, held by the database itself.

Installed after every migrate and verified by a check, since SQLite drops a table's triggers whenever it rebuilds the
table. UPDATE and DELETE are refused; the columns named in fill_once may be set once, together, from NULL.
"""

from collections.abc import Iterator

from django.apps import AppConfig
from django.db import connections, models

_protected: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {}

_SQLITE_DELETE = """CREATE TRIGGER {name}_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_SQLITE_UPDATE = """CREATE TRIGGER {name}_update BEFORE UPDATE ON {table} WHEN NOT ({allowed})
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
_POSTGRES_FUNCTION = """CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION '{table} is append-only'; END$$"""
_POSTGRES_DELETE = """CREATE OR REPLACE TRIGGER {name}_delete BEFORE DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"""
_POSTGRES_TRUNCATE = """CREATE OR REPLACE TRIGGER {name}_truncate BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()"""
_POSTGRES_UPDATE = """CREATE OR REPLACE TRIGGER {name}_update BEFORE UPDATE ON {table}
FOR EACH ROW WHEN (NOT ({allowed})) EXECUTE FUNCTION {name}_refuse()"""


def append_only(model: type[models.Model], *, fill_once: tuple[str, ...] = ()) -> None:
    """Protect a model's table; call it from AppConfig.ready. fill_once names columns."""
    _protected[model._meta.db_table] = (model, fill_once)


def _allowed(vendor: str, model: type[models.Model], fill_once: tuple[str, ...]) -> str:
    same = "IS" if vendor == "sqlite" else "IS NOT DISTINCT FROM"
    # jsonb compares, json does not: text is compared on PostgreSQL, where Django's JSONField is jsonb, so both do.
    fixed = [field.column for field in model._meta.concrete_fields if field.column not in fill_once]
    once = [f'(OLD."{name}" IS NULL AND NEW."{name}" IS NOT NULL)' for name in fill_once]
    return " AND ".join([f'OLD."{name}" {same} NEW."{name}"' for name in fixed] + (once or ["1 = 0"]))


def _statements(vendor: str, table: str) -> Iterator[str]:
    model, fill_once = _protected[table]
    words = {"name": f"guard_{table}", "table": table, "allowed": _allowed(vendor, model, fill_once)}
    if vendor == "postgresql":
        chosen: tuple[str, ...] = (_POSTGRES_FUNCTION, _POSTGRES_DELETE, _POSTGRES_TRUNCATE, _POSTGRES_UPDATE)
    else:
        chosen = (_SQLITE_DELETE, _SQLITE_UPDATE)
    for statement in chosen:
        yield statement.format(**words)


def install(sender: AppConfig, using: str = "default", **signal: object) -> None:
    """post_migrate receiver: put the guards on the sender's protected tables, anew."""
    mine = [table for table, (model, _) in _protected.items() if model._meta.app_label == sender.label]
    present = set(connections[using].introspection.table_names()) if mine else set()
    drop([table for table in mine if table in present], using=using)
    with connections[using].cursor() as cursor:
        for table in mine:
            if table in present:
                for statement in _statements(connections[using].vendor, table):
                    cursor.execute(statement)


def drop(tables: list[str] | None = None, using: str = "default") -> None:
    """Take the guards off: for install() itself, and for test fixtures that empty tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table in _protected if tables is None else tables:
            for act in ("delete", "update", "truncate"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS guard_{table}_{act}{where}")


def missing(using: str = "default") -> list[str]:
    """The guards that ought to be there and are not, e.g. "guard_askpeer_trailentry_update"."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        catalogue = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
    else:
        catalogue = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    acts = ["delete", "update"] + (["truncate"] if connection.vendor == "postgresql" else [])
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        there = {row[0] for row in cursor.fetchall()}
    return [name for table in _protected for act in acts if (name := f"guard_{table}_{act}") not in there]
