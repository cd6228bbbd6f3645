"""What is asked of a household after its declaration, by age or by a newer form: read, answered, completed.

A household is asked one thing at a time, so no identifier is needed. Answers are as typed, as in a draft.
"""

from __future__ import annotations

from typing import Any

from ninja import Router, Status

from sijil.api.auth import citizen_auth
from sijil.api.household.schemas import (
    AnswersIn,
    CompletedOut,
    CompletionIn,
    CompletionOut,
    SavedOut,
)
from sijil.api.household.shapes import (
    raw_answers,
    seen_at,
    show_answers,
    show_eligibility,
    show_field,
    show_saved,
    show_told,
)
from sijil.api.problems import PROBLEMS
from sijil.domains.social_register import errors, rules
from sijil.domains.social_register.types import Problem
from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock

router = Router(tags=["household"])


@router.get(
    "/my-household/completion",
    response={200: CompletionOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="get_household_completion",
)
def get_completion(request: Any) -> dict[str, Any]:
    """What is asked of the household now, what was answered so far, and what keeps it from being sent."""
    return _show(_file(request))


@router.put(
    "/my-household/completion/answers",
    response={200: list[SavedOut], **PROBLEMS},
    auth=citizen_auth,
    operation_id="put_household_completion_answers",
)
def put_answers(request: Any, body: AnswersIn) -> list[dict[str, Any]]:
    """Keep answers about the household, each as typed; what is wrong with one is told, not refused."""
    return _save(request, body, 0)


@router.put(
    "/my-household/completion/members/{int:place}/answers",
    response={200: list[SavedOut], **PROBLEMS},
    auth=citizen_auth,
    operation_id="put_household_completion_member_answers",
)
def put_member_answers(request: Any, place: int, body: AnswersIn) -> list[dict[str, Any]]:
    """Keep answers about one member, by the place that the reading told."""
    if not place:
        raise Refused(errors.MEMBER_UNKNOWN)
    return _save(request, body, place)


@router.post(
    "/my-household/completion/submission",
    response={201: CompletedOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="complete_household",
)
def complete(request: Any, body: CompletionIn) -> Status[Any]:
    """Make the answers a new declaration with all that was declared before, and score it at once."""
    now = clock.now()
    journey.complete(
        seen_version=body.version,
        accept_law=body.accept_law,
        accept_info=body.accept_info,
        actor=request.actor,
        now=now,
    )
    page = journey.get_score_page(actor=request.actor, language="ar", now=now)
    return Status(
        201,
        {
            "household_code": page.household.code,
            "form_version": page.declaration.form_version,
            "declared_on": page.declaration.declared_on,
            "score": str(page.explanation.score.points),
            "eligibilities": [show_eligibility(e) for e in page.eligibilities],
        },
    )


def _file(request: Any) -> journey.CompletionFile:
    return journey.get_completion(actor=request.actor, now=clock.now())


def _save(request: Any, body: AnswersIn, place: int) -> list[dict[str, Any]]:
    saved = journey.save_completion(
        answers=raw_answers(body.answers),
        person=journey.get_declared_person(place, actor=request.actor) if place else None,
        seen_at=seen_at(body.seen_at),
        actor=request.actor,
        now=clock.now(),
    )
    return [show_saved(one) for one in saved]


def _show(file: journey.CompletionFile) -> dict[str, Any]:
    return {
        "version": file.request.version,
        "form_version": file.form.version,
        "asked_at": file.request.opened_at,
        "due_on": file.request.due_on,
        "keeps_score": bool(file.request.needed_by),
        "may_answer": file.may_answer,
        "parts": [_part(file, who) for who in file.fields],
        "problems": [_problem(file, p) for who in file.fields for p in _problems(file, who)],
    }


def _problems(file: journey.CompletionFile, who: rules.Who) -> tuple[Problem, ...]:
    return journey.list_completion_problems(file, who)


def _part(file: journey.CompletionFile, who: rules.Who) -> dict[str, Any]:
    return {
        "place": _place(file, who),
        "idcs": file.people[who].idcs if who and who in file.people else "",
        "age": file.ages[who][1] if who else None,
        "questions": [show_field(field) for field in file.fields[who]],
        "answers": show_answers(file.typed.get(who, {})),
    }


def _problem(file: journey.CompletionFile, found: Problem) -> dict[str, Any]:
    return show_told(found.refusal) | {"field": found.field, "member": _place(file, found.member) or None}


def _place(file: journey.CompletionFile, who: rules.Who) -> int:
    """Return the place of a member of the declaration, from 1; 0 is the household."""
    return next((n for n, m in enumerate(file.declaration.members, 1) if m.person == who), 0)
