"""Rules that the database itself holds, whoever writes: append-only tables, and rows that only some UPDATE may touch.

Installed after every migrate and verified by a check, since SQLite drops a table's triggers whenever it rebuilds the
table.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.apps import AppConfig
from django.db import connections, models

ROW = ("insert", "update", "delete")
_SQLITE = """CREATE TRIGGER {name} BEFORE {act} ON {table} WHEN {when}
BEGIN SELECT RAISE(ABORT, '{says}'); END"""
_POSTGRES_ROW = """CREATE OR REPLACE FUNCTION {name}_refuse() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN IF {when} THEN RAISE EXCEPTION '{says}'; END IF; {back} END$$"""
_POSTGRES_ROW_TRIGGER = """CREATE OR REPLACE TRIGGER {name} BEFORE {act} ON {table}
FOR EACH ROW EXECUTE FUNCTION {name}_refuse()"""
_POSTGRES_TRUNCATE_TRIGGER = """CREATE OR REPLACE TRIGGER {name} BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION {name}_refuse()"""


class _Guard(NamedTuple):
    """Refuses one act on one table. when is SQL over OLD and NEW that both databases read; says is the complaint."""

    model: type[models.Model]
    act: str
    when: str
    says: str

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.act}"


_guards: dict[str, _Guard] = {}


def refuse(model: type[models.Model], act: str, *, when: str = "1 = 1", says: str) -> None:
    """Have the database refuse an insert, update or delete; call it from AppConfig.ready. One guard a table and act."""
    guard = _Guard(model, act, when, says)
    _guards[guard.name] = guard


def append_only(model: type[models.Model], *, fill_once: tuple[str, ...] = ()) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE; the columns in fill_once may be set once, together, from NULL."""
    says = f"{model._meta.db_table} is append-only"
    refuse(model, "delete", says=says)
    refuse(model, "update", when=f"NOT ({_filled_once(model, fill_once)})", says=says)
    refuse(model, "truncate", says=says)


def _filled_once(model: type[models.Model], names: tuple[str, ...]) -> str:
    # jsonb compares, json does not: text is compared on PostgreSQL, where Django's JSONField is jsonb, so both do.
    fixed = [field.column for field in model._meta.concrete_fields if field.column not in names]
    once = [f'(OLD."{name}" IS NULL AND NEW."{name}" IS NOT NULL)' for name in names]
    return " AND ".join([f'OLD."{name}" {{same}} NEW."{name}"' for name in fixed] + (once or ["1 = 0"]))


def _statements(guard: _Guard, vendor: str) -> Iterator[str]:
    same = "IS" if vendor == "sqlite" else "IS NOT DISTINCT FROM"
    back = "RETURN OLD;" if guard.act == "delete" else "RETURN NEW;"
    words = guard._asdict() | {"name": guard.name, "table": guard.table, "back": back}
    words["when"] = guard.when.replace("{same}", same)
    if vendor == "sqlite":
        yield _SQLITE.format(**words)
        return
    yield _POSTGRES_ROW.format(**words)
    yield (_POSTGRES_ROW_TRIGGER if guard.act in ROW else _POSTGRES_TRUNCATE_TRIGGER).format(**words)


def _held_by(vendor: str) -> list[_Guard]:
    return [guard for guard in _guards.values() if guard.act in ROW or vendor == "postgresql"]


def install(sender: AppConfig, using: str = "default", **signal: object) -> None:
    """post_migrate receiver: put the guards on the sender's tables, anew."""
    connection = connections[using]
    mine = [guard for guard in _held_by(connection.vendor) if guard.model._meta.app_label == sender.label]
    present = set(connection.introspection.table_names()) if mine else set()
    there = [guard for guard in mine if guard.table in present]
    drop([guard.table for guard in there], using=using)
    with connection.cursor() as cursor:
        for guard in there:
            for statement in _statements(guard, connection.vendor):
                cursor.execute(statement)


def drop(tables: list[str] | None = None, using: str = "default") -> None:
    """Take the guards off: for install() itself, and for test fixtures that empty tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for guard in _held_by(connection.vendor):
            if tables is None or guard.table in tables:
                where = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{where}")


def missing(using: str = "default") -> list[str]:
    """The guards that ought to be there and are not, e.g. "guard_askpeer_trailentry_update"."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        catalogue = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'O'"
    else:
        catalogue = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        there = {row[0] for row in cursor.fetchall()}
    return [guard.name for guard in _held_by(connection.vendor) if guard.name not in there]
