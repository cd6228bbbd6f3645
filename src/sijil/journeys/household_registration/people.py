"""Identities of a household, opened for whom they concern, and written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Person
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors
from sijil.domains.social_register.states import HouseholdState
from sijil.domains.social_register.types import HouseholdView, RegistrationDraft
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.together import Asked


def show_listed(draft: RegistrationDraft, *, actor: Actor, now: dt.datetime) -> Mapping[PersonKey, Person]:
    """Return the persons of a draft to who fills it in: an entry for each but oneself.

    Raises: Refused(PERSON_NOT_CONFIRMED).
    """
    listed = [member.person for member in draft.members]
    found = population.list_persons(listed, act=social_acts.DRAFT_READ, actor=actor, now=now)
    require_all(listed, found)
    return found


def show_household(
    household: HouseholdView, people: Iterable[PersonKey], *, actor: Actor, now: dt.datetime
) -> Mapping[PersonKey, Person]:
    """Return persons to a member of their household: an entry for each who is not of the reader's own."""
    return asked_household(household, people, actor=actor, now=now).value


def asked_household(
    household: HouseholdView, people: Iterable[PersonKey], *, actor: Actor, now: dt.datetime
) -> Asked[dict[PersonKey, Person]]:
    """The same, with other reads."""
    return population.asked_persons(people, act=social_acts.READ, own=own(household), actor=actor, now=now)


def require_all(listed: Iterable[PersonKey], found: Collection[PersonKey]) -> None:
    """Raises: Refused(PERSON_NOT_CONFIRMED) naming the first who is not in the register."""
    for person in listed:
        if person not in found:
            raise Refused(errors.PERSON_NOT_CONFIRMED, field="idcs", member=person)


def own(household: HouseholdView) -> set[PersonKey]:
    """Return whom a member reads without an entry: once the household is confirmed, all of it."""
    is_confirmed = household.state == HouseholdState.ACTIVE
    return {member.person for member in household.members} if is_confirmed else set()


def ages_of(people: Mapping[PersonKey, Person], now: dt.datetime) -> Mapping[PersonKey, int]:
    """Return whole years on the legal day, by person."""
    return {key: person.birth.age_on(legal_day(now)) for key, person in people.items()}
