"""Sending a registration: what was declared is frozen, the household and its members exist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction

from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.acts import DECLARATIONS_KEPT
from sijil.domains.social_register.models import Declaration, Household, Member
from sijil.domains.social_register.rules import (
    composition_on,
    form_of,
    head_of,
    pack_household,
    pack_members,
    problems,
    read_household,
    read_members,
)
from sijil.domains.social_register.services.files import HOUSEHOLDS, REGISTRATIONS
from sijil.domains.social_register.types import (
    DeclaredMember,
    Form,
    FrozenDeclaration,
    RegistrationDraft,
    Value,
)
from sijil.kernel import tally
from sijil.kernel.actors import Actor
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, draw_household_code, new_key
from sijil.kernel.rows import violated


def submit_registration(
    *,
    draft: RegistrationDraft,
    births: Mapping[PersonKey, PartialDate],
    seen_version: int,
    accept_law: bool,
    accept_info: bool,
    language: str,
    actor: Actor,
    now: dt.datetime,
) -> FrozenDeclaration:
    """Freeze the answers and register the household, all or nothing: in the caller's transaction.

    ``draft``: as read in this transaction; one that changed since is refused. ``births``: by person, from the
    population register. ``seen_version``: version of the draft that the person read before confirming.
    ``language``: of the notices that follow. Two households that send the same person at the same moment:
    the first wins.
    Raises: Refused(TICKS_NEEDED, DRAFT_CHANGED, MEMBER_ELSEWHERE with the persons, ROLE_REFUSED,
    TRANSITION_REFUSED, or the first problem of the answers with its field).
    """
    registration = REGISTRATIONS.lock(draft.id)
    REGISTRATIONS.require(registration, "submit", actor=actor)
    is_same = seen_version == draft.version == registration.version
    check_confirmed(is_same, ticks=accept_law and accept_info)
    form = form_of(registration.form_version)
    ages = {person: birth.age_on(legal_day(now)) for person, birth in births.items()}
    for problem in problems(form, draft, ages, composition_on(legal_day(now))):
        raise named(problem.refusal, problem.member)
    members = read_members(form, draft, ages)
    household = _register(draft, members, births, actor, now)
    declaration = build_declaration(household, form, read_household(form, draft), members, now)
    declaration.registration = registration
    keep_declarations([declaration], actor=actor, now=now)
    sent: dict[str, Any] = {"household": household, "submitted_at": now, "language": language}
    REGISTRATIONS.move_row(registration, "submit", actor=actor, now=now, updated_at=now, **sent)
    registration.drafts.all().delete()
    return queries.frozen(declaration)


def check_confirmed(is_same: bool, *, ticks: bool) -> None:
    """Refuse what was not confirmed (TICKS_NEEDED), or changed since it was read (DRAFT_CHANGED)."""
    if not ticks:
        raise Refused(errors.TICKS_NEEDED, field="accept_law")
    if not is_same:
        raise Refused(errors.DRAFT_CHANGED)


def named(refusal: Refused, member: PersonKey | None) -> Refused:
    """Return a refusal that names the member whom it is about."""
    return Refused(refusal.error, field=refusal.field, **{**refusal.facts, "member": member})


def _register(
    draft: RegistrationDraft,
    members: Sequence[DeclaredMember],
    births: Mapping[PersonKey, PartialDate],
    actor: Actor,
    now: dt.datetime,
) -> Household:
    household = Household(
        code=draw_household_code(),
        commune_code=draft.commune_code,
        region_code=draft.region_code,
        milieu=draft.milieu,
        milieu_by=draft.milieu_by,
        head=head_of(members).person,
        declarant=draft.declarant,
        declaration_id=new_key(),
    )
    household.set_births(births)
    HOUSEHOLDS.open(household, actor=actor, now=now)
    _join(household, members, legal_day(now))
    return household


def _join(household: Household, members: Sequence[DeclaredMember], today: dt.date) -> None:
    """Write the stays in the order of the keys, so that two households never wait for each other."""
    stays = [
        Member(household=household, person=m.person, relation=m.relation, sex=m.sex, joined_on=today)
        for m in sorted(members, key=lambda m: int(m.person))
    ]
    try:
        with transaction.atomic():
            Member.objects.bulk_create(stays)
    except IntegrityError as error:
        if violated(error) != "member_in_one_household":
            raise
        taken = _taken(members)
        raise Refused(errors.MEMBER_ELSEWHERE, field="idcs", members=taken) from error


def _taken(members: Sequence[DeclaredMember]) -> tuple[PersonKey, ...]:
    people = [member.person for member in members]
    taken = Member.objects.filter(person__in=people, left_on__isnull=True).order_by("person")
    return tuple(taken.values_list("person", flat=True))


def build_declaration(
    household: Household,
    form: Form,
    answers: Mapping[str, Value],
    members: Sequence[DeclaredMember],
    now: dt.datetime,
) -> Declaration:
    """Return the frozen row, not yet written. ``sha256``: of the canonical JSON of its content."""
    row = Declaration(
        id=household.declaration_id,
        household=household,
        form_version=form.version,
        form_digest=form.pin.digest,
        declared_on=legal_day(now),
        milieu=household.milieu,
        milieu_by=household.milieu_by,
        answers=dict(answers),
        members=[
            {"person": m.person, "sex": m.sex, "age": m.age, "answers": dict(m.answers)} for m in members
        ],
        packed_household=pack_household(form, answers),
        packed_members=pack_members(form, members),
        declared_at=now,
    )
    row.sha256 = queries.digest_of(row)
    return row


def keep_declarations(rows: Sequence[Declaration], *, actor: Actor, now: dt.datetime) -> None:
    """Write frozen rows, and have the log say what they hold."""
    Declaration.objects.bulk_create(rows)
    tell_of_declarations(rows, actor=actor, now=now)


def tell_of_declarations(rows: Sequence[Declaration], *, actor: Actor, now: dt.datetime) -> None:
    """Have the log say what rows hold that were just written."""
    tally.record(DECLARATIONS_KEPT, queries.DECLARATIONS, map(queries.said, rows), actor=actor, now=now)
