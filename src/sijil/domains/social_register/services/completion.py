"""Asking a household to complete its declaration, once, when questions fell due by age."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from uuid import UUID

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


def open_completions(*, asked: Iterable[tuple[str, UUID, Sequence[Due]]], now: dt.datetime) -> None:
    """Open a request for each household (code, declaration, what is due), or bring it up to date."""
    rows = [
        {"household": code, "declaration": f"{made}", "due": [[d.member, d.person, d.fields] for d in due]}
        for code, made, due in asked
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, [now, json.dumps(rows)])
