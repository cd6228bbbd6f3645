"""What becomes of a registration that was sent."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sijil.domains.social_register.models import Household, Registration
from sijil.domains.social_register.services.steps import lock_registration, move_household, move_registration
from sijil.domains.social_register.states import RegistrationState
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day


def claim_registration(*, registration_id: UUID, actor: Actor) -> bool:
    """Lock a registration for the caller's transaction; tell whether it still waits for its score.

    Of two processes that decide at the same moment the second waits here, and then has nothing to do.
    Raises: Refused(REGISTRATION_UNKNOWN).
    """
    return lock_registration(registration_id, actor).state == RegistrationState.SUBMITTED


@transaction.atomic
def process_registration(*, registration_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """The household has a valid score: it is active. Raises: Refused(TRANSITION_REFUSED)."""
    registration = lock_registration(registration_id, actor)
    move_registration(registration, "process", actor=actor, now=now)
    move_household(_household(registration), "activate", actor=actor, now=now)


@transaction.atomic
def quarantine_registration(*, registration_id: UUID, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The score is out of range: a person looks at it. ``reason``: a code, no identity."""
    registration = lock_registration(registration_id, actor)
    move_registration(registration, "quarantine", actor=actor, now=now, reason=reason)


@transaction.atomic
def reject_registration(*, registration_id: UUID, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Refuse it: the household is closed and its members are free again."""
    registration = lock_registration(registration_id, actor)
    move_registration(registration, "reject", actor=actor, now=now, reason=reason)
    household = _household(registration)
    move_household(household, "close", actor=actor, now=now)
    household.members.filter(left_on__isnull=True).update(left_on=legal_day(now))


def _household(registration: Registration) -> Household:
    return Household.objects.select_for_update().get(pk=registration.household_id)
