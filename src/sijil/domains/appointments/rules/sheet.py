"""The register of centres as a table in CSV: what an administrator edits in a spreadsheet and brings back.

Read: with or without a byte order mark, with commas, semicolons or tabs, any line ends; empty lines and
unknown columns are passed over; a column that is not there leaves what is known. Written: UTF-8 with its
mark, so that a spreadsheet reads the Arabic; a cell that a spreadsheet would calculate begins with an
apostrophe, which is taken away when it comes back.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from sijil.domains.appointments import errors
from sijil.domains.appointments.rules.hours import parts_of
from sijil.domains.appointments.types import Centre, CentreKind, SheetLine, Week
from sijil.kernel import clean
from sijil.kernel.errors import Refused

SHIPPED = Path(__file__).parents[1] / "data/centres.csv"
LONGEST_FILE = 2 * 1024**2
MOST_LINES = 5_000
MOST_DESKS = 99
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
COLUMNS = (
    *("code", "kind", "name_ar", "name_fr", "region_code", "province_code", "commune_codes", "desks"),
    *("address_ar", "address_fr", "phone", "latitude", "longitude"),
    *WEEK,
    *("opens_on", "ends_on"),
)
NEEDED = COLUMNS[:8]
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.\-]{0,15}")
_PLACE = re.compile(r"\d{2}(\.\d+)*")
_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_HOUR_OF_ONE_DIGIT = re.compile(r"(?<!\d)(\d:\d\d)")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")
_LIKE = {"first": "08:30-16:30", "second": "08:30-12:00 14:00-18:00"}
_BOUNDS = {"latitude": (Decimal("20.5"), Decimal("36")), "longitude": (Decimal("-17.5"), Decimal("-0.5"))}


def read_sheet(content: bytes) -> list[SheetLine]:
    """Return the lines of a table, each with its values or its refusal.

    Raises: Refused(SHEET_UNREADABLE | SHEET_COLUMNS) when it is no table of centres.
    """
    if len(content) > LONGEST_FILE:
        raise Refused(errors.SHEET_UNREADABLE, field="file")
    try:
        text = content.decode("utf-8-sig")
        rows = list(_rows(text))
    except (UnicodeDecodeError, csv.Error):
        raise Refused(errors.SHEET_UNREADABLE, field="file") from None
    if len(rows) > MOST_LINES:
        raise Refused(errors.SHEET_UNREADABLE, field="file")
    lines = [_line(number, row) for number, row in rows]
    return list(_once(lines))


def read_centres(path: Path = SHIPPED) -> list[Centre]:
    """Return the centres of a file. Raises: ValueError naming the first line that cannot be used."""
    return list(_centres(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=2)
def _centres(path: Path, changed_at: int) -> tuple[Centre, ...]:
    lines = read_sheet(path.read_bytes())
    refused = next((line for line in lines if line.refused), None)
    if refused:
        raise ValueError(
            f"line {refused.number}: {refused.refused} ({refused.refused and refused.refused.field})"
        )
    return tuple(Centre(**line.values) for line in lines)  # type: ignore[arg-type]


def write_sheet(centres: Iterable[Centre]) -> bytes:
    """Return the table of the centres; read again it changes nothing."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(_cell(centre, column)) for column in COLUMNS] for centre in centres)
    return file.getvalue().encode("utf-8-sig")


def _cell(centre: Centre, column: str) -> str:
    if column in WEEK:
        return centre.week[WEEK.index(column)] if centre.week else ""
    value = getattr(centre, column)
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _harmless(cell: str) -> str:
    is_calculated = cell.startswith(_CALCULATED) and not (cell[0] == "-" and _NUMBER.fullmatch(cell))
    return f"'{cell}" if is_calculated else cell


def _as_meant(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_CALCULATED) else cell


@dataclass(frozen=True, slots=True)
class _Row:
    """The cells of one line by column; ``is_whole``: it has as many as there are columns."""

    cells: Mapping[str, str]
    is_whole: bool


def _rows(text: str) -> Iterator[tuple[int, _Row]]:
    """Give the lines below the head with their numbers. Raises: Refused(SHEET_COLUMNS), csv.Error."""
    head = text.lstrip("\r\n").splitlines()[:1] or [""]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=head[0].count), strict=True)
    columns: list[str] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not columns:
            columns = _columns(cells)
            continue
        found = {name: _as_meant(cell.strip()) for name, cell in zip(columns, cells, strict=False)}
        yield reader.line_num, _Row(found, len(cells) == len(columns))
    if not columns:
        raise Refused(errors.SHEET_COLUMNS, field="file", what=", ".join(NEEDED))


def _columns(cells: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in cells]
    missing = [name for name in NEEDED if name not in columns]
    if set(WEEK) & set(columns):
        missing += [name for name in WEEK if name not in columns]
    if missing or len(set(columns)) != len(columns):
        raise Refused(errors.SHEET_COLUMNS, field="file", what=", ".join(missing or columns))
    return columns


def _line(number: int, row: _Row) -> SheetLine:
    code = row.cells.get("code", "")[:16]
    if not row.is_whole:
        return SheetLine(number, code, {}, Refused(errors.LINE_CELLS, field="line"))
    try:
        values = clean.together(_readers(row.cells))
        _check_together(values)
    except Refused as refused:
        return SheetLine(number, code, {}, refused)
    return SheetLine(number, code, values)


def _readers(cells: Mapping[str, str]) -> dict[str, Callable[[], Any]]:
    """Return how each field that is there is read."""
    readers: dict[str, Callable[[], Any]] = {
        name: partial(read, cells[name], field=name) for name, read in _READ.items() if name in cells
    }
    if "monday" in cells:
        readers["week"] = partial(_week, cells)
    return readers


def _check_together(values: Mapping[str, Any]) -> None:
    if (values.get("latitude") is None) is not (values.get("longitude") is None):
        raise Refused(errors.POSITION_UNFIT, field="longitude")
    first, last = values.get("opens_on"), values.get("ends_on")
    if first and last and first > last:
        raise Refused(errors.DAY_UNFIT, field="ends_on", value=last, first=first)
    if values["kind"] == CentreKind.MOBILE and "opens_on" in values and not (first and last):
        raise Refused(errors.MOBILE_DAYS, field="ends_on" if first else "opens_on")


def _once(lines: Iterable[SheetLine]) -> Iterator[SheetLine]:
    seen: dict[str, int] = {}
    for line in lines:
        first = seen.setdefault(line.code, line.number)
        is_again = first != line.number and not line.refused
        refused = Refused(errors.CODE_TWICE, field="code", code=line.code, line=first)
        yield SheetLine(line.number, line.code, {}, refused) if is_again else line


def _code(text: str, *, field: str) -> str:
    return _matched(_CODE, text, field)


def _place(text: str, *, field: str) -> str:
    """Read the code of a region or a province; a spreadsheet takes the first nought for nothing."""
    written = clean.coded(text)
    return _matched(_PLACE, f"0{written}" if re.match(r"\d(\.|$)", written) else written, field)


def _matched(pattern: re.Pattern[str], text: str, field: str) -> str:
    found = clean.required(clean.coded(text), field=field)
    if not pattern.fullmatch(found):
        raise Refused(errors.CODE_UNFIT, field=field, value=found[:30])
    return found


def _places(text: str, *, field: str) -> tuple[str, ...]:
    codes = clean.required(clean.coded(text), field=field).split()
    return tuple(dict.fromkeys(_place(code, field=field) for code in codes))


def _desks(text: str, *, field: str) -> int:
    number = clean.integer(text, field=field)
    if not 0 < number <= MOST_DESKS:
        raise Refused(errors.DESKS_UNFIT, field=field)
    return number


def _degrees(text: str, *, field: str) -> Decimal | None:
    """Read a latitude or a longitude, with a point or a comma, to five places (a metre)."""
    if clean.is_blank(text):
        return None
    try:
        found = Decimal(clean.coded(text).replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    low, high = _BOUNDS[field]
    if not found.is_finite() or not low <= found <= high:
        raise Refused(errors.POSITION_UNFIT, field=field)
    return round(found, 5)


def _day(text: str, *, field: str) -> dt.date | None:
    if clean.is_blank(text):
        return None
    written = clean.coded(text)
    try:
        return dt.date(*map(int, written.split("-"))) if _DAY.fullmatch(written) else dt.date(0, 0, 0)
    except ValueError:
        raise Refused(errors.DAY_UNFIT, field=field, value=text[:30], first="2026-11-28") from None


def _week(cells: Mapping[str, str]) -> Week:
    """Read the seven days; all empty: the hours of the law."""
    week = tuple(_hours(cells[day], field=day) for day in WEEK)
    return week if any(week) else ()


def _hours(text: str, *, field: str) -> str:
    written = _HOUR_OF_ONE_DIGIT.sub(r"0\1", clean.coded(text))
    parts = parts_of(written)
    times = [time for part in parts for time in part]
    if not all(_HOURS.fullmatch(part) for part in written.split()) or len(parts) > 3:
        raise Refused(errors.HOURS_UNFIT, field=field, **_LIKE)
    if times != sorted(times) or len(set(times)) != len(times):
        raise Refused(errors.HOURS_UNFIT, field=field, **_LIKE)
    return written


def _or_empty(cleaner: Callable[..., str]) -> Callable[..., str]:
    return partial(clean.optional, cleaner)


_READ: Mapping[str, Callable[..., Any]] = {
    "code": _code,
    "kind": partial(clean.choice, among=[kind.value for kind in CentreKind]),
    "name_ar": clean.line,
    "name_fr": clean.line,
    "region_code": _place,
    "province_code": _place,
    "commune_codes": _places,
    "desks": _desks,
    "address_ar": _or_empty(clean.address),
    "address_fr": _or_empty(clean.address),
    "phone": _or_empty(clean.phone),
    "latitude": _degrees,
    "longitude": _degrees,
    "opens_on": _day,
    "ends_on": _day,
}
