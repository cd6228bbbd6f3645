"""The kinds of file of this register, bound to their tables: whatever moves them goes through here."""

from __future__ import annotations

from sijil.domains.social_register.errors import (
    HOUSEHOLD_UNKNOWN,
    NOTHING_ASKED,
    NOTHING_TO_REVIEW,
    REGISTRATION_UNKNOWN,
)
from sijil.domains.social_register.models import (
    CompletionRequest,
    CompletionStateRow,
    Household,
    HouseholdStateRow,
    Registration,
    RegistrationStateRow,
    ScoreReview,
    ScoreReviewStateRow,
)
from sijil.domains.social_register.rules.delays import delay
from sijil.domains.social_register.states import COMPLETION, HOUSEHOLD, REGISTRATION, REVIEW
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.casework import Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.ids import PersonKey


def _registration_roles(row: Registration, actor: Actor) -> set[Role]:
    return _declarant_roles(row.declarant, actor) | staff_roles(actor, place=row.commune_code)


def _household_roles(row: Household, actor: Actor) -> set[Role]:
    mine = _declarant_roles(row.declarant, actor) | staff_roles(actor, place=row.commune_code)
    is_head = actor.kind is ActorKind.CITIZEN and actor.id == row.head
    return mine | {Role.HEAD} if is_head else mine


def _completion_roles(row: CompletionRequest, actor: Actor) -> set[Role]:
    return {Role.SYSTEM} if actor.kind is ActorKind.SYSTEM else _household_roles(row.household, actor)


def _review_roles(row: ScoreReview, actor: Actor) -> set[Role]:
    return {Role.SYSTEM} if actor.kind is ActorKind.SYSTEM else _household_roles(row.household, actor)


def _declarant_roles(declarant: PersonKey, actor: Actor) -> set[Role]:
    if actor.kind is ActorKind.CITIZEN and actor.id == declarant:
        return {Role.DECLARANT}
    return {Role.DELEGATE} if actor.acts_for == declarant else set()


REGISTRATIONS = Files(
    REGISTRATION,
    Registration,
    RegistrationStateRow,
    "registration",
    REGISTRATION_UNKNOWN,
    roles=_registration_roles,
    delay=delay,
    subject=lambda row: row.number,
)
HOUSEHOLDS = Files(
    HOUSEHOLD,
    Household,
    HouseholdStateRow,
    "household",
    HOUSEHOLD_UNKNOWN,
    roles=_household_roles,
    delay=delay,
    subject=lambda row: row.code,
    facts=lambda row: {"head": str(row.head)},
)
COMPLETIONS = Files(
    COMPLETION,
    CompletionRequest,
    CompletionStateRow,
    "completion",
    NOTHING_ASKED,
    roles=_completion_roles,
    delay=delay,
    subject=lambda row: row.household_id,
)
REVIEWS = Files(
    REVIEW,
    ScoreReview,
    ScoreReviewStateRow,
    "review",
    NOTHING_TO_REVIEW,
    roles=_review_roles,
    delay=delay,
    subject=lambda row: row.household_id,
)
