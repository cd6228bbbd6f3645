"""The file of households, in columns: every physical line is a household, a refusal, or stops the run.

CSV from a file and from a pipe pass the same lines of code. Nothing is taken on trust: a line that is not
text, a quotation mark that does not close on its line, a character nobody sees stop the run by line number.
"""

from __future__ import annotations

import csv
import re
import stat
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np

from sijil.console.score.seen import Seen
from sijil.kernel import clean

REFERENCE = "household"
CENTIMES = "_centimes"
CHUNK = 20_000
MOST_BYTES = 1_000_000  # of one line
_PARQUET = b"PAR1"
_MARK = b"\xef\xbb\xbf"
_UNSEEN = re.compile("[\x00-\x08\x0a-\x1f\x7f\x80-\x9f\u2028\u2029]")
_FORMULA = ("=", "+", "-", "@")  # what a spreadsheet takes for the beginning of a formula
_LEAST = -(2**31)
NOT_READ = _LEAST - 1
"""An answer that is no whole number: outside every bound, so the line is refused by its field."""
MINUS_ONE = _LEAST - 2
"""A written -1, which must not be taken for "no answer"."""


class BadFile(Exception):
    """The file cannot be scored, or not to its end; says why, where, and what to do."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line is refused before its answers are looked at."""

    code: str
    field: str
    sentence: str


@dataclass(slots=True)
class Chunk:
    """Households as columns. ``lines``: where each stands in the file; ``faults`` by row."""

    references: list[str]
    lines: list[int]
    columns: dict[str, Any]
    faults: dict[int, Fault] = field(default_factory=dict)


class Source:
    """An open file of households. ``households``: how many of its lines hold one, counted on the file."""

    def __init__(self, chunks: Iterator[Chunk], lines: Lines | None = None) -> None:
        self._chunks, self._lines, self._rows = chunks, lines, 0

    def __iter__(self) -> Iterator[Chunk]:
        seen = Seen()
        for chunk in self._chunks:
            self._rows += len(chunk.references)
            _judge_references(chunk, seen)
            yield chunk

    @property
    def households(self) -> int:
        return self._rows if self._lines is None else self._lines.number - 1 - self._lines.empty

    @property
    def empty(self) -> int:
        return 0 if self._lines is None else self._lines.empty


@contextmanager
def opened(file: Path, inputs: Sequence[Any]) -> Iterator[Source]:
    """Open a file of households. Raises: BadFile."""
    names = {i.id: i.kind == "money" for i in inputs}
    if str(file) == "-":
        yield _csv(sys.stdin.buffer, names)
        return
    with _open(file) as handle:
        if _is_parquet(file, handle):
            yield _parquet(handle, names)
        else:
            yield _csv(handle, names)


def _open(file: Path) -> IO[bytes]:
    try:
        return file.open("rb")
    except OSError as error:
        raise BadFile(f"{file} cannot be read: {error.strerror}.") from None


def _is_parquet(file: Path, handle: IO[bytes]) -> bool:
    """Look at the content; the name of the file decides nothing, except what it promises."""
    if not stat.S_ISREG(file.stat().st_mode):
        return False
    start = handle.read(len(_PARQUET))
    handle.seek(0)
    if start != _PARQUET and file.suffix.lower() == ".parquet":
        raise BadFile(f"{file} is not a Parquet file.")
    return start == _PARQUET


# --- CSV ----------------------------------------------------------------------------------------------------


class Lines:
    """The lines of a text as they stand in it, counted; the reader of CSV is done with each at its end."""

    def __init__(self, handle: IO[bytes]) -> None:
        self._handle = handle
        self.number = self.parsed = self.empty = 0

    def __iter__(self) -> Iterator[str]:
        while raw := self._take():
            self.number += 1
            yield self._text(raw)
            if self.parsed < self.number:
                raise BadFile(
                    f"line {self.number}: a quotation mark opens a cell that does not close on its line. "
                    "No cell may hold a line break."
                )

    def _take(self) -> bytes:
        try:
            raw = self._handle.readline(MOST_BYTES + 1)
        except OSError as error:
            raise BadFile(f"line {self.number + 1} cannot be read: {error.strerror}.") from None
        if len(raw) > MOST_BYTES:
            raise BadFile(f"line {self.number + 1} is longer than {MOST_BYTES:,} bytes.")
        return raw

    def _text(self, raw: bytes) -> str:
        if self.number == 1:
            raw = _without_mark(raw)
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            at = f"line {self.number}, byte {error.start + 1}"
            raise BadFile(f"{at}: this is not UTF-8 text; save it as CSV UTF-8.") from None
        text = text.rstrip("\r\n")
        if found := _UNSEEN.search(text):
            raise BadFile(f"line {self.number}: {_named(found[0])} stands in it; save it as CSV UTF-8.")
        return text


def _without_mark(raw: bytes) -> bytes:
    if raw.startswith(_PARQUET):
        raise BadFile("Parquet cannot be read from a pipe; name the file.")
    return raw.removeprefix(_MARK)


def _named(character: str) -> str:
    if character == "\r":
        return "a line break of another system (CR without LF)"
    return f"the invisible character U+{ord(character):04X}"


def _csv(handle: IO[bytes], names: Mapping[str, bool]) -> Source:
    """Check the header now; give the lines when asked."""
    lines = Lines(handle)
    rows = _rows(lines)
    columns = [name.strip() for name in next(rows, (0, []))[1]]
    places = check_header(columns, names)
    return Source(_chunks(rows, len(columns), places), lines)


def _rows(lines: Lines) -> Iterator[tuple[int, list[str]]]:
    """Give the number and the cells of each line that is not empty."""
    reader = csv.reader(lines, strict=True)
    try:
        for row in reader:
            lines.parsed += 1
            if len(row) > 1 or (row and row[0].strip()):
                yield lines.number, row
            else:
                lines.empty += 1
    except csv.Error as error:
        raise BadFile(f"line {lines.number} cannot be read as CSV: {error}.") from None


def check_header(columns: Sequence[str], names: Mapping[str, bool]) -> dict[str, int]:
    """Return where each column is. Raises: BadFile naming the column that is unknown, missing or doubled."""
    _check_separator(columns)
    known = {REFERENCE: REFERENCE} | {name: name for name in names}
    known |= {name + CENTIMES: name for name, is_money in names.items() if is_money}
    found: dict[str, int] = {}
    for place, column in enumerate(columns):
        name = known.get(column)
        if name is None:
            raise BadFile(
                f"the column {column!r} is not known; the columns are listed in "
                "docs/reference/score-inputs.md."
            )
        if name in found:
            raise BadFile(f"the column {column!r} is there twice.")
        found[name] = place
    for name in (REFERENCE, *names):
        if name not in found:
            raise BadFile(
                f"the column {name!r} is missing; a column that a milieu does not ask may stay empty."
            )
    return found


def _check_separator(columns: Sequence[str]) -> None:
    if not columns:
        raise BadFile("the file is empty: its first line must name the columns, 'household' among them.")
    for sign, word in ((";", "semicolons"), ("\t", "tabs"), ("|", "bars")):
        if len(columns) == 1 and sign in columns[0]:
            raise BadFile(f"the columns are separated by {word}; save it as CSV separated by commas.")


def _chunks(rows: Iterator[tuple[int, list[str]]], width: int, places: Mapping[str, int]) -> Iterator[Chunk]:
    while held := list(islice(rows, CHUNK)):
        yield _as_chunk(held, width, places)


def _as_chunk(held: Sequence[tuple[int, list[str]]], width: int, places: Mapping[str, int]) -> Chunk:
    """Turn lines into columns. A line with too few or too many cells is refused as a whole."""
    faults = {
        row: _wrong_width(len(cells), width) for row, (_, cells) in enumerate(held) if len(cells) != width
    }
    rows = [cells if len(cells) == width else _unread(cells, width, places) for _, cells in held]
    columns = list(zip(*rows, strict=True))
    references = [text.strip() for text in columns[places[REFERENCE]]]
    answers = {name: as_integers(columns[at]) for name, at in places.items() if name != REFERENCE}
    return Chunk(references, [number for number, _ in held], answers, faults)


def _wrong_width(cells: int, width: int) -> Fault:
    return Fault("file.cells_miscounted", "", f"The line has {cells} cells; the header has {width}.")


def _unread(cells: Sequence[str], width: int, places: Mapping[str, int]) -> list[str]:
    row = ["?"] * width
    at = places[REFERENCE]
    row[at] = cells[at] if at < len(cells) else ""
    return row


def as_integers(cells: Sequence[str]) -> Any:
    """Return int64 answers: empty is -1 (no answer), anything but a whole number NOT_READ."""
    known = {cell: _integer(cell) for cell in set(cells)}
    return np.fromiter((known[cell] for cell in cells), np.int64, len(cells))


def _integer(cell: str) -> int:
    text = cell.strip()
    if text == "":
        return -1
    if not text.isascii():
        found = clean.read_integer(text)  # digits of every script, as on the pages
        return NOT_READ if found is None else min(-_LEAST, found)
    if not (text.removeprefix("-").isdigit() and len(text) < 20):
        return NOT_READ
    value = int(text)
    return MINUS_ONE if value == -1 else max(_LEAST, min(-_LEAST, value))


# --- references ---------------------------------------------------------------------------------------------


def _judge_references(chunk: Chunk, seen: Seen) -> None:
    """Note the lines without a reference of their own: what cannot be found again is not answered."""
    chunk.references = [
        text if text.isascii() else unicodedata.normalize("NFC", text) for text in chunk.references
    ]
    earlier = seen.earlier(chunk.references, chunk.lines)
    for row, reference in enumerate(chunk.references):
        if row in chunk.faults:
            continue
        if fault := _fault_of(reference, int(earlier[row])):
            chunk.faults[row] = fault
    for row in chunk.faults:
        chunk.columns["milieu"][row] = NOT_READ
        if not _is_fit(chunk.references[row]):
            chunk.references[row] = ""  # never written into the answer


def _fault_of(reference: str, earlier: int) -> Fault | None:
    if not reference:
        return Fault("file.reference_missing", REFERENCE, "The line has no reference.")
    if not _is_fit(reference):
        sentence = "The reference begins like a formula of a spreadsheet, or holds what nobody sees."
        return Fault("file.reference_unfit", REFERENCE, sentence)
    if earlier:
        return Fault("file.reference_twice", REFERENCE, f"The reference stands already in line {earlier}.")
    return None


def _is_fit(reference: str) -> bool:
    """Tell whether everything of a reference can be seen, and no spreadsheet takes it for a formula."""
    if not (reference.isascii() and reference.isprintable()):
        if any(clean.is_blank(sign) for sign in reference.replace(" ", "")):
            return False
        reference = unicodedata.normalize("NFKC", reference)
    return not reference.startswith(_FORMULA)


# --- Parquet ------------------------------------------------------------------------------------------------


def _parquet(handle: IO[bytes], names: Mapping[str, bool]) -> Source:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise BadFile(
            "Parquet needs pyarrow: install requirements/analyst.txt, or save the file as CSV."
        ) from None
    try:
        source = parquet.ParquetFile(handle)
    except (ArrowException, OSError) as error:
        raise BadFile(f"this is not a whole Parquet file: {error}") from None
    places = check_header(source.schema_arrow.names, names)
    return Source(_batches(source, places, (ArrowException, OSError)))


def _batches(source: Any, places: Mapping[str, int], broken: tuple[type[Exception], ...]) -> Iterator[Chunk]:
    batches, done = source.iter_batches(batch_size=CHUNK), 0
    while True:
        try:
            batch = next(batches, None)
        except broken as error:
            raise BadFile(f"the file is damaged after row {done}: {error}") from None
        if batch is None:
            return
        chunk = _of_batch(batch, places, done)
        done += len(chunk.references)
        yield chunk


def _of_batch(batch: Any, places: Mapping[str, int], done: int) -> Chunk:
    cells = {name: [_text(value) for value in batch.column(at).to_pylist()] for name, at in places.items()}
    references = [text.strip() for text in cells.pop(REFERENCE)]
    lines = list(range(done + 1, done + len(references) + 1))
    return Chunk(references, lines, {name: as_integers(column) for name, column in cells.items()})


def _text(value: Any) -> str:
    """Return a Parquet value as its CSV cell: no value, and not-a-number, are no answer."""
    if value is None or value != value:
        return ""
    whole = isinstance(value, bool) or (isinstance(value, float) and value.is_integer())
    return str(int(value)) if whole else str(value)
