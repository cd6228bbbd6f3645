"""``sijil score FILE``: score a file of households, line by line, without a database.

In: CSV (UTF-8, header) or Parquet (analyst extra); one column per input of docs/reference/score-inputs.md
and a column ``household`` with a reference of yours, another on each line. Out: one CSV line per line in, in
the same order: the score, what each term adds and the answer of each programme, or the refusal. Nothing stops
silently: the lines of the file are counted, and the last line says how many came in, were done and refused.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from sijil.console.score.reading import MINUS_ONE, NOT_READ, REFERENCE, BadFile, Chunk, opened
from sijil.console.score.writing import CannotWrite, answering
from sijil.pages import clock

STATES = ("scored", "quarantined")
REFUSED = 1  # exit code when the file was read to its end but some lines were refused
UNREADABLE = 2
UNWRITABLE = 4
_WORDS = {NOT_READ: "not a whole number", MINUS_ONE: "-1"}


@dataclass(slots=True)
class Counted:
    """What became of the lines of a file. ``spent``: centimes a year of all that were done."""

    taken: int = 0
    done: int = 0
    empty: int = 0
    spent: int = 0


def score(
    file: Annotated[
        Path, typer.Argument(help="CSV or Parquet file of households; - reads CSV from standard input.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write (standard output).")
    ] = None,
    on: Annotated[str, typer.Option(help="Day whose formula and thresholds count, YYYY-MM-DD (today).")] = "",
    contributions: Annotated[bool, typer.Option(help="Write what each term adds.")] = True,
) -> None:
    """Score a file of households: score, contributions and eligibility, or the refusal, per line.

    The columns are those of docs/reference/score-inputs.md; docs/how-to/score-a-file.md has an example. Money
    is in centimes a year. Exit code: 0 all scored, 1 some lines refused (each says why), 2 the file cannot be
    read, or not to its end, 4 the answer cannot be written.
    """
    import django

    django.setup()
    _choose_law()
    try:
        counted = run(file, output, _day(on), contributions)
    except (BadFile, CannotWrite) as error:
        print(f"sijil score: {error}", file=sys.stderr)
        raise typer.Exit(UNWRITABLE if isinstance(error, CannotWrite) else UNREADABLE) from None
    _report(counted)
    if counted.done < counted.taken:
        raise typer.Exit(REFUSED)


def _day(on: str) -> dt.date:
    """Read the day; one that is not yet here is said to be so. Raises: BadFile."""
    try:
        day = dt.date.fromisoformat(on) if on else clock.today()
    except ValueError:
        raise BadFile(f"--on {on}: write a day as 2026-11-22.") from None
    if day > clock.today():
        print(f"{day} is not here yet: scored by the law that is known today", file=sys.stderr)
    return day


def _report(counted: Counted) -> None:
    if counted.done:
        dirhams, centimes = divmod(counted.spent // counted.done, 100)
        spent = f"a household spends {dirhams:,}.{centimes:02d} dirhams a year on average"
        print(f"money was read as centimes a year: {spent}", file=sys.stderr)
    empty = f", empty lines {counted.empty}" if counted.empty else ""
    refused = counted.taken - counted.done
    print(f"in {counted.taken} = done {counted.done} + refused {refused}{empty}", file=sys.stderr)


def _choose_law() -> None:
    """Read the versions enacted here; without a database only what is shipped, and say so."""
    from django.db import DatabaseError

    from sijil.kernel import law

    reader = law.enacted()
    try:
        if reader is not None:
            reader.generation()
    except DatabaseError:
        law.use_enacted(None)
        print("no database answers: scored by the law that this release ships", file=sys.stderr)


def run(file: Path, output: Path | None, day: dt.date, contributions: bool) -> Counted:
    """Score ``file`` into ``output`` and count. Raises: BadFile, CannotWrite."""
    from sijil.domains.scoring import rules

    formula, programmes = _law_of(day)
    counted, answered = Counted(), 0
    with opened(file, formula.inputs) as source, answering(output, file) as sheet:
        sheet.write([header(formula, programmes, contributions)])
        for chunk in source:
            found = rules.score_columns(formula, chunk.columns, with_parts=True)
            answered += sheet.write(lines(chunk, found, programmes, contributions))
            _count(counted, chunk, found)
        counted.taken, counted.empty = source.households, source.empty
        _check_whole(counted.taken, answered)
    return counted


def _law_of(day: dt.date) -> tuple[Any, Sequence[Any]]:
    from sijil.domains.programmes.queries import list_programmes
    from sijil.domains.scoring import rules
    from sijil.kernel.errors import Refused

    try:
        return rules.formula_on(day), list_programmes(day)
    except (LookupError, Refused) as error:
        raise BadFile(f"--on {day}: {error}") from None


def _count(counted: Counted, chunk: Chunk, found: Any) -> None:
    done = found.outcome != 2
    counted.done += int(np.count_nonzero(done))
    for i in found.formula.inputs:
        if i.kind == "money":
            asked = done & np.isin(chunk.columns["milieu"], list(i.bounds))
            counted.spent += int(chunk.columns[i.id][asked].sum())


def _check_whole(taken: int, answered: int) -> None:
    """Compare the lines of the file with the lines of the answer. Raises: BadFile."""
    if taken != answered:
        raise BadFile(f"{taken} lines came in and {answered} were answered: this is a fault of the product.")
    if not taken:
        raise BadFile("there is no household below the header.")


def header(formula: Any, programmes: Sequence[Any], contributions: bool) -> list[str]:
    """Return the columns of the answer; contributions are named by term, urban and rural together."""
    names = [
        REFERENCE,
        "line",
        "state",
        "score",
        "refusal",
        "field",
        "sentence",
        *(p.code for p in programmes),
    ]
    if contributions:
        names += [f"part_{name}" for name in term_names(formula)]
    return [*names, "formula_version"]


def term_names(formula: Any) -> list[str]:
    """Return the terms of both annexes, each once, in the order of the law (urban, then rural)."""
    return list(dict.fromkeys(term.id for annex in formula.annexes.values() for term in annex.terms))


def lines(
    chunk: Chunk, found: Any, programmes: Sequence[Any], contributions: bool
) -> Iterator[Sequence[str]]:
    """Give one line of answer per household."""
    terms = term_names(found.formula) if contributions else []
    places = {m: _places(annex, terms) for m, annex in found.formula.annexes.items()}
    answers = [_outcomes(found, programme) for programme in programmes]
    parts = _parts(found) if contributions else None
    points, milieux = found.points.tolist(), chunk.columns["milieu"].tolist()
    for row, outcome in enumerate(found.outcome.tolist()):
        start = [chunk.references[row], str(chunk.lines[row])]
        if outcome == 2:
            blanks = len(programmes) + len(terms) + 1
            yield [*start, "refused", "", *_why(chunk, found, row), *[""] * blanks]
            continue
        decisions = [answer[row] for answer in answers]
        shown = ["" if at < 0 else _points(parts[row][at]) for at in places[milieux[row]]] if parts else []
        head = [*start, STATES[outcome], _points(points[row]), "", "", ""]
        yield [*head, *decisions, *shown, found.formula.version]


def _places(annex: Any, terms: Sequence[str]) -> list[int]:
    """Return where each term stands in the annex, -1 if it does not."""
    known = {term.id: place for place, term in enumerate(annex.terms)}
    return [known.get(name, -1) for name in terms]


def _why(chunk: Chunk, found: Any, row: int) -> tuple[str, str, str]:
    """Return code, field and sentence of a refused line."""
    from sijil.kernel.errors import fill

    if fault := chunk.faults.get(row):
        return fault.code, fault.field, fault.sentence
    refusal = found.refusal(row, chunk.columns)
    facts = dict(refusal.facts)
    value = facts.get("value", 0)
    facts["value"] = _WORDS.get(value, value)
    return refusal.code, refusal.field or "", fill(refusal.error.title, facts)


def _outcomes(found: Any, programme: Any) -> list[str]:
    """Return what a programme answers to each row: exact, for the whole column."""
    from sijil.domains.programmes.rules import is_eligible, units

    eligible = is_eligible(found.a, found.b, found.divisor, units(programme.threshold))
    words = np.where(eligible, "eligible", "not_eligible")
    return list(np.where(found.outcome == 1, "pending", words).tolist())


def _parts(found: Any) -> list[list[int]]:
    """Return what each term adds in 10^-7 points, adding up to the score as written."""
    from sijil.domains.scoring.rules import apportion_columns

    return list(apportion_columns(found).tolist())


def _points(value: int) -> str:
    """Write 10^-7 points with their seven decimals."""
    whole, rest = divmod(abs(value), 10**7)
    return f"{'-' if value < 0 else ''}{whole}.{rest:07d}"
