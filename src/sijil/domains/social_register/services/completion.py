"""Asking a household to complete its declaration when questions fell due by age, and its answers.

    settle_completions   a rescoring asks, brings up to date what is asked, ends what is needed no more
    save_completion      answers are kept as typed
    complete             they become a new declaration; the one before stays as it was

Whoever completes has the household's scores first (``scoring.services.hold``): a rescoring that settles waits
for them, not the other way round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction

from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.models import CompletionRequest, Declaration, Draft, Household
from sijil.domains.social_register.rules import (
    complete_member,
    completion_problems,
    form_of,
    open_fields,
)
from sijil.domains.social_register.services.drafting import keep_answer
from sijil.domains.social_register.services.files import COMPLETIONS, HOUSEHOLDS
from sijil.domains.social_register.services.submission import build_declaration, check_confirmed, named
from sijil.domains.social_register.states import CompletionState, HouseholdState
from sijil.domains.social_register.types import DeclaredMember, Due, FrozenDeclaration, Raw, Saved
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, new_key
from sijil.kernel.rows import among

Asked = Mapping[str, tuple[UUID, Sequence[Due]]]
"""By household: the declaration that was scored, and what is due."""


def settle_completions(*, codes: Sequence[str], asked: Asked, actor: Actor, now: dt.datetime) -> None:
    """Ask households for what fell due, and those of ``codes`` of which nothing is due no more.

    An open request is brought up to date, and its clock runs on; for another declaration it lapses, and a new
    one is opened. A household whose registration is not decided is not asked. What was read before the
    household declared anew says nothing.
    """
    rows = list(_open_requests([*codes, *asked]))
    last = _last_declarations({row.household_id for row in rows} | asked.keys())
    due = {code: made for code, made in asked.items() if made[0] == last.get(code)}
    stays = {row.household_id for row in rows if _bring_up_to_date(row, last, asked, actor, now)}
    _ask({code: made for code, made in due.items() if code not in stays}, actor, now)


def _open_requests(codes: Sequence[str]) -> Iterable[CompletionRequest]:
    return CompletionRequest.objects.filter(among("household", codes), state=CompletionState.ASKED)


def _last_declarations(codes: Iterable[str]) -> dict[str, UUID]:
    """Return the last declarations of the households that are active."""
    active = Household.objects.filter(among("code", list(codes)), state=HouseholdState.ACTIVE)
    return dict(active.values_list("pk", "declaration_id"))


def _bring_up_to_date(
    row: CompletionRequest, last: Mapping[str, UUID], asked: Asked, actor: Actor, now: dt.datetime
) -> bool:
    """Tell whether an open request stays open."""
    code = row.household_id
    if code not in asked or row.declaration_id != last.get(code):
        COMPLETIONS.move(row.pk, "lapse", actor=actor, now=now)
        row.drafts.all().delete()
        return False
    made, due = asked[code]
    if made == row.declaration_id and row.due != _as_json(due):
        CompletionRequest.objects.filter(pk=row.pk).update(due=_as_json(due))
    return True


def _ask(new: Asked, actor: Actor, now: dt.datetime) -> None:
    rows = [
        CompletionRequest(household_id=code, declaration_id=made, due=_as_json(due))
        for code, (made, due) in new.items()
    ]
    if rows:
        COMPLETIONS.open_all(rows, actor=actor, now=now)


def _as_json(due: Sequence[Due]) -> list[list[object]]:
    return [[one.member, one.person, list(one.fields)] for one in due]


def may_complete(*, completion_id: UUID, actor: Actor) -> bool:
    """Tell whether an actor is who completes it."""
    return "complete" in COMPLETIONS.may(CompletionRequest.objects.get(pk=completion_id), actor)


@transaction.atomic
def save_completion(
    *,
    completion_id: UUID,
    field: str,
    raw: Raw,
    person: PersonKey,
    age: int,
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> Saved:
    """Keep one answer to an open question as typed, right or wrong. ``age``: the member's, that counts.

    Raises: Refused(FIELD_UNKNOWN, MEMBER_UNKNOWN, NOTHING_ASKED, TRANSITION_REFUSED, ROLE_REFUSED,
    ANSWER_INVALID when too long).
    """
    row = COMPLETIONS.lock(completion_id)
    COMPLETIONS.require(row, "complete", actor=actor)
    declared = queries.frozen(Declaration.objects.get(pk=row.declaration_id))
    member = next((m for m in declared.members if m.person == person), None)
    if member is None:
        raise Refused(errors.MEMBER_UNKNOWN)
    found = open_fields(form_of(declared.form_version), declared.milieu, member, age)
    asked = next((one for one in found if one.id == field), None)
    if asked is None:
        raise Refused(errors.FIELD_UNKNOWN, field=field, name=field)
    draft = _draft(row, member, declared.members.index(member) + 1, now)
    saved = keep_answer(draft, asked, raw, declared.milieu, seen_at=seen_at, page=page, now=now)
    if not saved.kept_other:
        CompletionRequest.objects.filter(pk=row.pk).update(version=row.version + 1)
    return saved


def _draft(row: CompletionRequest, member: DeclaredMember, place: int, now: dt.datetime) -> Draft:
    kept = {"step": "COM", "place": place, "sex": member.sex, "updated_at": now}
    return row.drafts.get_or_create(person=member.person, defaults=kept)[0]


def complete(
    *,
    completion_id: UUID,
    ages: Mapping[PersonKey, tuple[int, int]],
    seen_version: int,
    accept_law: bool,
    accept_info: bool,
    actor: Actor,
    now: dt.datetime,
) -> FrozenDeclaration:
    """Freeze a new complete declaration: what was declared, and the answers that fell due.

    In the caller's transaction. ``ages``: by person, on the day and the one that counts. ``seen_version``: of
    the answers that the person read before confirming.
    Raises: Refused(NOTHING_ASKED, TRANSITION_REFUSED, ROLE_REFUSED, TICKS_NEEDED, DRAFT_CHANGED), or the
    first problem of the answers with its field and member.
    """
    row = COMPLETIONS.lock(completion_id)
    COMPLETIONS.require(row, "complete", actor=actor)
    check_confirmed(seen_version == row.version, ticks=accept_law and accept_info)
    declared = queries.frozen(Declaration.objects.get(pk=row.declaration_id))
    members = _members(row, declared, ages)
    household = HOUSEHOLDS.lock(row.household_id)
    household.declaration_id = new_key()
    household.save(update_fields=["declaration_id"])
    form = form_of(declared.form_version)
    declaration = build_declaration(household, form, declared.answers, members, now)
    declaration.save(force_insert=True)
    COMPLETIONS.move_row(row, "complete", actor=actor, now=now)
    row.drafts.all().delete()
    return queries.frozen(declaration)


def _members(
    row: CompletionRequest, declared: FrozenDeclaration, ages: Mapping[PersonKey, tuple[int, int]]
) -> list[DeclaredMember]:
    """Return all members as declared anew. Raises: Refused with the first problem."""
    form, milieu, typed = form_of(declared.form_version), declared.milieu, queries.get_typed(row.pk)
    members = []
    for member in declared.members:
        answers = typed.get(member.person, {})
        for problem in completion_problems(form, milieu, member, answers, ages[member.person][1]):
            raise named(problem.refusal, problem.member)
        members.append(complete_member(form, milieu, member, answers, ages[member.person]))
    return members
