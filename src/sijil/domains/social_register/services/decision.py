"""What becomes of a registration that was sent. Each locks the file for the caller's transaction."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sijil.domains.social_register.models import Registration
from sijil.domains.social_register.services.files import HOUSEHOLDS, REGISTRATIONS
from sijil.domains.social_register.states import RegistrationState
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day


def claim_registration(*, registration_id: UUID) -> tuple[str, dt.date, str] | None:
    """Lock a registration for the caller's transaction; return its household, the day of its sending and the
    version of its form, or None if there is nothing to decide.

    Of two processes that decide at the same moment the second waits here, and then has nothing to do.
    Raises: Refused(REGISTRATION_UNKNOWN).
    """
    row = REGISTRATIONS.lock(registration_id)
    if row.state != RegistrationState.SUBMITTED or row.submitted_at is None:
        return None
    return str(row.household_id), legal_day(row.submitted_at), row.form_version


def process_registration(*, registration_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """The household has a valid score: it is active. Raises: Refused(TRANSITION_REFUSED, ROLE_REFUSED)."""
    row = REGISTRATIONS.lock(registration_id)
    _move(row, "process", "", actor, now)
    household = HOUSEHOLDS.lock(row.household_id)
    HOUSEHOLDS.move_row(household, "activate", actor=actor, now=now)


def quarantine_registration(*, registration_id: UUID, reason: str, actor: Actor, now: dt.datetime) -> None:
    """The score is out of range: a person looks at it, within the delay that runs already.

    ``reason``: a code of ``rules.DOUBTS``. Raises: Refused(TRANSITION_REFUSED, ROLE_REFUSED, REASON_NEEDED).
    """
    _move(REGISTRATIONS.lock(registration_id), "quarantine", reason, actor, now)


def reject_registration(*, registration_id: UUID, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Refuse it: the household is closed and its members are free again.

    ``reason``: a code of ``rules.REJECTIONS``.
    Raises: Refused(TRANSITION_REFUSED, ROLE_REFUSED, REASON_NEEDED).
    """
    row = REGISTRATIONS.lock(registration_id)
    _move(row, "reject", reason, actor, now)
    close_household(code=str(row.household_id), actor=actor, now=now)


def close_household(*, code: str, actor: Actor, now: dt.datetime) -> None:
    """Close a household: its members are free. Raises: Refused(TRANSITION_REFUSED, ROLE_REFUSED)."""
    household = HOUSEHOLDS.lock(code)
    HOUSEHOLDS.move_row(household, "close", actor=actor, now=now)
    household.members.filter(left_on__isnull=True).update(left_on=legal_day(now))


def _move(row: Registration, action: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    REGISTRATIONS.move_row(row, action, actor=actor, now=now, reason=reason, updated_at=now)
