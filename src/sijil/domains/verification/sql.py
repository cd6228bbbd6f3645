"""SQL for a statement put together elsewhere: the verification process compares many claims at once."""

from __future__ import annotations

from sijil.domains.verification.states import SubjectState


def compare(claims: str) -> str:
    """Return the statement that adds ``confirmed`` to each row of ``claims``; an unknown number is a no.

    ``claims``: rows with ``idcs``, ``sex`` and the three tags of ``rules.claim_tags``: ``year_tag``,
    ``month_tag``, ``day_tag`` (empty if not said).
    """
    return f"""
    SELECT q.*, coalesce(s.state = '{SubjectState.ACTIVE}' AND s.sex = q.sex
                         AND s.birth_tag IN (q.year_tag, q.month_tag, q.day_tag), false) AS confirmed
    FROM {claims} q LEFT JOIN verification_subject s ON s.idcs = q.idcs
"""  # noqa: S608
