"""Adjudication over HTTP: the queue, one case without identity, and an officer's decision."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema

from sijil.api.auth import staff_auth
from sijil.api.problems import PROBLEMS, Body
from sijil.domains.matching.types import Case, CaseVerdict, Outcome
from sijil.journeys import person_enrolment
from sijil.pages import clock

router = Router(tags=["adjudication"])
adjudicator = staff_auth("adjudicator")


class CandidateOut(Schema):
    """A known file near the new one. ``weight``: hundredths of a bit; ``levels``: how each field compares."""

    ref: UUID
    weight: int
    verdict: str
    levels: dict[str, str]
    shared_keys: int


class DecisionOut(Schema):
    officer: str
    verdict: CaseVerdict
    candidate: UUID | None
    reason: str
    decided_at: dt.datetime


class CaseOut(Schema):
    """A case. ``decisions`` are shown once the caller has decided, or the case is closed.

    ``due_on``: the last legal day, while it is open.
    """

    id: UUID
    number: str
    state: str
    origin: str
    opened_at: dt.datetime
    due_on: dt.date | None
    is_decidable: bool
    candidates: list[CandidateOut]
    decisions: list[DecisionOut]
    verdict: CaseVerdict | None
    linked_to: UUID | None
    closed_at: dt.datetime | None


class DecisionIn(Body):
    """``candidate``: the known file of the same person; may be left out when the case has one."""

    verdict: str
    reason: str
    candidate: UUID | None = None


class OutcomeOut(Schema):
    case: UUID
    state: str
    is_settled: bool
    verdict: CaseVerdict | None
    linked_to: UUID | None


@router.get(
    "/adjudication/cases",
    response={200: list[CaseOut], **PROBLEMS},
    auth=adjudicator,
    operation_id="list_cases",
)
def list_cases(request: Any, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[dict[str, Any]]:
    """The open cases that the caller may decide, the oldest first."""
    found = person_enrolment.list_cases(officer=request.actor.id, limit=limit)
    return [_case(case, request.actor.id) for case in found]


@router.get(
    "/adjudication/cases/{case_id}",
    response={200: CaseOut, **PROBLEMS},
    auth=adjudicator,
    operation_id="read_case",
)
def read_case(request: Any, case_id: UUID) -> dict[str, Any]:
    """One case, written down for each of its files. The files themselves are read on the pages."""
    case = person_enrolment.read_case(case_id, actor=request.actor, now=clock.now())
    return _case(case, request.actor.id)


@router.post(
    "/adjudication/cases/{case_id}/decisions",
    response={200: OutcomeOut, **PROBLEMS},
    auth=adjudicator,
    operation_id="decide_case",
)
def decide(request: Any, case_id: UUID, body: DecisionIn) -> Outcome:
    """Keep the caller's decision; two officers who agree, or a third, settle the case."""
    return person_enrolment.adjudicate(
        case_id,
        verdict=body.verdict,
        reason=body.reason,
        candidate=body.candidate,
        actor=request.actor,
        now=clock.now(),
    )


def _case(case: Case, officer: str) -> dict[str, Any]:
    return {
        **{name: getattr(case, name) for name in CaseOut.model_fields if hasattr(case, name)},
        "is_decidable": case.is_decidable_by(officer),
        "candidates": [CandidateOut.from_orm(c) for c in case.candidates],
        "decisions": [DecisionOut.from_orm(d) for d in case.decisions_for(officer)],
    }
