"""Scores for the tests, as the programmes see them: columns to decide on, and the statement of a list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import numpy as np

from sijil.domains.programmes import queries, services
from sijil.domains.programmes.types import SCALE, Decided, FormulaUsed, KnownScores, PublishedList, Seen
from sijil.kernel import law
from sijil.kernel.actors import Actor, system
from sijil.kernel.dates import legal_day
from sijil.kernel.law import Pin
from sijil.kernel.law.kinds import PACKAGE

NOW = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 22)
ACTOR = system("test")
FORMULA = FormulaUsed("F/P", (Pin("scoring.formula", "F", "f" * 64), Pin("scoring.prices", "P", "p" * 64)))
LAWS = (1,)
"""The law of scores in force."""
Row = tuple[int, int, int]
"""a, b, divisor: the score a + b/divisor, in units."""


def known(rows: Sequence[Row], codes: Sequence[str] = (), *, number: int = 1) -> KnownScores:
    """Return scores, in the order given; codes count from 10000000000."""
    a, b, divisor = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    named = codes or [f"{10_000_000_000 + place}" for place in range(len(rows))]
    ones = np.ones(len(rows), np.int64)
    return KnownScores(
        household_code=np.array([code.encode() for code in named], "S11"),
        number=ones * number,
        a=a,
        b=b,
        divisor=divisor,
        is_scored=ones == 1,
        formula=ones - 1,
        formulas=(FORMULA,),
    )


def set_aside(scores: KnownScores, place: int) -> KnownScores:
    """Return the scores, one of them in quarantine."""
    flags = scores.is_scored.copy()
    flags[place] = False
    return replace(scores, is_scored=flags)


def statement(scores: KnownScores, *, law: int = 1) -> str:
    """Return the statement of these scores, as scoring gives it: by code, backwards."""
    columns = (scores.household_code, scores.number, scores.a, scores.b, scores.divisor, scores.is_scored)
    lines = [
        f"('{c.decode()}'::varchar, {n}, {a}::bigint, {b}::bigint, {d}, {(a * d + b) / d / SCALE:.7f}::"
        f"numeric(10,7), '{scores.formulas[0].version}'::varchar, {law}, {bool(s)})"
        for c, n, a, b, d, s in sorted(zip(*(c.tolist() for c in columns), strict=True), reverse=True)
    ]
    names = "household_code, number, a, b, divisor, score, formula_version, law, is_scored"
    return f"SELECT * FROM (VALUES {', '.join(lines)}) v ({names})"


def decide(scores: KnownScores, *, now: dt.datetime = NOW, **more: Any) -> dict[str, Decided]:
    """Decide on scores for the programmes of the day."""
    return services.decide_columns(
        scores=scores, day=legal_day(now), trigger="registered", actor=ACTOR, now=now, **more
    )


def publish_list(
    *, programme: str, seen: Seen | None = None, actor: Actor = ACTOR, now: dt.datetime = NOW, **given: Any
) -> PublishedList:
    """Ask for a list and freeze it, as a worker does; a refused one raises its refusal."""
    asked = services.ask_list(programme=programme, seen=seen, actor=actor, now=now)
    made = services.publish_asked(list_id=asked.id, now=now, **given)
    if refused := queries.find_refusal(made):
        raise refused
    return made


class Enacted:
    """Versions as if enacted on this installation."""

    def __init__(self, *contents: str) -> None:
        found = [law.read_law(law.read_text(content, "test"), is_shipped=False) for content in contents]
        pairs = zip(found, contents, strict=True)
        self._texts = [law.EnactedText(v.name, v.version, v.digest, content) for v, content in pairs]

    def generation(self) -> int:
        return 1

    def texts(self) -> Sequence[law.EnactedText]:
        return self._texts


def asd(threshold: str, *, version: str = "ASD-NEXT", starts_on: str = "2026-12-01") -> str:
    """Return the text of another version of the ASD's threshold."""
    text = (PACKAGE / "domains/programmes/parameters/asd/ASD-2023-12.yaml").read_text()
    for old, new in (("ASD-2023-12", version), ("2023-12-01", starts_on), ('"9.743001"', f'"{threshold}"')):
        text = text.replace(old, new, 1)
    return text


def enacted(*contents: str) -> AbstractContextManager[law.Shelf]:
    """Have these versions besides the shipped ones for a while."""
    return law.use_shelf(law.Shelf(reader=Enacted(*contents)))


def sealed(made: Any) -> dict[str, Any]:
    """Return what the log says of a published list."""
    return {"number": made.number, "count": made.count, "checksum": made.checksum}
