"""``sijil score FILE``: score a file of households, line by line, without a database.

In: CSV (UTF-8, header) or Parquet (analyst extra); one column per input of docs/reference/score-inputs.md
and a column ``household`` with any reference of yours. Out: one CSV line per line in, in the same order: the
score, what each term adds and the answer of each programme, or the refusal. Nothing stops silently: the last
line says how many came in, were done and were refused.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Annotated, Any

import numpy as np
import typer

from sijil.pages import clock

REFERENCE = "household"
CHUNK = 20_000
STATES = ("scored", "quarantined")
REFUSED = 1  # exit code when the file was read to its end but some lines were refused
_LEAST = -(2**31)
NOT_READ = (
    _LEAST - 1
)  # an answer that is no whole number: outside every bound, so the line is refused by its field
MINUS_ONE = _LEAST - 2  # a written -1, which must not be taken for "no answer"
_WORDS = {NOT_READ: "not a whole number", MINUS_ONE: "-1"}


class BadFile(Exception):
    """The file cannot be scored at all; says why and what to do."""


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

    The columns are those of docs/reference/score-inputs.md. Exit code: 0 all scored, 1 some lines refused
    (each says why), 2 the file cannot be read at all.
    """
    import django

    django.setup()
    _choose_law()
    try:
        day = dt.date.fromisoformat(on) if on else clock.today()
        taken, done, refused = run(file, output, day, contributions)
    except (BadFile, ValueError) as error:
        print(f"sijil score: {error}", file=sys.stderr)
        raise typer.Exit(2) from None
    print(f"in {taken} = done {done} + refused {refused}", file=sys.stderr)
    if refused:
        raise typer.Exit(REFUSED)


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


def run(file: Path, output: Path | None, day: dt.date, contributions: bool) -> tuple[int, int, int]:
    """Score ``file`` into ``output``. Return the lines taken, done and refused. Raises: BadFile."""
    from sijil.domains.programmes.queries import list_programmes
    from sijil.domains.scoring import rules

    formula = rules.formula_on(day)
    programmes = list_programmes(day)
    taken = done = 0
    with opened(file, formula) as chunks, writing(output) as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header(formula, programmes, contributions))
        for references, columns in chunks:
            found = rules.score_columns(formula, columns, with_parts=True)
            writer.writerows(lines(references, columns, found, programmes, contributions))
            taken += len(references)
            done += int(np.count_nonzero(found.outcome != 2))
    return taken, done, taken - done


def header(formula: Any, programmes: Sequence[Any], contributions: bool) -> list[str]:
    """Return the columns of the answer; contributions are named by term, urban and rural together."""
    names = [REFERENCE, "state", "score", "refusal", "field", "sentence", *(p.code for p in programmes)]
    if contributions:
        names += [f"part_{name}" for name in term_names(formula)]
    return [*names, "formula_version"]


def term_names(formula: Any) -> list[str]:
    """Return the terms of both annexes, each once, in the order of the law (urban, then rural)."""
    return list(dict.fromkeys(term.id for annex in formula.annexes.values() for term in annex.terms))


def lines(
    references: Sequence[str],
    columns: Mapping[str, Any],
    found: Any,
    programmes: Sequence[Any],
    contributions: bool,
) -> Iterator[list[str]]:
    """Give one line of answer per household."""
    terms = term_names(found.formula) if contributions else []
    places = {m: _places(annex, terms) for m, annex in found.formula.annexes.items()}
    answers = [_outcomes(found, programme) for programme in programmes]
    parts = _parts(found) if contributions else None
    points, milieux = found.points.tolist(), columns["milieu"].tolist()
    for row, outcome in enumerate(found.outcome.tolist()):
        if outcome == 2:
            yield _refused(references[row], found.refusal(row, columns), len(programmes) + len(terms))
            continue
        decisions = [answer[row] for answer in answers]
        shown = ["" if at < 0 else _points(parts[row][at]) for at in places[milieux[row]]] if parts else []
        head = [references[row], STATES[outcome], _points(points[row]), "", "", ""]
        yield [*head, *decisions, *shown, found.formula.version]


def _places(annex: Any, terms: Sequence[str]) -> list[int]:
    """Return where each term stands in the annex, -1 if it does not."""
    known = {term.id: place for place, term in enumerate(annex.terms)}
    return [known.get(name, -1) for name in terms]


def _refused(reference: str, refusal: Any, blanks: int) -> list[str]:
    from sijil.kernel.errors import fill

    facts = dict(refusal.facts)
    value = facts.get("value", 0)
    facts["value"] = _WORDS.get(value, value)
    sentence = fill(refusal.error.title, facts)
    return [reference, "refused", "", refusal.code, refusal.field or "", sentence, *[""] * (blanks + 1)]


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


# --- reading ------------------------------------------------------------------------------------------------


@contextmanager
def opened(file: Path, formula: Any) -> Iterator[Iterator[tuple[list[str], dict[str, Any]]]]:
    """Open a file and give its lines in chunks: references, and columns as ``score_columns`` takes them."""
    names = [i.id for i in formula.inputs]
    if file.suffix == ".parquet":
        yield _parquet_chunks(file, names)
        return
    with _csv_file(file) as handle:
        yield _csv_chunks(handle, names)


@contextmanager
def _csv_file(file: Path) -> Iterator[IO[str]]:
    if str(file) == "-":
        yield sys.stdin
        return
    try:
        with file.open(encoding="utf-8-sig", newline="") as handle:
            yield handle
    except FileNotFoundError:
        raise BadFile(f"there is no file {file}.") from None
    except UnicodeDecodeError as error:
        raise BadFile(
            f"{file} is not UTF-8 text ({error.reason} at byte {error.start}); save it as CSV UTF-8."
        ) from None


def _csv_chunks(handle: IO[str], names: Sequence[str]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Check the header now; give the lines when asked."""
    reader = csv.reader(handle)
    columns = [name.strip() for name in next(_lines(reader), [])]
    return _chunks(_lines(reader), len(columns), check_header(columns, names))


def _lines(reader: Any) -> Iterator[list[str]]:
    try:
        yield from (line for line in reader if line)
    except csv.Error as error:
        raise BadFile(f"line {reader.line_num} cannot be read as CSV: {error}.") from None


def _chunks(
    lines: Iterator[list[str]], width: int, places: Mapping[str, int]
) -> Iterator[tuple[list[str], dict[str, Any]]]:
    while held := list(islice(lines, CHUNK)):
        yield _as_columns(held, width, places)


def check_header(columns: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """Return where each column is. Raises: BadFile naming the column that is unknown, missing or doubled."""
    known = [REFERENCE, *names]
    for name in columns:
        if name not in known:
            raise BadFile(
                f"the column {name!r} is not known; the columns are listed in docs/reference/score-inputs.md."
            )
        if list(columns).count(name) > 1:
            raise BadFile(f"the column {name!r} is there twice.")
    for name in known:
        if name not in columns:
            raise BadFile(
                f"the column {name!r} is missing; a column that a milieu does not ask may stay empty."
            )
    return {name: columns.index(name) for name in known}


def _as_columns(
    held: Sequence[list[str]], width: int, places: Mapping[str, int]
) -> tuple[list[str], dict[str, Any]]:
    """Turn lines into columns. One with too few cells lacks answers; one with too many is not read at all."""
    rows = [
        line + [""] * (width - len(line)) if len(line) <= width else _unread(line, width, places)
        for line in held
    ]
    columns = list(zip(*rows, strict=True))
    references = [text.strip() for text in columns[places[REFERENCE]]]
    return references, {n: as_integers(columns[p]) for n, p in places.items() if n != REFERENCE}


def _unread(line: Sequence[str], width: int, places: Mapping[str, int]) -> list[str]:
    row = ["?"] * width
    row[places[REFERENCE]] = line[places[REFERENCE]]
    return row


def as_integers(cells: Sequence[str]) -> Any:
    """Return int64 answers: empty is -1 (no answer), anything but a whole number NOT_READ."""
    known = {cell: _integer(cell) for cell in set(cells)}
    return np.fromiter((known[cell] for cell in cells), np.int64, len(cells))


def _integer(cell: str) -> int:
    text = cell.strip()
    if text == "":
        return -1
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20):
        return NOT_READ
    value = int(text)
    return MINUS_ONE if value == -1 else max(_LEAST, min(-_LEAST, value))


def _parquet_chunks(file: Path, names: Sequence[str]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError:
        raise BadFile(
            "Parquet needs pyarrow: install requirements/analyst.txt, or save the file as CSV."
        ) from None
    try:
        source = parquet.ParquetFile(file)
    except FileNotFoundError:
        raise BadFile(f"there is no file {file}.") from None
    except ArrowInvalid as error:
        raise BadFile(f"{file} is not a Parquet file: {error}") from None
    check_header(source.schema_arrow.names, names)
    return _batches(source, names)


def _batches(source: Any, names: Sequence[str]) -> Iterator[tuple[list[str], dict[str, Any]]]:
    for batch in source.iter_batches(batch_size=CHUNK):
        columns = {name: batch.column(name).to_pylist() for name in [REFERENCE, *names]}
        references = [str(value) for value in columns.pop(REFERENCE)]
        yield references, {n: as_integers([_text(v) for v in cells]) for n, cells in columns.items()}


def _text(value: Any) -> str:
    """Return a Parquet value as its CSV cell: no value, and not-a-number, are no answer."""
    if value is None or value != value:
        return ""
    whole = isinstance(value, bool) or (isinstance(value, float) and value.is_integer())
    return str(int(value)) if whole else str(value)


@contextmanager
def writing(output: Path | None) -> Iterator[IO[str]]:
    """Open the answer; nothing is left half-written under its name."""
    if output is None:
        yield sys.stdout
        return
    unfinished = output.with_name(f".{output.name}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as out:
            yield out
        unfinished.replace(output)
    finally:
        unfinished.unlink(missing_ok=True)
