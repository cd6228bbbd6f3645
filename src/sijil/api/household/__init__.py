"""The household journey for a signed-in person: form, draft, members, sending, score.

A person has one draft at most, so no identifier is needed: everything is below ``/my-household``.
Answers are as typed: flags 0/1, whole numbers, option codes, bills in dirhams (up to three months).
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from ninja import Router, Status

from sijil.api.auth import citizen_auth
from sijil.api.household.answers import serve_answers
from sijil.api.household.schemas import (
    AddedOut,
    DraftOut,
    FormOut,
    Language,
    MemberIn,
    MyHouseholdOut,
    PlaceIn,
    ReceiptOut,
    ScoreOut,
    SubmissionIn,
)
from sijil.api.household.shapes import (
    show_answers,
    show_eligibility,
    show_field,
    show_group,
    show_place_question,
    show_points,
    show_shortcoming,
    show_text,
)
from sijil.api.idempotency import once
from sijil.api.problems import PROBLEMS
from sijil.domains.social_register import rules
from sijil.domains.social_register.types import Saved
from sijil.journeys import household_registration as journey
from sijil.journeys.household_registration import papers
from sijil.kernel import clean
from sijil.pages import clock, throttle

router = Router(tags=["household"])


@router.get("/household-form", response=FormOut, auth=None, operation_id="get_household_form")
def get_form(request: Any) -> dict[str, Any]:
    """The form in force, with every label in Arabic, French, Tamazight and English."""
    form = rules.form_on(clock.today())
    blocks = [{"id": b.id, "step": b.step, "labels": dict(b.labels)} for b in form.blocks]
    fields = [show_field(field) for field in form.fields.values()]
    return {"version": form.version, "starts_on": form.starts_on, "blocks": blocks, "fields": fields}


@router.get(
    "/my-household",
    response={200: MyHouseholdOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="get_my_household",
)
def get_my_household(request: Any) -> dict[str, Any]:
    """Where the signed-in person stands."""
    mine = journey.get_my_file(actor=request.actor, now=clock.now())
    file, household = mine.registration, mine.household
    return {
        "idcs": mine.person.idcs,
        "has_draft": mine.draft is not None,
        "registration_number": file.number if file else None,
        "registration_state": file.state if file else None,
        "household_code": household.code if household else None,
        "household_state": household.state if household else None,
        "members": [mine.people[m.person].idcs for m in household.members] if household else [],
        "score": str(mine.score.points) if mine.score else None,
    }


@router.post(
    "/my-household/draft",
    response={201: DraftOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="start_household_draft",
)
def start_draft(request: Any) -> Status[Any]:
    """Start a registration, or resume the one that is open."""
    journey.start(actor=request.actor, now=clock.now())
    return Status(201, _draft(request))


@router.get(
    "/my-household/draft",
    response={200: DraftOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="get_household_draft",
)
def get_draft(request: Any) -> dict[str, Any]:
    """Everything typed so far, and what keeps it from being sent."""
    return _draft(request)


@router.delete(
    "/my-household/draft",
    response={204: None, **PROBLEMS},
    auth=citizen_auth,
    operation_id="delete_household_draft",
)
def delete_draft(request: Any) -> Status[Any]:
    """Delete the draft and all that was typed."""
    file = _file(request)
    journey.withdraw(registration_id=file.draft.id, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.put(
    "/my-household/draft/place",
    response={200: DraftOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="put_household_place",
)
def put_place(request: Any, body: PlaceIn) -> dict[str, Any]:
    """Say in which commune the household lives, and in which part of it where the draft asks."""
    file = _file(request)
    journey.move(
        registration_id=file.draft.id,
        commune_code=body.commune_code,
        area=body.area,
        actor=request.actor,
        now=clock.now(),
    )
    return _draft(request)


def _count_trial(request: Any, body: MemberIn) -> None:
    throttle.take("household.add", request.actor.id, now=clock.now())


@router.post(
    "/my-household/draft/members",
    response={201: AddedOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="add_household_member",
)
@once(before=_count_trial)
def add_member(request: Any, body: MemberIn) -> Status[Any]:
    """Add a person by IDCS and birth date. Unknown and wrong are answered alike, and trials are counted."""
    file = _file(request)
    claim = clean.together(
        {
            "idcs": lambda: clean.idcs(body.idcs),
            "birth": lambda: clean.partial_date(body.birth, field="birth"),
        }
    )
    place, person = journey.add_member(
        registration_id=file.draft.id,
        **claim,
        actor=request.actor,
        now=clock.now(),
    )
    return Status(201, {"place": place, "idcs": person.idcs, "sex": person.sex})


@router.delete(
    "/my-household/draft/members/{int:place}",
    response={204: None, **PROBLEMS},
    auth=citizen_auth,
    operation_id="remove_household_member",
)
def remove_member(request: Any, place: int) -> Status[Any]:
    """Take a person out of the list."""
    file = _file(request)
    journey.remove_member(registration_id=file.draft.id, place=place, actor=request.actor, now=clock.now())
    return Status(204, None)


@router.post(
    "/my-household/draft/submission",
    response={201: ReceiptOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="submit_household",
)
@once()
def submit(request: Any, body: SubmissionIn) -> Status[Any]:
    """Freeze the answers, register the household, and score it at once."""
    file = _file(request)
    journey.submit(
        registration_id=file.draft.id,
        seen_version=body.version,
        accept_law=body.accept_law,
        accept_info=body.accept_info,
        language=body.language,
        actor=request.actor,
        now=clock.now(),
    )
    receipt = journey.get_receipt(registration_id=file.draft.id, actor=request.actor)
    facts = {
        "number": receipt.registration.number,
        "state": receipt.registration.state,
        "household_code": receipt.household.code,
        "household_state": receipt.household.state,
        "members": len(receipt.household.members),
        "answer_due_on": receipt.registration.answer_due_on,
        "score": show_points(receipt.score),
        "eligibilities": [show_eligibility(e) for e in receipt.eligibilities],
    }
    return Status(201, facts)


@router.get(
    "/my-household/score",
    response={200: ScoreOut, **PROBLEMS},
    auth=citizen_auth,
    operation_id="get_household_score",
)
def get_score(request: Any, language: Language = "ar") -> dict[str, Any]:
    """The present score with what each answer adds, and each programme's verdict."""
    page = journey.get_score_page(actor=request.actor, language=language, decimals=7, now=clock.now())
    score, explanation = page.explanation.score, page.explanation
    return {
        "household_code": score.household_code,
        "number": score.number,
        "state": score.state,
        "score": str(score.points),
        "shown": str(explanation.shown),
        "change": show_text(explanation.change),
        "formula_version": score.formula_version,
        "computed_at": score.computed_at,
        "checked_until": page.check.due_on if page.check else None,
        "inputs": dict(score.inputs),
        "groups": [show_group(group) for group in explanation.groups],
        "eligibilities": [show_eligibility(e) for e in page.eligibilities],
    }


@router.get(
    "/my-household/receipt",
    response={200: bytes, **PROBLEMS},
    auth=citizen_auth,
    operation_id="get_household_receipt",
)
def get_receipt(request: Any) -> HttpResponse:
    """The receipt as PDF (Arabic and French, signed QR)."""
    now = clock.now()
    throttle.work(throttle.PAGE, actor=request.actor, address=request.META["REMOTE_ADDR"], now=now)
    content, number = papers.render_receipt(actor=request.actor, now=now)
    headers = {"Content-Disposition": f'inline; filename="sijil-{number}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


def _file(request: Any) -> journey.File:
    return journey.get_file(actor=request.actor, now=clock.now())


def _draft(request: Any) -> dict[str, Any]:
    file = _file(request)
    draft = file.draft
    return {
        "number": draft.number,
        "version": draft.version,
        "commune_code": draft.commune_code,
        "milieu": draft.milieu,
        "milieu_by": draft.milieu_by,
        "area": draft.area,
        "place_question": show_place_question(journey.find_place_question(draft)),
        "form_version": draft.form_version,
        "updated_at": draft.updated_at,
        "answers": show_answers(draft.answers),
        "members": [
            {
                "place": m.place,
                "idcs": file.people[m.person].idcs,
                "age": file.ages[m.person],
                "sex": m.sex,
                "answers": show_answers(m.answers),
            }
            for m in draft.members
        ],
        "problems": [show_shortcoming(found, draft) for found in journey.list_problems(file)],
    }


def _saving(request: Any, place: int) -> partial[list[Saved]]:
    return partial(journey.save_answers, registration_id=_file(request).draft.id, member=place)


serve_answers(router, "/my-household/draft", "household", _saving)
