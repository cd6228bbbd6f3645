"""Rows by binary COPY: of one width, or of several; what is not of the shape is refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import connection

from sijil.kernel import copy


def test_rows_of_another_width_are_refused() -> None:
    dtype = copy.record_type([("n", ">i4")])
    good = copy.new_records(dtype, 2).tobytes()
    assert len(copy.read_records(good, dtype)) == 2
    with pytest.raises(ValueError, match="width"):
        copy.read_records(good[:-4], dtype)
    broken = bytearray(good)
    broken[5] = 9
    with pytest.raises(ValueError, match="length"):
        copy.read_records(bytes(broken), dtype)


def test_moments_are_written_as_postgresql_counts_them() -> None:
    assert copy.microseconds(dt.datetime(2000, 1, 1, 0, 0, 1, tzinfo=dt.UTC)) == 1_000_000


_ROWS = (
    "COPY (SELECT n, repeat('a', n % 3)::bytea, repeat('b', n % 2)::bytea FROM generate_series(1, 1200) n) "
)


def read_varied(size: int, query: str = _ROWS) -> list[list[copy.Records]]:
    with connection.cursor() as cursor, cursor.cursor.copy(f"{query} TO STDOUT (FORMAT BINARY)") as lines:
        return list(copy.iter_varied(lines, [("n", ">i4")], ("a", "b"), size))


@pytest.mark.django_db
@pytest.mark.parametrize("size", [1, 100, 1 << 20])
def test_rows_of_several_widths_are_read_in_groups_of_one(size: int) -> None:
    pieces = read_varied(size)
    found = {}
    for group in (group for piece in pieces for group in piece):
        assert len({(row["a"].item(), row["b"].item()) for row in group}) == 1
        found |= {int(row["n"]): (row["a"].item(), row["b"].item()) for row in group}
    assert found == {n: (b"a" * (n % 3), b"b" * (n % 2)) for n in range(1, 1201)}
    assert len(pieces) == 1 if size == 1 << 20 else len(pieces) > 10


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row", ["1, NULL::bytea, ''::bytea", "1::bigint, ''::bytea, ''::bytea", "1, ''::bytea"]
)
def test_what_is_not_of_the_shape_is_refused(row: str) -> None:
    with pytest.raises(ValueError, match="binary COPY"):
        read_varied(100, f"COPY (SELECT {row})")


@pytest.mark.django_db
def test_what_is_written_is_read() -> None:
    dtype = copy.record_type([("n", ">i4"), ("many", (">i8", 3))])
    rows = copy.new_records(dtype, 5)
    rows["n"], rows["many"]["elements"]["value"] = np.arange(5), np.arange(15).reshape(5, 3)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE tried (n integer, many bigint[]) ON COMMIT DROP")
        copy.write_into(cursor.cursor, "tried", "n, many", [rows])
        cursor.execute("SELECT many FROM tried WHERE n = 4")
        assert cursor.fetchone()[0] == [12, 13, 14]
        with cursor.cursor.copy("COPY tried TO STDOUT (FORMAT BINARY)") as lines:
            assert sum(len(some) for some in copy.iter_records(lines, dtype, 2)) == 5
