"""Whether files stand where their steps and the log say: three tellings of one thing.

A row is what pages read; its steps never change; the entries are sealed. Whoever changes one of them alone is
seen here, and what was done to the log itself by ``sijil verify-audit``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import connection

from sijil.kernel import steps, tally
from sijil.kernel.casework import files
from sijil.kernel.casework.acts import FILES_LOADED

CHUNK = 2000
LOADED = "load"
"""The step of files that came by the million, of which the log has one entry for all."""
Told = Callable[[str, Collection[str]], Mapping[str, Mapping[str, Any]]]
Tallies = Callable[[str, str], Iterable[tuple[tally.By, tally.Tally]]]
"""Act, subject -> what its entries tally."""
Difference = tuple[str, str, str]

_STATE = """
SELECT f.{key}::text, f.state, coalesce(s.to_state, '') FROM {table} f LEFT JOIN (
    SELECT DISTINCT ON ({link}) {link} AS file, to_state FROM {step} ORDER BY {link}, id DESC
) s ON s.file = f.{key}
WHERE f.state IS DISTINCT FROM coalesce(s.to_state, %s) ORDER BY 1
"""
_UNOPENED = """
SELECT f.opened_at, f.{key}::text FROM {table} f WHERE NOT EXISTS (
    SELECT FROM {step} s WHERE s.{link} = f.{key} AND s.from_state = '' AND s.action <> '{loaded}')
"""
_STEPS = "SELECT at, action, actor_kind, actor_id FROM {step} WHERE action <> '{loaded}'"
_ENTRIES = "SELECT * FROM ({told}) AS e (at, action, actor_kind, actor_id) WHERE action <> '{loaded}'"


def list_unlike(told: str, last: Told, tallies: Tallies) -> Iterator[Difference]:
    """Yield (kind, what, what is seen) for each difference.

    ``told``: the statement of the entries of a kind of file; ``last``: kind, subjects -> what the last
    entry about each says; ``tallies``: of the files that came by the million.
    """
    for kind, bound in files.registered().items():
        yield from _states(kind, bound, bound.kind.opening.target.value)
        yield from _untold(kind, bound, told)
        yield from _unopened(kind, bound, tallies(FILES_LOADED.code, kind))
        yield from _facts(kind, bound, last)
    for rows in steps.registered():
        name = str(rows.model._meta.db_table)
        yield from _states(name, rows, rows.machine.initial.value)


def _states(kind: str, bound: Any, unmoved: str) -> Iterator[Difference]:
    """Compare each row with its last step; ``unmoved``: the state of one that has none (it was loaded)."""
    statement = _STATE.format(
        key=bound.model._meta.pk.column,
        table=bound.model._meta.db_table,
        step=bound.step._meta.db_table,
        link=f"{bound.link}_id",
    )
    for key, state, last in _ask(statement, unmoved):
        yield kind, key, f"is {state}, its last step led to {last or 'nothing'}"


def _unopened(kind: str, bound: Any, told: Iterable[tuple[tally.By, tally.Tally]]) -> Iterator[Difference]:
    """Compare the files that no step opened with those that the log says were loaded, by their moment."""
    statement = _UNOPENED.format(
        key=bound.model._meta.pk.column,
        table=bound.model._meta.db_table,
        step=bound.step._meta.db_table,
        link=f"{bound.link}_id",
        loaded=_unlogged(bound),
    )
    kept = (((at, "", ""), key.encode()) for at, key in _stream(statement))
    known = (((at, "", ""), one) for (at, *_), one in told)
    for (at, *_), seen in tally.list_unlike(kept, known):
        yield kind, f"loaded {at:%Y-%m-%d %H:%M:%S}", seen


def _unlogged(bound: files.Files[Any]) -> str:
    """Return the action of steps of which the log has one entry for all; "" when each has its own."""
    return "" if LOADED in bound.kind.openings else LOADED


def _untold(kind: str, bound: Any, told: str) -> Iterator[Difference]:
    step = _STEPS.format(step=bound.step._meta.db_table, loaded=_unlogged(bound))
    entry = _ENTRIES.format(told=told, loaded=_unlogged(bound))
    for one, other, seen in (
        (step, entry, "a step that the log does not tell"),
        (entry, step, "told by the log, and its step is gone"),
    ):
        for at, action, actor_kind, actor in _ask(f"({one}) EXCEPT ALL ({other}) ORDER BY 1", kind):
            yield kind, f"{action} {at:%Y-%m-%d %H:%M:%S}", f"{seen} (by {actor_kind} {actor})"


def _facts(kind: str, bound: files.Files[Any], last: Told) -> Iterator[Difference]:
    if bound.facts is None:
        return
    rows: Any = bound.model._default_manager.order_by("pk")
    if bound.facts_from:
        rows = rows.select_related(*bound.facts_from)
    held: list[Any] = []
    for row in rows.iterator(chunk_size=CHUNK):
        held.append(row)
        if len(held) == CHUNK:
            yield from _compare(kind, bound, held, last)
            held = []
    yield from _compare(kind, bound, held, last)


def _compare(kind: str, bound: files.Files[Any], rows: list[Any], last: Told) -> Iterator[Difference]:
    by_subject = {bound.subject(row): row for row in rows}
    said = last(kind, by_subject)
    for subject, row in by_subject.items():
        for name, value in bound.facts(row).items() if bound.facts else ():
            if subject in said and name in said[subject] and said[subject][name] != value:
                yield kind, subject, f"{name} is {value}, the log says {said[subject][name]}"


def _stream(statement: str) -> Iterator[Any]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement)
        yield from cursor


def _ask(statement: str, *values: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
        return found
