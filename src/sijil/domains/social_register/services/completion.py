"""Asking a household to complete its declaration: what fell due by age, or what a newer form asks.

    settle_completions   a rescoring asks, brings up to date what is asked, ends what is needed no more
    save_completion      answers are kept as typed
    complete             they become a new declaration; the one before stays as it was

The new declaration names the form whose questions it answers whole: that of the one before, or the form in
force where the one before lacks an input of it (``rules.form_to_complete``).

Whoever completes has the household's scores first (``scoring.services.hold``): a rescoring that settles waits
for them, not the other way round.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.models import CompletionRequest, Declaration, Draft, Household
from sijil.domains.social_register.rules import (
    Who,
    complete_household,
    complete_member,
    completion_problems,
    form_of,
    form_on,
    form_to_complete,
    household_problems,
    open_questions,
    read_by,
)
from sijil.domains.social_register.services.drafting import keep_answer
from sijil.domains.social_register.services.files import COMPLETIONS, HOUSEHOLDS
from sijil.domains.social_register.services.submission import (
    build_declaration,
    check_confirmed,
    keep_declarations,
    named,
)
from sijil.domains.social_register.states import CompletionState, HouseholdState
from sijil.domains.social_register.types import (
    Answer,
    DeclaredMember,
    Due,
    Form,
    FrozenDeclaration,
    Raw,
    Saved,
)
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, new_key
from sijil.kernel.rows import among

Asked = Mapping[str, tuple[UUID, Sequence[Due]]]
"""By household: the declaration that was scored, and what is due."""


Needed = Mapping[str, str]
"""By household: the formula that cannot score it without the answers."""
_NOT_NEEDED: Needed = {}


def settle_completions(
    *,
    codes: Sequence[str],
    asked: Asked,
    needed: Needed = _NOT_NEEDED,
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Ask households for what is open, and end it for those of ``codes`` of which nothing is open no more.

    An open request is brought up to date, and its clock runs on; for another declaration it lapses, and a new
    one is opened. A household whose registration is not decided is not asked. What was read before the
    household declared anew says nothing.
    """
    rows = list(_open_requests([*codes, *asked]))
    if not rows and not asked:
        return
    last = _last_declarations({row.household_id for row in rows} | asked.keys())
    due = {code: made for code, made in asked.items() if made[0] == last.get(code)}
    stays = {row.household_id for row in rows if _bring_up_to_date(row, last, asked, needed, actor, now)}
    _ask({code: made for code, made in due.items() if code not in stays}, needed, actor, now)


def _open_requests(codes: Sequence[str]) -> Iterable[CompletionRequest]:
    return CompletionRequest.objects.filter(among("household", codes), state=CompletionState.ASKED)


def _last_declarations(codes: Iterable[str]) -> dict[str, UUID]:
    """Return the last declarations of the households that are active."""
    wanted = list(codes)
    if not wanted:
        return {}
    active = Household.objects.filter(among("code", wanted), state=HouseholdState.ACTIVE)
    return dict(active.values_list("pk", "declaration_id"))


def _bring_up_to_date(
    row: CompletionRequest,
    last: Mapping[str, UUID],
    asked: Asked,
    needed: Needed,
    actor: Actor,
    now: dt.datetime,
) -> bool:
    """Tell whether an open request stays open."""
    code = row.household_id
    if code not in asked or row.declaration_id != last.get(code):
        COMPLETIONS.move(row.pk, "lapse", actor=actor, now=now)
        row.drafts.all().delete()
        return False
    made, due = asked[code]
    found = {"due": _as_json(due), "needed_by": needed.get(code, "")}
    if made == row.declaration_id and found != {"due": row.due, "needed_by": row.needed_by}:
        CompletionRequest.objects.filter(pk=row.pk).update(**found)
    return True


def _ask(new: Asked, needed: Needed, actor: Actor, now: dt.datetime) -> None:
    if not new:
        return
    columns: dict[str, list[Any]] = {
        "id": [new_key() for _ in new],
        "household_id": list(new),
        "declaration_id": [made for made, _ in new.values()],
        "due": [_as_json(due) for _, due in new.values()],
        "needed_by": [needed.get(code, "") for code in new],
    }
    COMPLETIONS.open_all(columns, actor=actor, now=now)


def _as_json(due: Sequence[Due]) -> list[list[object]]:
    return [[one.member, one.person, list(one.fields)] for one in due]


def may_complete(*, completion_id: UUID, actor: Actor) -> bool:
    """Tell whether an actor is who completes it."""
    return "complete" in COMPLETIONS.may(CompletionRequest.objects.get(pk=completion_id), actor)


def read_to_complete(declared: FrozenDeclaration, now: dt.datetime) -> tuple[Form, FrozenDeclaration]:
    """Return by which form a declaration is completed today, and what it answers of it."""
    own = form_of(declared.form_version)
    form = form_to_complete(own, form_on(legal_day(now)), declared.milieu)
    return form, read_by(form, own, declared)


@transaction.atomic
def save_completion(
    *,
    completion_id: UUID,
    field: str,
    raw: Raw,
    person: Who = None,
    age: int = 0,
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> Saved:
    """Keep one answer to an open question as typed, right or wrong.

    ``person``: the member, and ``age``: theirs, that counts; None: about the household.
    Raises: Refused(FIELD_UNKNOWN, MEMBER_UNKNOWN, NOTHING_ASKED, TRANSITION_REFUSED, ROLE_REFUSED,
    ANSWER_INVALID when too long).
    """
    row = COMPLETIONS.lock(completion_id)
    COMPLETIONS.require(row, "complete", actor=actor)
    form, declared = read_to_complete(_declared(row), now)
    people = [member.person for member in declared.members]
    if person is not None and person not in people:
        raise Refused(errors.MEMBER_UNKNOWN)
    ages = dict.fromkeys(people, age)
    found = open_questions(form, declared, ages).get(person, ())
    asked = next((one for one in found if one.id == field), None)
    if asked is None:
        raise Refused(errors.FIELD_UNKNOWN, field=field, name=field)
    draft = _draft(row, declared, person, now)
    saved = keep_answer(draft, asked, raw, declared.milieu, seen_at=seen_at, page=page, now=now)
    if not saved.kept_other:
        CompletionRequest.objects.filter(pk=row.pk).update(version=row.version + 1)
    return saved


def _declared(row: CompletionRequest) -> FrozenDeclaration:
    return queries.frozen(Declaration.objects.get(pk=row.declaration_id))


def _draft(row: CompletionRequest, declared: FrozenDeclaration, person: Who, now: dt.datetime) -> Draft:
    kept: dict[str, object] = {"step": "SOC", "place": 0, "updated_at": now}
    for place, member in enumerate(declared.members, 1):
        if member.person == person:
            kept |= {"step": "COM", "place": place, "sex": member.sex}
    return row.drafts.get_or_create(person=person, defaults=kept)[0]


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
    """Freeze a new complete declaration: what was declared, and the answers that were asked.

    In the caller's transaction. ``ages``: by person, on the day and the one that counts. ``seen_version``: of
    the answers that the person read before confirming.
    Raises: Refused(NOTHING_ASKED, TRANSITION_REFUSED, ROLE_REFUSED, TICKS_NEEDED, DRAFT_CHANGED), or the
    first problem of the answers with its field and member.
    """
    row = COMPLETIONS.lock(completion_id)
    COMPLETIONS.require(row, "complete", actor=actor)
    check_confirmed(seen_version == row.version, ticks=accept_law and accept_info)
    form, declared = read_to_complete(_declared(row), now)
    if not open_questions(form, declared, {who: counts for who, (_, counts) in ages.items()}):
        raise Refused(errors.NOTHING_ASKED)
    typed = queries.get_typed(row.pk)
    for problem in household_problems(form, declared, typed.get(None, {})):
        raise problem.refusal
    members = _members(form, declared, typed, ages)
    household = HOUSEHOLDS.lock(row.household_id)
    household.declaration_id = new_key()
    household.save(update_fields=["declaration_id"])
    answers = complete_household(form, declared, typed.get(None, {}))
    declaration = build_declaration(household, form, answers, members, now)
    keep_declarations([declaration], actor=actor, now=now)
    COMPLETIONS.move_row(row, "complete", actor=actor, now=now)
    row.drafts.all().delete()
    return queries.frozen(declaration)


def _members(
    form: Form,
    declared: FrozenDeclaration,
    typed: Mapping[Who, Mapping[str, Answer]],
    ages: Mapping[PersonKey, tuple[int, int]],
) -> list[DeclaredMember]:
    """Return all members as declared anew. Raises: Refused with the first problem."""
    milieu, anew = declared.milieu, declared.form_version != form.version
    members = []
    for member in declared.members:
        answers, both = typed.get(member.person, {}), ages[member.person]
        for problem in completion_problems(form, milieu, member, answers, both[1], anew=anew):
            raise named(problem.refusal, problem.member)
        members.append(complete_member(form, milieu, member, answers, both, anew=anew))
    return members
