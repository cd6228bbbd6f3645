"""The one statement of a batch: look up, compare, write who asked; all or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

ACTION = "verification.asked"

ANSWER = f"""
WITH asked AS (
    SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[],
                         $7::text[], $8::text[], $9::text[]) WITH ORDINALITY
        AS q (id, idcs, year_tag, month_tag, day_tag, sex, partner, label, purpose, place)
), compared AS MATERIALIZED (
    SELECT q.*, coalesce(s.state = 'active' AND s.sex = q.sex
                         AND s.birth_tag IN (q.year_tag, q.month_tag, q.day_tag), false) AS confirmed
    FROM asked q LEFT JOIN verification_subject s ON s.idcs = q.idcs
), written AS (
    INSERT INTO audit_entry (id, at, actor_kind, actor_id, actor_label, action, subject, purpose, facts)
    SELECT id, $10::timestamptz, 'partner', partner, label, '{ACTION}', idcs::text, purpose,
           CASE WHEN confirmed THEN '{{"result": "match"}}' ELSE '{{"result": "no_match"}}' END::jsonb
    FROM compared
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
    """One claim to compare. ``tags``: of the birth date by year, month and day (empty if not said)."""

    id: UUID
    idcs: int
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
        [q.idcs for q in questions],
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
