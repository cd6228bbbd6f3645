"""Appeals over HTTP: the holder of a number says that a decision is wrong; an adjudicator answers."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Router, Schema, Status

from sijil.api.auth import staff_auth
from sijil.api.idempotency import once
from sijil.api.person import PaperIn, read_paper
from sijil.api.problems import PROBLEMS, Body
from sijil.domains.grievances.types import Grievance
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.pages import clock, throttle

router = Router(tags=["appeals"])
adjudicator = staff_auth("adjudicator")


class AppealIn(Body):
    """``text``: why the decision is wrong, 10 to 1,000 characters."""

    text: str
    papers: list[PaperIn] = Field(default_factory=list, max_length=5)


class AppealReceived(Schema):
    """``number``: of the appeal; ``due_on``: the day by which it is answered."""

    number: str
    state: str
    due_on: dt.date | None


class AppealLine(AppealReceived):
    """``about``: number of the file; ``is_decidable``: the caller had no part in the decision."""

    about: str
    opened_at: dt.datetime
    is_decidable: bool


class AppealRead(AppealLine):
    """``case``: of the adjudication, whose evidence is read there; ``papers``: their kinds."""

    case: str
    grounds: str
    papers: list[str]


class AnswerIn(Body):
    """``outcome``: upheld (it stands) or reversed (the file goes on); ``answer``: what the person reads."""

    outcome: str
    answer: str


def _count(request: Any, number: str, body: AppealIn) -> None:
    now, address = clock.now(), request.META["REMOTE_ADDR"]
    throttle.take("track", address, now=now)
    if body.papers:
        throttle.work(throttle.PAPER * len(body.papers), actor=PUBLIC, address=address, now=now)


@router.post(
    "/requests/{number}/appeals",
    response={201: AppealReceived, **PROBLEMS},
    auth=None,
    operation_id="appeal",
)
@once(before=_count)
def appeal(request: Any, number: str, body: AppealIn) -> Status[Grievance]:
    """Say that a file was wrongly refused as a duplicate; another officer looks at the decision anew."""
    made = person_enrolment.appeal(
        number=number,
        text=body.text,
        papers=[read_paper(p) for p in body.papers],
        actor=PUBLIC,
        now=clock.now(),
    )
    return Status(201, made)


@router.get(
    "/appeals", response={200: list[AppealLine], **PROBLEMS}, auth=adjudicator, operation_id="list_appeals"
)
def list_appeals(request: Any) -> list[dict[str, Any]]:
    """What waits for an answer, by age."""
    return [_line(found, request.actor.id) for found in person_enrolment.list_appeals()]


@router.get(
    "/appeals/{number}",
    response={200: AppealRead, **PROBLEMS},
    auth=adjudicator,
    operation_id="read_appeal",
)
def read_appeal(request: Any, number: str) -> dict[str, Any]:
    """What the person says, written down in the log. The files of the case are read on the pages."""
    read = person_enrolment.read_appeal(number, actor=request.actor, now=clock.now())
    return {
        **_line(read.grievance, request.actor.id),
        "case": str(read.case),
        "grounds": read.grounds,
        "papers": [paper.kind for paper in read.papers],
    }


@router.post(
    "/appeals/{number}/answer",
    response={200: AppealReceived, **PROBLEMS},
    auth=adjudicator,
    operation_id="answer_appeal",
)
def answer_appeal(request: Any, number: str, body: AnswerIn) -> Grievance:
    """Answer an appeal, as an officer who took no part in the decision."""
    return person_enrolment.answer_appeal(
        number, outcome=body.outcome, answer=body.answer, actor=request.actor, now=clock.now()
    )


def _line(found: Grievance, officer: str) -> dict[str, Any]:
    return {
        **{name: getattr(found, name) for name in ("number", "state", "due_on", "about", "opened_at")},
        "is_decidable": found.is_decidable_by(officer),
    }
