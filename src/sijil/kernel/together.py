"""Reads of several domains in one statement: a page asks the database once.

    LAST = Rows(lambda code: Score.objects.filter(household_code=code).order_by("-number")[:1])

    def last_score(code: str) -> Asked[ScoreResult | None]:     # in the queries of a domain
        return Asked(_first_result, LAST.of(code))

    score, place = last_score(code), place_of(commune)          # who reads: nothing is asked yet
    together(score, place)
    score.value, place.value

The SQL of :class:`Rows` is made once for a process, so its rows depend on the keys alone: what is of a day,
of a law or of the reader is a key. The domain keeps its tables; values cross its border.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, QuerySet
from django.db.models.query import get_related_populators
from django.utils.functional import cached_property  # functools keeps others waiting while one asks
from psycopg.adapt import Loader
from psycopg.pq import Format

T = TypeVar("T")


class Key(Expression):
    """The place of a key in the statement."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


def is_one_of(name: str, keys: Key, kind: str) -> Func:
    """Return a condition for ``filter``: a field is one of the values of a key. ``kind``: of PostgreSQL."""
    template = f"%(expressions)s::{kind}[])"
    return Func(F(name), keys, template=template, arg_joiner=" = ANY(", output_field=BooleanField())


class Rows:
    """The rows of a queryset by its keys, as its model's instances."""

    def __init__(self, queryset: Callable[..., QuerySet[Any]]) -> None:
        self.queryset = queryset

    def of(self, *keys: Any) -> tuple[Rows, tuple[Any, ...]]:
        return self, keys

    @cached_property
    def _compiled(self) -> _Compiled:
        keys = [Key(number) for number in range(len(signature(self.queryset).parameters))]
        return _Compiled(self.queryset(*keys))

    def statement(self, keys: Sequence[Any]) -> tuple[str, list[Any]]:
        """Return the SQL and what stands in it."""
        made = self._compiled
        return made.sql, [keys[one.number] if isinstance(one, Key) else one for one in made.params]

    def instances(self, rows: list[Sequence[Any]]) -> list[Any]:
        """Return what Django makes of rows."""
        return [self._compiled.instance(row) for row in self._compiled.converted(rows)] if rows else []


class _Compiled:
    """What Django's compiler knows of a queryset, as its ``ModelIterable`` uses it."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        compiler: Any = queryset.query.get_compiler(connection=connection)
        self.sql, self.params = compiler.as_sql(with_col_aliases=True)
        info, select, self.alias = compiler.klass_info, compiler.select, connection.alias
        self.model, self.added = info["model"], compiler.annotation_col_map
        self.own = slice(info["select_fields"][0], info["select_fields"][-1] + 1)
        self.names = [column[0].target.attname for column in select[self.own]]
        self.related = get_related_populators(info, select, self.alias)  # type: ignore[call-arg]  # of 6.1
        self.convert = compiler.apply_converters
        self.converters = compiler.get_converters([column[0] for column in select])

    def converted(self, rows: list[Sequence[Any]]) -> Iterable[Sequence[Any]]:
        return self.convert(rows, self.converters) if self.converters else rows

    def instance(self, row: Sequence[Any]) -> Any:
        one = self.model.from_db(self.alias, self.names, row[self.own])
        for populator in self.related:
            populator.populate(row, one)
        for name, place in self.added.items():
            setattr(one, name, row[place])
        return one


class Asked(Generic[T]):
    """What is read of some rows: asked with others by :func:`together`, or alone."""

    def __init__(self, read: Callable[..., T], *parts: tuple[Rows, tuple[Any, ...]]) -> None:
        self.read, self.parts = read, parts
        self.found: list[list[Any]] | None = None

    @cached_property
    def value(self) -> T:
        if self.found is None:
            together(self)
        return self.read(*(self.found or ()))


def together(*asked: Asked[Any]) -> None:
    """Ask everything in one statement; each ``value`` is made when it is first read."""
    parts = [part for one in asked for part in one.parts]
    statements = [rows.statement(keys) for rows, keys in parts]
    wanted = ", ".join(f"ARRAY(SELECT ROW(r.*) FROM ({sql}) r)" for sql, _ in statements)  # noqa: S608  (Django's)
    with connection.cursor() as cursor, prepared(cursor.cursor):
        cursor.execute(f"SELECT {wanted}", [value for _, values in statements for value in values])
        answer = iter(cursor.fetchone())
    for one in asked:
        one.found = [rows.instances(next(answer)) for rows, _ in one.parts]


@contextmanager
def prepared(cursor: Any) -> Iterator[None]:
    """Plan a statement once a connection: it costs more than to run it. Records tell types in binary."""
    cursor.format = Format.BINARY
    cursor.adapters.register_loader("jsonb", _Json)
    cursor.connection.prepare_threshold = 0
    try:
        yield
    finally:
        cursor.connection.prepare_threshold = None


class _Json(Loader):
    """As text: Django's field reads it."""

    format = Format.BINARY

    def load(self, data: Any) -> str:
        return bytes(data[1:]).decode()  # behind the number of the format
