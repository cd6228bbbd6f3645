"""One sealed entry for many rows: how many were written, and a keyed sum of what they say, in any order.

Who adds, changes or takes away a row afterwards cannot make the sum right again: its key lies outside the
database. ``sijil verify-state`` compares rows and entries by moment and actor.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np

from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.acts import Act
from sijil.kernel.sealing import keyring

By = tuple[dt.datetime, str, str]
"""Moment, kind and id of whoever wrote."""


@dataclass(frozen=True, slots=True)
class Tally:
    """``total``: the sum of the keyed digests, modulo 2^64."""

    count: int = 0
    total: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.count + other.count, (self.total + other.total) % 2**64)


def of(rows: Iterable[bytes]) -> Tally:
    """Return the tally of what rows say."""
    key = keyring().blind_index("tally", "rows", "")
    digests = b"".join([blake2b(row, digest_size=8, key=key).digest() for row in rows])
    sums = np.frombuffer(digests, "<u8")
    return Tally(len(sums), int(sums.sum(dtype=np.uint64)))


def record(act: Act, subject: str, rows: Iterable[bytes], *, actor: Actor, now: dt.datetime) -> None:
    """Write the entry of rows just written, in their transaction; none for no rows."""
    found = of(rows)
    if found.count:
        facts = {"count": found.count, "sum": f"{found.total:016x}"}
        acts.record(act, actor=actor, subject=subject, facts=facts, now=now)


def read(facts: Any) -> Tally:
    """Return the tally that an entry says."""
    return Tally(int(facts["count"]), int(facts["sum"], 16))


def list_unlike(
    rows: Iterable[tuple[By, bytes]], told: Iterable[tuple[By, Tally]]
) -> Iterator[tuple[By, str]]:
    """Yield who wrote when, and what is seen, where rows are not those of which the log tells."""
    kept = _sums((by, of(said)) for by, said in _grouped(rows))
    known = _sums(told)
    for by in sorted(kept.keys() | known.keys()):
        there, then = kept[by], known[by]
        if there.count != then.count:
            yield by, f"{there.count} rows, the log tells of {then.count}"
        elif there != then:
            yield by, f"{there.count} rows, not those of which the log tells"


def _sums(tallies: Iterable[tuple[By, Tally]]) -> defaultdict[By, Tally]:
    found: defaultdict[By, Tally] = defaultdict(Tally)
    for by, one in tallies:
        found[by] += one
    return found


def _grouped(rows: Iterable[tuple[By, bytes]], chunk: int = 5000) -> Iterator[tuple[By, list[bytes]]]:
    """Give the rows by who wrote them, some thousands at once, so that millions fit."""
    held: defaultdict[By, list[bytes]] = defaultdict(list)
    for place, (by, said) in enumerate(rows, 1):
        held[by].append(said)
        if place % chunk == 0:
            yield from held.items()
            held.clear()
    yield from held.items()
