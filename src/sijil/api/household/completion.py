"""What is asked of a household after its declaration, by age or by a newer form: read, answered, completed.

A household is asked one thing at a time, so no identifier is needed. Answers are as typed, as in a draft.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ninja import Router, Status

from sijil.api.auth import citizen_auth
from sijil.api.household.answers import serve_answers
from sijil.api.household.schemas import (
    CompletedOut,
    CompletionIn,
    CompletionOut,
)
from sijil.api.household.shapes import (
    show_answers,
    show_eligibility,
    show_field,
    show_told,
)
from sijil.api.idempotency import once
from sijil.api.problems import PROBLEMS
from sijil.domains.social_register import rules
from sijil.domains.social_register.types import Problem, Saved
from sijil.journeys import household_registration as journey
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


@router.post(
    "/my-household/completion/submission",
    response={201: CompletedOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="complete_household",
)
@once()
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


def _saving(request: Any, place: int) -> partial[list[Saved]]:
    person = journey.get_declared_person(place, actor=request.actor) if place else None
    return partial(journey.save_completion, person=person)


serve_answers(router, "/my-household/completion", "household_completion", _saving)


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
