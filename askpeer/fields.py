"""Sealed model fields: text in Python, a sealed value in the database, under the key of the row's keeper.

`SealedTextField(sealed_by="question")` names the way from the row to its keeper, a KeyKeeper row, or "self". The text
is sealed as the row is saved and opened as the attribute is read: `from_db_value` knows no row, so what comes from
the database waits unopened until then.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Col

from askpeer import vault
from askpeer.errors import Erased


class _WrappedKeyField(models.BinaryField):
    """Makes the key as the row is inserted: save() and bulk_create() both come through here."""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs

    def pre_save(self, row: Any, add: bool) -> Any:
        if add:
            row.key()
        return super().pre_save(row, add)


class KeyKeeper(models.Model):
    """A row with a random 32-byte key of its own, kept wrapped. Without the key (NULL) its texts are erased."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wrapped_key = _WrappedKeyField(null=True, editable=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """A row read earlier and saved whole never writes its key back: it may be re-wrapped by now, or gone."""
        if update_fields is None and not (self._state.adding or kwargs.get("force_insert")):
            mine = {field.attname for field in self._meta.concrete_fields} - self.get_deferred_fields()
            update_fields = mine - {"id", "wrapped_key"}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def keeper_place(self) -> tuple[str, str]:
        return (self._meta.db_table, str(self.pk))

    def key(self) -> bytes:
        """The key itself, made now for a row not yet saved. Raises Erased, vault.Unreadable."""
        if "_key" not in self.__dict__:
            self.__dict__["_key"] = self._find_key()
        return self.__dict__["_key"]

    def _find_key(self) -> bytes:
        if self.wrapped_key is not None:
            return vault.unwrap(bytes(self.wrapped_key), keeper=self.keeper_place)
        if not self._state.adding:
            raise Erased
        key = vault.new_key()
        self.wrapped_key = vault.wrap(key, keeper=self.keeper_place)
        return key


class Sealed(bytes):
    """A sealed value as it stands in the database."""


class _SealedAttribute:
    def __init__(self, field: "SealedTextField") -> None:
        self.field = field

    def __get__(self, row: models.Model | None, owner: type | None = None) -> Any:
        if row is None:
            return self
        if self.field.attname not in row.__dict__:
            # Not refresh_from_db(): it would open the text on a second row and fetch that one's keeper too.
            rows = type(row)._base_manager.using(row._state.db).filter(pk=row.pk)
            row.__dict__[self.field.attname] = rows.values_list(self.field.attname, flat=True).get()
        value = row.__dict__[self.field.attname]
        return self.field.open(row, value) if isinstance(value, Sealed) else value

    def __set__(self, row: models.Model, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class _UnorderableCol(Col):
    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        # A lookup (isnull) resolves its column with the query alone; ordering and computing say how to join as well.
        if len(args) + len(kwargs) == 1:
            return self
        raise FieldError(f"{self.target.name} is sealed: the database cannot order or compute by it.")


class SealedTextField(models.BinaryField):
    """Text sealed under the key of its keeper. Written by save() and bulk_create() alone; only isnull filters."""

    description = "Sealed text"

    # What the attribute takes and gives, for type checkers: text, though the column is binary.
    _pyi_private_set_type: str | None
    _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, sealed_by: str = "self", **kwargs: Any) -> None:
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)
        self.sealed_by = sealed_by

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"sealed_by": self.sealed_by}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        if not cls._meta.abstract:
            setattr(cls, self.attname, _SealedAttribute(self))

    def keeper(self, row: models.Model) -> KeyKeeper:
        found: Any = row
        if self.sealed_by != "self":
            for step in self.sealed_by.split("."):
                found = getattr(found, step)
        return found

    def place(self, row: models.Model, keeper: KeyKeeper) -> tuple[str, ...]:
        return (row._meta.db_table, self.attname, str(row.pk), str(keeper.pk))

    def open(self, row: models.Model, value: Sealed) -> str:
        keeper = self.keeper(row)
        return vault.unseal(value, key=keeper.key(), place=self.place(row, keeper))

    def pre_save(self, row: models.Model, add: bool) -> Sealed | None:
        value = row.__dict__.get(self.attname, self.get_default())
        if value is None or isinstance(value, Sealed):
            return value
        keeper = self.keeper(row)
        return Sealed(vault.seal(str(value), key=keeper.key(), place=self.place(row, keeper)))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        raise FieldError(f"{self.name} is sealed: it cannot be dumped.")

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is not None and not isinstance(value, Sealed):
            raise self._refusal()
        return super().get_db_prep_value(value, connection, prepared)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        # An expression, e.g. Value("…") in update(), would reach the database without get_db_prep_value.
        if hasattr(value, "resolve_expression"):
            raise self._refusal()
        return "%s"

    def _refusal(self) -> FieldError:
        return FieldError(f"{self.name} is sealed: write it with save() on the row, not with update() or a filter.")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: it can only be filtered by isnull.")
        return super().get_lookup(lookup_name)

    def get_col(self, alias: str, output_field: models.Field | None = None) -> Col:
        return _UnorderableCol(alias, self, output_field)
