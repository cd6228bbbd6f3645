"""Adjudication over HTTP: the queue, one case without identity, and an officer's decision."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any
from uuid import UUID

from ninja import Query, Router, Schema

from sijil.api.auth import staff_auth
from sijil.api.problems import PROBLEMS, Body
from sijil.domains.matching.types import Case, CaseVerdict, Outcome, Spoken
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
    ask: str
    round: int
    reason: str
    decided_at: dt.datetime


class AskOut(Schema):
    """One thing asked of the person of the file ``of``: paper, capture or visit."""

    id: UUID
    of: UUID
    what: str
    until: dt.date
    answered_at: dt.datetime | None


class SpokenOut(Schema):
    """What one comparison says. ``side``: for, against, nothing; ``strength``: 0 to 4."""

    field: str
    level: str
    side: str
    strength: int


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
    round: int
    asked_until: dt.date | None
    is_unanswered: bool
    asks: list[AskOut]
    verdict: CaseVerdict | None
    linked_to: UUID | None
    closed_at: dt.datetime | None


class DecisionIn(Body):
    """``verdict``: different_person, same_person, or cannot_tell, which names what to ``ask`` for.

    ``ask``: paper, capture or visit. ``candidate``: the known file of the same person, may be left out when
    the case has one; or the file of whose person it is asked, the new one if left out.
    """

    verdict: str
    reason: str
    candidate: UUID | None = None
    ask: str = ""


class OutcomeOut(Schema):
    case: UUID
    state: str
    is_settled: bool
    verdict: CaseVerdict | None
    linked_to: UUID | None
    asked_until: dt.date | None


@router.get(
    "/adjudication/cases",
    response={200: list[CaseOut], **PROBLEMS},
    auth=adjudicator,
    operation_id="list_cases",
)
def list_cases(request: Any, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[dict[str, Any]]:
    """The open cases that the caller may decide: late ones first, then who has no number, each by age."""
    found = person_enrolment.list_cases(officer=request.actor.id, limit=limit, on=clock.today())
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
    """Keep the caller's answer; two officers who agree, or a third, settle the case or ask the person."""
    return person_enrolment.adjudicate(
        case_id,
        verdict=body.verdict,
        reason=body.reason,
        candidate=body.candidate,
        ask=body.ask,
        actor=request.actor,
        now=clock.now(),
    )


@router.post(
    "/adjudication/cases/{case_id}/asked/{ask}/received",
    response={200: CaseOut, **PROBLEMS},
    auth=adjudicator,
    operation_id="receive_asked",
)
def receive(request: Any, case_id: UUID, ask: UUID) -> dict[str, Any]:
    """Note that what was asked of a person came to the desk; with the last of it the case is decided anew."""
    person_enrolment.receive_at_desk(case_id, ask, actor=request.actor, now=clock.now())
    return _case(person_enrolment.get_case(case_id), request.actor.id)


@router.get(
    "/adjudication/cases/{case_id}/evidence/{candidate}",
    response={200: list[SpokenOut], **PROBLEMS},
    auth=adjudicator,
    operation_id="read_evidence",
)
def read_evidence(request: Any, case_id: UUID, candidate: UUID) -> list[Spoken]:
    """What speaks for and against, the strongest first; none of a file that is not of the case."""
    case = person_enrolment.read_case(case_id, actor=request.actor, now=clock.now())
    found = next((c for c in case.candidates if c.ref == candidate), None)
    return person_enrolment.speaks(case, found) if found else []


def _case(case: Case, officer: str) -> dict[str, Any]:
    return {
        **{name: getattr(case, name) for name in CaseOut.model_fields if hasattr(case, name)},
        "is_decidable": case.is_decidable_by(officer),
        "asks": [AskOut.from_orm(a) for a in case.asks],
        "candidates": [CandidateOut.from_orm(c) for c in case.candidates],
        "decisions": [DecisionOut.from_orm(d) for d in case.decisions_for(officer)],
    }
