"""Identities of a household, opened for whom they concern, and written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Person
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors
from sijil.domains.social_register.states import HouseholdState
from sijil.domains.social_register.types import HouseholdView, RegistrationDraft
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused


def open_listed(draft: RegistrationDraft) -> Mapping[str, Person]:
    """Return the persons of a draft; the caller writes down why. Raises: Refused(PERSON_NOT_CONFIRMED)."""
    listed = [member.idcs for member in draft.members]
    found = population.list_persons(listed)
    missing = [idcs for idcs in listed if idcs not in found]
    if missing:
        raise Refused(errors.PERSON_NOT_CONFIRMED, field="idcs", member=missing[0])
    return found


def show_listed(draft: RegistrationDraft, *, actor: Actor, now: dt.datetime) -> Mapping[str, Person]:
    """Return the persons of a draft to who fills it in: an entry for each but oneself."""
    found = open_listed(draft)
    acts.shown(social_acts.DRAFT_READ, actor=actor, subjects=found, now=now)
    return found


def show_household(
    household: HouseholdView, idcs: Iterable[str], *, actor: Actor, now: dt.datetime
) -> Mapping[str, Person]:
    """Return persons to a member of their household: an entry for each who is not of the reader's own."""
    found = population.list_persons(idcs)
    acts.shown(social_acts.READ, actor=actor, subjects=found.keys() - own(household), now=now)
    return found


def own(household: HouseholdView) -> set[str]:
    """Return whom a member reads without an entry: once the household is confirmed, all of it."""
    is_confirmed = household.state == HouseholdState.ACTIVE
    return {member.idcs for member in household.members} if is_confirmed else set()


def ages_of(people: Mapping[str, Person], now: dt.datetime) -> Mapping[str, int]:
    """Return whole years on the legal day, by IDCS."""
    return {idcs: person.birth.age_on(legal_day(now)) for idcs, person in people.items()}
