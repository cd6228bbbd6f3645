"""Move a file along its table of transitions, and write the immutable row of each step."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sijil.domains.social_register.errors import DECLARATION_NOT_YOURS, REGISTRATION_UNKNOWN
from sijil.domains.social_register.models import (
    Household,
    HouseholdStateRow,
    Registration,
    RegistrationStateRow,
)
from sijil.domains.social_register.states import HOUSEHOLD, REGISTRATION
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import Transition


def lock_registration(registration_id: UUID, actor: Actor) -> Registration:
    """Lock a registration for change. A citizen changes only their own.

    Raises: Refused(REGISTRATION_UNKNOWN, DECLARATION_NOT_YOURS).
    """
    found = Registration.objects.select_for_update().filter(pk=registration_id).first()
    if found is None:
        raise Refused(REGISTRATION_UNKNOWN)
    if actor.kind is ActorKind.CITIZEN and actor.id != found.declarant_idcs:
        raise Refused(DECLARATION_NOT_YOURS)
    return found


def move_registration(
    registration: Registration, action: str, *, actor: Actor, now: dt.datetime, reason: str = ""
) -> None:
    """Apply one transition to a locked registration and save it. Raises: Refused(TRANSITION_REFUSED)."""
    step = REGISTRATION.transition(registration.state, action)
    row = _row(step, registration.state, actor, now, reason)
    RegistrationStateRow.objects.create(registration=registration, **row)
    registration.state = step.target.value
    if step.within:
        today = legal_day(now)
        days = law.delay(f"social_register.{step.within}", today).days
        registration.answer_due_on = today + dt.timedelta(days=days)
    registration.updated_at = now
    registration.save()


def move_household(household: Household, action: str, *, actor: Actor, now: dt.datetime) -> None:
    """Apply one transition to a locked household and save it. Raises: Refused(TRANSITION_REFUSED)."""
    step = HOUSEHOLD.transition(household.state, action)
    HouseholdStateRow.objects.create(household=household, **_row(step, household.state, actor, now, ""))
    household.state = step.target.value
    household.save(update_fields=["state"])


def first_step(action: str, state: str, actor: Actor, now: dt.datetime) -> dict[str, object]:
    """Return the columns of the row that opens a file."""
    return {
        "action": action,
        "to_state": state,
        "actor_kind": actor.kind.value,
        "actor_id": actor.id,
        "at": now,
    }


def _row(step: Transition, state: str, actor: Actor, now: dt.datetime, reason: str) -> dict[str, object]:
    return {**first_step(step.action, step.target.value, actor, now), "from_state": state, "reason": reason}
