"""Writes of the reference geography."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from django.db import connection, transaction

from sijil.domains.geography.rules import COLUMNS, read_reference
from sijil.domains.geography.types import LoadReport, Place
from sijil.kernel.order import sort_key

_KEPT = (*COLUMNS, "sort_ar", "sort_fr")
_ASSIGN = ", ".join(f"{name} = excluded.{name}" for name in (*_KEPT[1:], "loaded_at", "gone_at"))
_OURS = ", ".join(f"unit.{name}" for name in (*_KEPT[1:], "gone_at"))
_THEIRS = ", ".join(f"excluded.{name}" for name in (*_KEPT[1:], "gone_at"))


def load_reference(now: dt.datetime) -> LoadReport:
    """Write the reference shipped with the product; rows that did not change are left alone.

    A unit that the reference lacks is gone: nobody chooses it any more, and what names it stays readable.

    Returns the number of units and how many were new or different (0 on a second run).
    Raises: ValueError if the shipped file is not whole.
    """
    places = read_reference()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE incoming (LIKE geography_unit) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({', '.join(_KEPT)}, loaded_at) FROM STDIN") as copy:
            for place in places:
                copy.write_row((*_row(place), now))
        cursor.execute(
            "INSERT INTO geography_unit AS unit SELECT * FROM incoming"  # noqa: S608 - names are ours
            f" ON CONFLICT (code) DO UPDATE SET {_ASSIGN} WHERE ({_OURS}) IS DISTINCT FROM ({_THEIRS})"
        )
        changed = cursor.rowcount
        cursor.execute(
            "UPDATE geography_unit SET gone_at = %s WHERE gone_at IS NULL"
            " AND code NOT IN (SELECT code FROM incoming)",
            [now],
        )
        cursor.execute("DROP TABLE incoming")
    return LoadReport(units=len(places), changed=changed)


@lru_cache(maxsize=4096)  # the keys are half of the work, and the reference is the same at each reading
def _row(place: Place) -> tuple[str | int, ...]:
    keys = (sort_key(place.name_ar), sort_key(place.name_fr))
    return (*(getattr(place, name) for name in COLUMNS), *keys)
