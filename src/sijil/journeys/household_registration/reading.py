"""The person's own space: where the household stands, what it declared, its score explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Person
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, rules
from sijil.domains.social_register.queries import reviews
from sijil.domains.social_register.types import FrozenDeclaration, HouseholdView
from sijil.journeys.household_registration.people import ages_of, own, show_household
from sijil.journeys.household_registration.score import eligibilities
from sijil.journeys.household_registration.types import MyFile, ScorePage
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey


def get_my_file(*, actor: Actor, now: dt.datetime) -> MyFile:
    """Return everything that a signed-in person's own space shows. Raises: Refused(UNKNOWN_PERSON)."""
    person = population.get_person(actor.person, act=social_acts.READ, actor=actor, now=now)
    household = queries.find_household_of(actor.person)
    if household is None:
        draft, file = queries.find_draft_of(actor.person), queries.find_registration_of(actor.person)
        refusal = reviews.find_refusal(actor.person)
        return MyFile(person, draft, file, None, {}, {}, None, None, refusal=refusal)
    members = [member.person for member in household.members]
    people = show_household(household, members, actor=actor, now=now)
    registration = queries.find_registration_of_household(household.code)
    found = scoring.find_current_score(household.code)
    form = rules.form_of(queries.get_form_version(household.code))
    check, ages = reviews.find_check(household.code), ages_of(people, now)
    return MyFile(person, None, registration, household, people, ages, form, found, check)


def get_declared(*, actor: Actor, now: dt.datetime) -> tuple[FrozenDeclaration, Mapping[PersonKey, Person]]:
    """Return what the person's household declared last, with those whom it named.

    Raises: Refused(HOUSEHOLD_UNKNOWN) without a household.
    """
    household = get_own_household(actor)
    declaration = queries.get_declaration(household.code)
    named = [member.person for member in declaration.members]
    return declaration, show_household(household, named, actor=actor, now=now)


def get_score_page(*, actor: Actor, language: str, decimals: int = 3, now: dt.datetime) -> ScorePage:
    """Return the present score of the signed-in person's household, explained.

    Raises: Refused(HOUSEHOLD_UNKNOWN) without a household, Refused(SCORE_MISSING) before the score.
    """
    household = get_own_household(actor)
    explanation = scoring.explain(household.code, language=language, decimals=decimals)
    if not own(household):
        acts.shown(scoring_acts.READ, actor=actor, subjects=[household.code], now=now)
    declaration = queries.get_declaration(household.code)
    check = reviews.find_check(household.code)
    return ScorePage(household, declaration, explanation, eligibilities(explanation.score), check)


def get_own_household(actor: Actor) -> HouseholdView:
    """Return the present household of the signed-in person. Raises: Refused(HOUSEHOLD_UNKNOWN)."""
    household = queries.find_household_of(actor.person)
    if household is None:
        raise Refused(errors.HOUSEHOLD_UNKNOWN)
    return household
