"""Asking a household to complete its declaration, once, when questions fell due by age."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from django.db import connection

from sijil.domains.social_register.types import Due

_OPEN = """
    INSERT INTO social_register_completionrequest AS c (household_id, declaration_id, due, opened_at)
    SELECT household, declaration, due, %s
    FROM jsonb_to_recordset(%s::jsonb) AS asked (household varchar, declaration uuid, due jsonb)
    ON CONFLICT (household_id) WHERE closed_at IS NULL DO UPDATE
    SET due = EXCLUDED.due, declaration_id = EXCLUDED.declaration_id
    WHERE c.due <> EXCLUDED.due OR c.declaration_id <> EXCLUDED.declaration_id
"""


def completions_of(
    *, asked: Iterable[tuple[str, str, Sequence[Due]]], now: dt.datetime
) -> Callable[[], None]:
    """Return what opens a request for each household (code, declaration in hexadecimal digits, what is due),
    or brings it up to date. What it writes is made here, so that a bulk makes it beside other writing.
    """
    rows = [
        {"household": code, "declaration": made, "due": [[d.member, d.idcs, d.fields] for d in due]}
        for code, made, due in asked
    ]
    return partial(_open, json.dumps(rows), now) if rows else _none


def _none() -> None:
    pass


def _open(rows: str, now: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, [now, rows])
