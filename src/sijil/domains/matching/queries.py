"""Reads of matching: stored comparisons, the queue of cases, one case with its decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Case as DbCase
from django.db.models import Count, Exists, F, OuterRef, Q, When

from sijil.domains.matching import errors, models
from sijil.domains.matching.rules.blocking import Rule, blocking_values, strong_documents_of
from sijil.domains.matching.rules.evidence import spoken
from sijil.domains.matching.rules.weights import model_of
from sijil.domains.matching.states import CaseState
from sijil.domains.matching.types import (
    Ask,
    Candidate,
    Case,
    CaseVerdict,
    Comparison,
    Decision,
    Origin,
    Spoken,
    Subject,
    Verdict,
    Wanted,
    Workload,
)
from sijil.kernel.dates import legal_day
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
    return _case(row, [_decision(d) for d in row.decisions.all()], tuple(map(_ask, row.asks.all())))


def list_asks(of: UUID) -> list[Ask]:
    """Return what is asked of the person of a file now and has not come yet."""
    rows = models.Ask.objects.filter(of=of, answered_at=None, case__state=CaseState.ASKED)
    return [_ask(row) for row in rows.filter(round=F("case__round"))]


def list_asked(case_id: UUID) -> list[Ask]:
    """Return what the case waits for now."""
    rows = models.Ask.objects.filter(case_id=case_id, answered_at=None, case__state=CaseState.ASKED)
    return [_ask(row) for row in rows.filter(round=F("case__round"))]


def count_decided(*, since: dt.datetime, today: dt.datetime) -> list[Workload]:
    """Return how many answers each officer gave ``since``, and how many of them from ``today`` on."""
    rows = models.Decision.objects.filter(decided_at__gte=since).values("officer")
    counted = rows.annotate(all=Count("id"), new=Count("id", filter=Q(decided_at__gte=today)))
    return [Workload(r["officer"], r["new"], r["all"]) for r in counted.order_by("-all", "officer")]


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


def list_cleared(subject: UUID) -> set[UUID]:
    """Return of whom closed cases of ``subject`` itself say that they are somebody else."""
    rows = models.Case.objects.filter(subject=subject, verdict=CaseVerdict.DIFFERENT_PERSON, person="")
    return {UUID(body["ref"]) for row in rows for body in row.candidates}


def list_deciders(case_id: UUID) -> set[str]:
    """Return the logins of who decided a case, in whatever round, and of who received its file."""
    row = models.Case.objects.filter(id=case_id).first()
    if row is None:
        raise Refused(errors.CASE_UNKNOWN)
    return {row.deposited_by, *row.decisions.values_list("officer", flat=True)} - {""}


def list_facing(subject: UUID, others: Iterable[UUID]) -> set[UUID]:
    """Return those of ``others`` who have a case of their own, open or closed, that names ``subject``.

    Of two files deposited together one has the case of both. The case of a registered person who was
    corrected is none: no number waits for it.
    """
    rows = models.Case.objects.filter(subject__in=list(others), person="")
    return {row.subject for row in rows if str(subject) in {body["ref"] for body in row.candidates}}


def _judged(row: models.Case) -> list[UUID]:
    return [row.linked_to] if row.linked_to else [UUID(body["ref"]) for body in row.candidates]


def list_open_cases(*, officer: str = "", limit: int = 100, on: dt.date | None = None) -> list[Case]:
    """Return open cases, the first to decide first, without reasons.

    With ``on``, the present day: first what is late, then those who have no number yet, then the corrected
    persons, who have theirs; each by age. With ``officer``: only those this officer may decide (not their own
    file, not decided by them, nothing asked of a person).
    """
    rows = models.Case.objects.exclude(state=CaseState.CLOSED)
    first = [_first(Q(due_on__lt=on)), _first(Q(person=""))] if on else []
    rows = rows.order_by(*first, "opened_at", "id")
    if officer:
        mine = models.Decision.objects.filter(case=OuterRef("pk"), round=OuterRef("round"), officer=officer)
        rows = rows.exclude(state=CaseState.ASKED).exclude(deposited_by=officer).exclude(Exists(mine))
    return [_case(row, []) for row in rows[:limit]]


def find_next_case(*, officer: str, after: UUID | None = None, on: dt.date | None = None) -> UUID | None:
    """Return the next case this officer may decide: the first, or the one after ``after`` in the queue."""
    queue = [case.id for case in list_open_cases(officer=officer, limit=1000, on=on)]
    if after in queue:
        queue = queue[queue.index(after) + 1 :]
    return queue[0] if queue else None


def _first(condition: Q) -> DbCase:
    """Return what sorts the rows that meet a condition before the others."""
    return DbCase(When(condition, then=0), default=1)


def count_open_cases() -> Mapping[str, int]:
    """Return the number of open cases per state."""
    states = models.Case.objects.exclude(state=CaseState.CLOSED).values_list("state", flat=True)
    found = list(states)
    return {s.value: found.count(s.value) for s in CaseState if s is not CaseState.CLOSED}


def speaks(case: Case, candidate: Candidate) -> list[Spoken]:
    """Return what each comparison of a pair says, by the model of the case; the strongest first."""
    version = models.Comparison.objects.filter(cases=case.id).values_list("model_version", flat=True).first()
    weights = model_of(version, legal_day(case.opened_at)).weights
    return spoken(candidate.levels, weights)


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
    return Decision(
        row.officer, CaseVerdict(row.verdict), row.candidate, reason, row.decided_at, row.ask, row.round
    )


def _ask(row: models.Ask) -> Ask:
    return Ask(row.id, row.case_id, row.of, Wanted(row.what), row.until, row.asked_at, row.answered_at)


def _case(row: models.Case, decisions: list[Decision], asks: tuple[Ask, ...] = ()) -> Case:
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
        round=row.round,
        asked_until=row.asked_until,
        is_unanswered=row.is_unanswered,
        asks=asks,
    )
