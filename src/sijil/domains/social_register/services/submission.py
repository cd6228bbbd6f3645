"""Sending a registration: what was declared is frozen, the household and its members exist."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction

from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.models import (
    Declaration,
    Household,
    HouseholdStateRow,
    Member,
    Registration,
)
from sijil.domains.social_register.rules import (
    composition_on,
    form_of,
    head_of,
    problems,
    read_household,
    read_members,
)
from sijil.domains.social_register.services.steps import first_step, lock_registration, move_registration
from sijil.domains.social_register.states import HOUSEHOLD, REGISTRATION
from sijil.domains.social_register.types import (
    DeclaredMember,
    Form,
    FrozenDeclaration,
    RegistrationDraft,
    Value,
)
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import draw_household_code


@transaction.atomic
def submit_registration(
    *,
    registration_id: UUID,
    ages: Mapping[str, int],
    seen_version: int,
    accept_law: bool,
    accept_info: bool,
    actor: Actor,
    now: dt.datetime,
) -> FrozenDeclaration:
    """Freeze the answers and register the household, all or nothing.

    ``ages``: whole years today by IDCS, from the population register. ``seen_version``: version of the
    draft that the person read before confirming. Two households that send the same person at the same
    moment: the first wins.
    Raises: Refused(TICKS_NEEDED, DRAFT_CHANGED, MEMBER_ELSEWHERE with the person's number,
    TRANSITION_REFUSED, or the first problem of the answers with its field).
    """
    registration = lock_registration(registration_id, actor)
    REGISTRATION.transition(registration.state, "submit")
    _check_confirmed(registration, seen_version, ticks=accept_law and accept_info)
    draft = queries.get_draft(registration_id)
    form = form_of(registration.form_version)
    for problem in problems(form, draft, ages, composition_on(legal_day(now))):
        raise _named(problem.refusal, problem.member)
    members = read_members(form, draft, ages)
    household = _register(draft, members, actor, now)
    declaration = build_declaration(household, form, read_household(form, draft), members, now)
    declaration.registration = registration
    declaration.save(force_insert=True)
    registration.household, registration.submitted_at = household, now
    move_registration(registration, "submit", actor=actor, now=now)
    registration.drafts.all().delete()
    return queries.frozen(declaration)


def _check_confirmed(registration: Registration, seen_version: int, *, ticks: bool) -> None:
    if not ticks:
        raise Refused(errors.TICKS_NEEDED, field="accept_law")
    if seen_version != registration.version:
        raise Refused(errors.DRAFT_CHANGED)


def _named(refusal: Refused, member: str) -> Refused:
    return Refused(refusal.error, field=refusal.field, **{**refusal.facts, "member": member})


def _register(
    draft: RegistrationDraft, members: Sequence[DeclaredMember], actor: Actor, now: dt.datetime
) -> Household:
    household = Household.objects.create(
        code=draw_household_code(),
        state=HOUSEHOLD.initial.value,
        commune_code=draft.commune_code,
        region_code=draft.region_code,
        milieu=draft.milieu,
        milieu_by=draft.milieu_by,
        head_idcs=head_of(members).idcs,
        declarant_idcs=draft.declarant_idcs,
        declared_at=now,
    )
    HouseholdStateRow.objects.create(
        household=household, **first_step("declare", household.state, actor, now)
    )
    _join(household, members, legal_day(now))
    return household


def _join(household: Household, members: Sequence[DeclaredMember], today: dt.date) -> None:
    """Write the stays in the order of the IDCS, so that two households never wait for each other."""
    stays = [
        Member(household=household, idcs=m.idcs, relation=m.relation, sex=m.sex, joined_on=today)
        for m in sorted(members, key=lambda m: m.idcs)
    ]
    try:
        with transaction.atomic():
            Member.objects.bulk_create(stays)
    except IntegrityError as error:
        if "member_in_one_household" not in str(error):
            raise
        raise Refused(errors.MEMBER_ELSEWHERE, field="idcs", idcs=_taken(members)) from error


def _taken(members: Sequence[DeclaredMember]) -> str:
    idcs = [member.idcs for member in members]
    taken = Member.objects.filter(idcs__in=idcs, left_on__isnull=True).order_by("idcs")
    return ", ".join(taken.values_list("idcs", flat=True))


def build_declaration(
    household: Household,
    form: Form,
    answers: Mapping[str, Value],
    members: Sequence[DeclaredMember],
    now: dt.datetime,
) -> Declaration:
    """Return the frozen row, not yet written. ``sha256``: of the canonical JSON of its content."""
    today = legal_day(now)
    content = {
        "form_version": form.version,
        "form_digest": form.pin.digest,
        "declared_on": today.isoformat(),
        "milieu": household.milieu,
        "milieu_by": household.milieu_by,
        "answers": dict(answers),
        "members": [
            {"idcs": m.idcs, "sex": m.sex, "age": m.age, "answers": dict(m.answers)} for m in members
        ],
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return Declaration(
        household=household,
        form_version=form.version,
        form_digest=form.pin.digest,
        declared_on=today,
        milieu=household.milieu,
        milieu_by=household.milieu_by,
        answers=content["answers"],
        members=content["members"],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        declared_at=now,
    )
