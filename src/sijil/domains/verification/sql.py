"""SQL for a statement put together elsewhere: the verification process compares many claims at once."""

from __future__ import annotations

from sijil.domains.verification.states import SubjectState

READS = "SELECT (tag, person, birth_tag, sex, state) ON verification_subject"
"""What whoever runs :func:`compare` must be granted."""


def find_person(tag: str) -> str:
    """Return the statement of the person of a number, as the log calls them; no row for an unknown number."""
    return f"SELECT s.person::text AS subject FROM verification_subject s WHERE s.tag = {tag}"  # noqa: S608


def compare(claims: str) -> str:
    """Return the statement that adds ``confirmed`` and ``subject`` to each row of ``claims``.

    An unknown number is a no, and the log calls it by its tag. ``claims``: rows with ``tag``, ``sex`` and the
    three tags of ``rules.claim_tags``: ``year_tag``, ``month_tag``, ``day_tag`` (empty if not said).
    """
    return f"""
    SELECT q.*, coalesce(s.state = '{SubjectState.ACTIVE}' AND s.sex = q.sex
                         AND s.birth_tag IN (q.year_tag, q.month_tag, q.day_tag), false) AS confirmed,
           coalesce(s.person::text, 'asked:' || encode(q.tag, 'hex')) AS subject
    FROM {claims} q LEFT JOIN verification_subject s ON s.tag = q.tag
"""  # noqa: S608
