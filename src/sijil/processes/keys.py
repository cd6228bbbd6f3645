"""Change the keys that seal identities: add a data key, then seal anew what older keys sealed.

Every sealed column is a ``BinaryField`` whose name begins with ``sealed``, tied to ``table.column:row``. Rows
that the law makes immutable keep their older key, which still opens them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from sijil.kernel.sealing import SealBroken, keyring

CHUNK = 500


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One sealed column. ``context``: the domain whose keys seal it."""

    model: type[models.Model]
    field: str
    context: str

    @property
    def name(self) -> str:
        return f"{self.model._meta.db_table}.{self.field}"

    def bindings(self, row: models.Model) -> tuple[str, ...]:
        """Return what a value may be tied to: the table's full name, or its name in the domain."""
        short = self.model._meta.db_table.removeprefix(f"{self.context}_")
        return (f"{self.name}:{row.pk}", f"{short}.{self.field}:{row.pk}")


@dataclass(slots=True)
class Renewal:
    """What a renewal did to one column. ``seen == renewed + current + kept + broken``."""

    column: str
    seen: int = 0
    renewed: int = 0
    current: int = 0
    kept: int = 0
    broken: int = 0


def sealed_columns() -> list[SealedColumn]:
    """Return every sealed column of every domain."""
    return [
        SealedColumn(model, field.name, model._meta.app_label)
        for model in apps.get_models()
        if model.__module__.startswith("sijil.domains.")
        for field in model._meta.get_fields()
        if isinstance(field, models.BinaryField) and field.name.startswith("sealed")
    ]


def rotate(contexts: list[str] | None = None) -> dict[str, int]:
    """Add a data key to each context and make it current; return the new ids. Nothing is sealed anew yet."""
    wanted = contexts or sorted({column.context for column in sealed_columns()})
    return {context: keyring().rotate(context) for context in wanted}


def renew(progress: Callable[[Renewal], None]) -> list[Renewal]:
    """Seal anew, chunk by chunk, what is not under the current key. Safe to stop and to repeat."""
    done = []
    for column in sealed_columns():
        done.append(_renew_column(column))
        progress(done[-1])
    return done


def _renew_column(column: SealedColumn) -> Renewal:
    found = Renewal(column.name)
    frozen = _is_immutable(column.model._meta.db_table)
    for keys in _iter_keys(column.model):
        with transaction.atomic():
            rows = (
                column.model._default_manager.select_for_update().filter(pk__in=keys).only("pk", column.field)
            )
            for row in rows:
                _renew_row(column, row, found, frozen)
    return found


def _iter_keys(model: type[models.Model]) -> Iterator[list[Any]]:
    after: Any = None
    while True:
        rows = model._default_manager.order_by("pk")
        keys = list(
            (rows if after is None else rows.filter(pk__gt=after)).values_list("pk", flat=True)[:CHUNK]
        )
        if not keys:
            return
        yield keys
        after = keys[-1]


def _renew_row(column: SealedColumn, row: models.Model, found: Renewal, frozen: bool) -> None:
    value = bytes(getattr(row, column.field))
    found.seen += 1
    if not value or keyring().is_current(column.context, value):
        found.current += 1
    elif frozen:
        found.kept += 1
    else:
        _write(column, row, value, found)


def _write(column: SealedColumn, row: models.Model, value: bytes, found: Renewal) -> None:
    for aad in column.bindings(row):
        try:
            plain = keyring().unseal(column.context, value, aad=aad)
        except SealBroken:
            continue
        sealed = keyring().seal(column.context, plain, aad=aad)
        column.model._default_manager.filter(pk=row.pk).update(**{column.field: sealed})
        found.renewed += 1
        return
    found.broken += 1


def _is_immutable(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_trigger WHERE tgname = 'immutable' AND tgrelid = %s::regclass", [table]
        )
        return cursor.fetchone() is not None
