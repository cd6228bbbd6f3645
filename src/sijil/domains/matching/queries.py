"""Reads of matching: stored comparisons, the queue of cases, one case with its decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sijil.domains.matching import errors, models
from sijil.domains.matching.rules.blocking import Rule, blocking_values, strong_documents_of
from sijil.domains.matching.states import CaseState
from sijil.domains.matching.types import (
    Candidate,
    Case,
    CaseVerdict,
    Comparison,
    Decision,
    Origin,
    Subject,
    Verdict,
)
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring

CONTEXT = "matching"


def reason_aad(decision: UUID) -> str:
    """Return what ties a sealed reason to its row."""
    return f"matching_decision.sealed:{decision}"


def keys_of(subject: Subject) -> dict[int, int]:
    """Return {keyed hash: rule} of ``subject``: HMAC-SHA-256 cut to a signed 64-bit number."""
    return {_key(rule, value): int(rule) for rule, value in blocking_values(subject)}


def _key(rule: Rule, value: str) -> int:
    return int.from_bytes(keyring().blind_index(CONTEXT, rule.name, value)[:8], "big", signed=True)


def shares_strong_paper(subject: Subject) -> bool:
    """Tell whether a paper of ``subject`` that names one person alone is on another file that is compared."""
    return bool(list_with_strong_paper(subject))


def list_with_strong_paper(subject: Subject) -> set[UUID]:
    """Return the files that are compared and have a paper of ``subject`` that names one person alone."""
    keys = [_key(Rule.DOCUMENT, number) for number in strong_documents_of(subject)]
    others = models.MatchingKey.objects.filter(key__in=keys).exclude(subject=subject.ref)
    return set(others.values_list("subject", flat=True)) if keys else set()


def list_unlike(subjects: Iterable[Subject]) -> set[UUID]:
    """Return those whose kept keys are not those by which they should be found."""
    wanted = {subject.ref: keys_of(subject) for subject in subjects}
    kept: dict[UUID, dict[int, int]] = {ref: {} for ref in wanted}
    rows = models.MatchingKey.objects.filter(subject__in=wanted)
    for ref, key, rule in rows.values_list("subject", "key", "rule"):
        kept[ref][key] = rule
    return {ref for ref in wanted if kept[ref] != wanted[ref]}


def find_comparison(subject: UUID) -> Comparison | None:
    """Return the latest comparison of a subject, or None if it was never compared."""
    row = models.Comparison.objects.filter(subject=subject).order_by("-compared_at", "-id").first()
    return comparison_of(row) if row else None


def list_compared(subjects: Iterable[UUID]) -> dict[UUID, dt.datetime]:
    """Return when each was compared last, of those that ever were."""
    rows = models.Comparison.objects.filter(subject__in=list(subjects)).order_by("compared_at")
    return dict(rows.values_list("subject", "compared_at"))


def get_case(case_id: UUID) -> Case:
    """Return a case with all its decisions and reasons. Raises: Refused(CASE_UNKNOWN)."""
    row = models.Case.objects.filter(id=case_id).first()
    if row is None:
        raise Refused(errors.CASE_UNKNOWN)
    return _case(row, [_decision(d) for d in row.decisions.all()])


def list_refs(case_id: UUID) -> frozenset[UUID]:
    """Return the keys of the files of a case: the new one and those it resembles.

    Raises: Refused(CASE_UNKNOWN).
    """
    row = models.Case.objects.filter(id=case_id).first()
    if row is None:
        raise Refused(errors.CASE_UNKNOWN)
    return frozenset({row.subject, *(UUID(body["ref"]) for body in row.candidates)})


def find_open_case(subject: UUID) -> Case | None:
    """Return the open case of a subject, if there is one."""
    row = models.Case.objects.filter(subject=subject).exclude(state=CaseState.CLOSED).first()
    return _case(row, []) if row else None


def find_latest_case(subject: UUID) -> Case | None:
    """Return the last case of a subject, open or closed, without its reasons."""
    row = models.Case.objects.filter(subject=subject).order_by("-opened_at", "-id").first()
    return _case(row, []) if row else None


def list_judged(subject: UUID, others: Iterable[UUID]) -> set[UUID]:
    """Return those of ``others`` of whom closed cases say already whether they are ``subject`` or not."""
    rows = models.Case.objects.filter(subject__in=[subject, *others], state=CaseState.CLOSED)
    pairs = [{row.subject, ref} for row in rows for ref in _judged(row)]
    return {ref for pair in pairs if subject in pair for ref in pair} - {subject}


def list_facing(subject: UUID, others: Iterable[UUID]) -> set[UUID]:
    """Return those of ``others`` who have a case of their own, open or closed, that names ``subject``.

    Of two files deposited together one has the case of both. The case of a registered person who was
    corrected is none: no number waits for it.
    """
    rows = models.Case.objects.filter(subject__in=list(others), person="")
    return {row.subject for row in rows if str(subject) in {body["ref"] for body in row.candidates}}


def _judged(row: models.Case) -> list[UUID]:
    return [row.linked_to] if row.linked_to else [UUID(body["ref"]) for body in row.candidates]


def list_open_cases(*, officer: str = "", limit: int = 100) -> list[Case]:
    """Return open cases, the oldest first, without reasons.

    With ``officer``: only those this officer may decide (not their own file, not decided by them).
    """
    rows = models.Case.objects.exclude(state=CaseState.CLOSED).order_by("opened_at", "id")
    if officer:
        rows = rows.exclude(deposited_by=officer).exclude(decisions__officer=officer)
    return [_case(row, []) for row in rows[:limit]]


def find_next_case(*, officer: str, after: UUID | None = None) -> UUID | None:
    """Return the next case this officer may decide: the oldest, or the one after ``after`` in the queue."""
    queue = [case.id for case in list_open_cases(officer=officer, limit=1000)]
    if after in queue:
        queue = queue[queue.index(after) + 1 :]
    return queue[0] if queue else None


def count_open_cases() -> Mapping[str, int]:
    """Return the number of open cases per state."""
    states = models.Case.objects.exclude(state=CaseState.CLOSED).values_list("state", flat=True)
    found = list(states)
    return {s.value: found.count(s.value) for s in CaseState if s is not CaseState.CLOSED}


def comparison_of(row: models.Comparison) -> Comparison:
    """Return the value of a stored comparison."""
    return Comparison(
        id=row.id,
        subject=row.subject,
        verdict=Verdict(row.verdict),
        candidates=tuple(map(_candidate, row.candidates)),
        compared=row.compared,
        dropped_blocks=row.dropped_blocks,
        is_truncated=row.is_truncated,
        model_version=row.model_version,
        people=row.people,
        compared_at=row.compared_at,
    )


def _candidate(body: Mapping[str, Any]) -> Candidate:
    return Candidate(
        UUID(body["ref"]), body["weight"], Verdict(body["verdict"]), body["levels"], body["shared_keys"]
    )


def _decision(row: models.Decision) -> Decision:
    reason = keyring().unseal_json(CONTEXT, bytes(row.sealed), aad=reason_aad(row.id))["reason"]
    return Decision(row.officer, CaseVerdict(row.verdict), row.candidate, reason, row.decided_at)


def _case(row: models.Case, decisions: list[Decision]) -> Case:
    return Case(
        id=row.id,
        subject=row.subject,
        number=row.number,
        candidates=tuple(map(_candidate, row.candidates)),
        origin=Origin(row.origin),
        state=row.state,
        opened_at=row.opened_at,
        due_on=row.due_on,
        verdict=CaseVerdict(row.verdict) if row.verdict else None,
        linked_to=row.linked_to,
        closed_at=row.closed_at,
        deposited_by=row.deposited_by,
        decisions=tuple(decisions),
        person=row.person,
    )
