"""PostgreSQL's binary COPY, mapped straight onto numpy records: no value passes through Python.

Every column is NOT NULL and of fixed width within one block of rows, so a block *is* an array; PostgreSQL
reads its bytes and we read PostgreSQL's. Columns that vary from row to row (``bytea``) stand last: rows are
then read in groups of one width.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_INT4, _INT8 = 23, 20
CODE = "S11"  # a household code
UUID = np.dtype("V16")
PLACE = np.dtype("V6")  # ctid
_AT_ONCE = 500  # rows read in one wait

Fields = Sequence[tuple[str, Any]]
Records = NDArray[np.void]


def microseconds(moment: dt.datetime) -> int:
    """Return a moment as PostgreSQL stores it: microseconds since 2000."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def write_into(cursor: Any, table: str, names: str, blocks: Iterable[Records]) -> None:
    """Stream blocks of records into columns of a table. ``cursor``: psycopg's own."""
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
        copy.write(HEADER)
        for rows in blocks:
            copy.write(to_bytes(rows))
        copy.write(TRAILER)


def record_type(fields: Iterable[tuple[str, Any]]) -> np.dtype[np.void]:
    """Return the dtype of one row: a count, then for each field its length and its value.

    A field is ``(name, numpy type)``, or ``(name, (element type, n))`` for an array of n elements.
    """
    layout: list[Any] = [("fields", ">i2")]
    for name, kind in fields:
        layout += [(f"{name}.length", ">i4"), (name, _array_type(*kind) if isinstance(kind, tuple) else kind)]
    return np.dtype(layout)


def _array_type(element: str, n: int) -> np.dtype[np.void]:
    one = np.dtype([("length", ">i4"), ("value", element)])
    head = [(name, ">i4") for name in ("dimensions", "nulls", "oid", "n", "first")]
    return np.dtype([*head, ("elements", one, (n,))])


BLOCK = 1024  # rows filled and sent at a time: in the processor's cache, while the last are taken in
NUMERIC = np.dtype([(name, ">i2") for name in ("digits", "weight", "sign", "scale", "d0", "d1", "d2")])


def new_records(dtype: np.dtype[np.void], n: int) -> Records:
    """Return n rows with every length in place, values zero."""
    rows = np.zeros(n, dtype)
    assert dtype.names is not None
    lengths = [name for name in dtype.names if name.endswith(".length")]
    rows["fields"] = len(lengths)
    for name in lengths:
        value = dtype[name.removesuffix(".length")]
        rows[name] = value.itemsize
        if value.names and "elements" in value.names:
            _head_array(rows[name.removesuffix(".length")], value)
    return rows


def _head_array(view: Any, value: np.dtype[np.void]) -> None:
    elements = value["elements"]
    item = elements.base["value"]
    view["dimensions"], view["first"], view["n"] = 1, 1, elements.shape[0]
    view["oid"] = _INT4 if item.itemsize == 4 else _INT8
    view["elements"]["length"] = item.itemsize


def to_bytes(rows: Records) -> memoryview:
    """Return the bytes of rows without copying them."""
    return rows.view(np.uint8).reshape(-1).data


def put_points(view: Any, points: NDArray[np.int64]) -> None:
    """Write scores in 10^-7 points as ``numeric(10,7)`` (base 10,000 digits, never more than 999)."""
    size = np.abs(points)
    view["digits"], view["scale"] = 3, 7
    view["sign"] = np.where(points < 0, 0x4000, 0)
    view["d0"] = size // 10**7
    view["d1"] = size // 1000 % 10_000
    view["d2"] = size % 1000 * 10


def read_records(content: bytes, dtype: np.dtype[np.void]) -> Records:
    """Return rows as PostgreSQL sent them. Raises: ValueError if a row has another shape."""
    if len(content) % dtype.itemsize:
        raise ValueError("binary COPY: rows are not all of the expected width")
    rows = np.frombuffer(content, dtype)
    expected = new_records(dtype, 1)[0]
    for name in dtype.names or ():
        is_frame = name == "fields" or name.endswith(".length")
        if is_frame and (rows[name] != expected[name]).any():
            raise ValueError(f"binary COPY: unexpected {name}")
    return rows


def iter_records(copy: Iterable[Any], dtype: np.dtype[np.void], chunk: int) -> Iterator[Records]:
    """Give the rows of a binary COPY as it comes, ``chunk`` at a time. Raises: ValueError."""
    held = b""
    for piece in _pieces(copy, chunk * dtype.itemsize):
        content = held + piece
        whole = len(content) // dtype.itemsize * dtype.itemsize
        held = content[whole:]
        if whole:
            yield read_records(content[:whole], dtype)
    if held != TRAILER:
        raise ValueError("binary COPY: rows are not all of the expected width")


def iter_varied(copy: Any, fixed: Fields, varied: Sequence[str], size: int) -> Iterator[list[Records]]:
    """Give the rows of a binary COPY, about ``size`` bytes at a time, in groups of rows of one width.

    ``copy``: psycopg's own. ``varied``: the bytea columns after the fixed ones; in a group each is a void of
    its width. Raises: ValueError if a row has another shape.
    """
    groups: dict[int, list[Any]] = {}
    held = 0
    for row in _messages(copy):
        if held >= size:
            yield list(_iter_cut(groups, fixed, varied))
            groups, held = {}, 0
        groups.setdefault(len(row), []).append(row)
        held += len(row)
    if groups.pop(len(TRAILER), None) != [TRAILER]:
        raise ValueError("binary COPY: rows are not of the expected shape")
    if groups:
        yield list(_iter_cut(groups, fixed, varied))


def _iter_cut(groups: Mapping[int, Sequence[Any]], fixed: Fields, varied: Sequence[str]) -> Iterator[Records]:
    """Give rows of one width each: of all those of one length, by the lengths of their varied columns."""
    head = record_type(fixed).itemsize
    for width, some in groups.items():
        rows = np.frombuffer(b"".join(some), np.uint8).reshape(-1, width)
        for found, lengths in _split(rows, head, (), len(varied)):
            more = [(name, f"V{length}") for name, length in zip(varied, lengths, strict=True)]
            yield read_records(found.tobytes(), record_type([*fixed, *more]))


def _split(
    rows: NDArray[np.uint8], place: int, lengths: tuple[int, ...], left: int
) -> Iterator[tuple[NDArray[np.uint8], tuple[int, ...]]]:
    """Give rows by the lengths of the ``left`` columns that begin at ``place``. Raises: ValueError."""
    width = rows.shape[1]
    if place + 4 * left > width or (not left and place != width):
        raise ValueError("binary COPY: rows are not of the expected shape")
    if not left:
        yield rows, lengths
        return
    found = np.ascontiguousarray(rows[:, place : place + 4]).view(">i4")[:, 0]
    for length in np.unique(found).tolist():
        if length < 0:
            raise ValueError("binary COPY: no value where there must be one")
        some = rows[found == length]
        yield from _split(some, place + 4 + length, (*lengths, length), left - 1)


def _messages(copy: Any) -> Iterator[Any]:
    """Give what a COPY sends, without its header: PostgreSQL sends each row as one message."""
    skip = len(HEADER)
    while rows := copy.connection.wait(_some(copy)):
        rows[0], skip = rows[0][skip:], 0
        yield from rows


def _some(copy: Any) -> Generator[Any, Any, list[Any]]:
    """Read some hundreds of messages in one wait: a wait for each costs more than the reading."""
    rows: list[Any] = []
    while len(rows) < _AT_ONCE and (row := (yield from copy._read_gen())):
        rows.append(row)
    return rows


def _pieces(copy: Iterable[Any], size: int) -> Iterator[bytes]:
    """Give what a COPY sends in pieces of at least ``size`` bytes, without its header."""
    parts: list[bytes] = []
    skip, held = len(HEADER), 0
    for data in copy:
        piece = bytes(data)[skip:] if skip else bytes(data)
        skip = 0
        parts.append(piece)
        held += len(piece)
        if held >= size:
            yield b"".join(parts)
            parts, held = [], 0
    if parts:
        yield b"".join(parts)
