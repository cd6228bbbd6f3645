"""The one statement of a batch: look up, compare, write who asked; all or nothing.

The tables are the domains': each gives the piece of SQL that knows them, here they become one statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sijil.domains.audit.sql import insert_entries
from sijil.domains.verification.acts import ASKED
from sijil.domains.verification.sql import compare

ENTRY = {
    "id": "id",
    "at": "$10::timestamptz",
    "actor_kind": "'partner'",
    "actor_id": "partner",
    "actor_label": "label",
    "action": f"'{ASKED.code}'",
    "subject": "subject",
    "purpose": "purpose",
    "facts": """CASE WHEN confirmed THEN '{"result": "match"}' ELSE '{"result": "no_match"}' END::jsonb""",
}

ANSWER = f"""
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[],
                         $7::text[], $8::text[], $9::text[]) WITH ORDINALITY
        AS q (id, tag, year_tag, month_tag, day_tag, sex, partner, label, purpose, place)
), compared AS MATERIALIZED ({compare("asked")}), written AS (
    {insert_entries("compared", ENTRY)}
)
SELECT string_agg(CASE WHEN confirmed THEN '1' ELSE '0' END, '' ORDER BY place) FROM compared
"""  # noqa: S608

# One plan for every batch: an index probe a question, whatever the planner thinks of array sizes.
SESSION = {
    "application_name": "sijil verify",
    "plan_cache_mode": "force_generic_plan",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "jit": "off",
    "statement_timeout": "5000",
}
DURABLE = """
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""


@dataclass(slots=True)
class Question:
    """One claim to compare. ``tag``: of the number; ``tags``: of the birth date by year, month and day (empty
    if not said).
    """

    id: UUID
    tag: bytes
    tags: tuple[bytes, bytes, bytes]
    sex: str
    partner: str
    label: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``confirmed``: the claim agrees with an active subject. ``at``: when it was looked up and logged."""

    confirmed: bool
    at: str


async def ask(connection: Any, questions: Sequence[Question], *, now: dt.datetime) -> list[Answer]:
    """Answer the questions in their order; their audit entries are committed when this returns."""
    bits = await connection.fetchval(
        ANSWER,
        [q.id for q in questions],
        [q.tag for q in questions],
        [q.tags[0] for q in questions],
        [q.tags[1] for q in questions],
        [q.tags[2] for q in questions],
        [q.sex for q in questions],
        [q.partner for q in questions],
        [q.label for q in questions],
        [q.purpose for q in questions],
        now,
    )
    at = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yes, no = Answer(True, at), Answer(False, at)
    return [yes if bit == "1" else no for bit in bits]
