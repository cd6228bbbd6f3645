"""Pages by key: each page starts after the last row of the one before, so no page gets slower.

page = by_key(lambda after, limit: queries.list_rows(after=after, limit=limit),
              after=request.GET.get("after"), key_of=lambda row: row.rank)
{% include "pages/pager.html" %}     with ``page`` in the context
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """``rows`` of this page; ``next_key`` starts the next one, "" at the end; ``after`` began this one."""

    rows: Sequence[Row]
    next_key: str
    after: str


def by_key(
    fetch: Callable[[str | None, int], Sequence[Row]],
    *,
    after: str | None,
    key_of: Callable[[Row], object],
    size: int = 50,
) -> Page[Row]:
    """Ask ``fetch(after, size + 1)`` for the rows after a key; the extra row tells whether more follow."""
    rows = list(fetch(after or None, size + 1))
    next_key = str(key_of(rows[size - 1])) if len(rows) > size else ""
    return Page(rows[:size], next_key, after or "")
