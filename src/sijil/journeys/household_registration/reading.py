"""The person's own space: where the household stands, what it declared, its score explained."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from sijil.domains.documents import queries as documents
from sijil.domains.geography import queries as geography
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.errors import UNKNOWN_PERSON
from sijil.domains.population_register.types import Person
from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.errors import SCORE_MISSING
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, rules
from sijil.domains.social_register.queries import alone, reviews
from sijil.domains.social_register.types import FrozenDeclaration, HouseholdView
from sijil.journeys.household_registration.people import ages_of, asked_household, own, show_household
from sijil.journeys.household_registration.score import as_eligibilities
from sijil.journeys.household_registration.types import MyFile, Paper, ScorePage
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey, show_household_code
from sijil.kernel.together import together


def get_my_file(*, actor: Actor, now: dt.datetime) -> MyFile:
    """Return everything that a signed-in person's own space shows. Raises: Refused(UNKNOWN_PERSON)."""
    household = queries.find_household_of(actor.person)
    if household is None:
        return _without_household(actor, now)
    return _my_household(household, actor=actor, now=now)


def _without_household(actor: Actor, now: dt.datetime) -> MyFile:
    who = actor.person
    asked = (
        population.asked_persons([who], act=social_acts.READ, actor=actor, now=now),
        alone.asked_draft_of(who),
        alone.asked_registration_of(who),
        alone.asked_refusal(who),
    )
    together(*asked)
    people, draft, file, refusal = asked
    person = _oneself(people.value, actor)
    return MyFile(person, draft.value, file.value, None, {}, {}, None, None, refusal=refusal.value)


def _oneself(people: Mapping[PersonKey, Person], actor: Actor) -> Person:
    """Raises: Refused(UNKNOWN_PERSON)."""
    if actor.person not in people:
        raise Refused(UNKNOWN_PERSON, field="idcs")
    return people[actor.person]


def _my_household(household: HouseholdView, *, actor: Actor, now: dt.datetime) -> MyFile:
    code = household.code
    asked = (
        asked_household(household, [member.person for member in household.members], actor=actor, now=now),
        queries.asked_registration_of_household(code),
        queries.asked_form_version(code),
        scoring.asked_current_score(code),
        reviews.asked_check(code),
        programmes.asked_current_decisions(code),
        queries.asked_completion(code),
        geography.asked_place(household.commune_code),
    )
    together(*asked)
    people, registration, form, score, check, decided, completion, place = asked
    return MyFile(
        person=_oneself(people.value, actor),
        draft=None,
        registration=registration.value,
        household=household,
        people=people.value,
        ages=ages_of(people.value, now),
        form=rules.form_of(form.value),
        score=score.value,
        check=check.value,
        eligibilities=as_eligibilities(decided.value) if score.value else (),
        completion=completion.value,
        place=place.value,
    )


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
    code = household.code
    asked = (
        scoring.asked_last_scores(code),
        queries.asked_declaration(code),
        programmes.asked_current_decisions(code),
        reviews.asked_check(code),
        geography.asked_place(household.region_code),
        scoring.asked_moments(code),
        documents.asked_receipts("score", code),
    )
    together(*asked)
    scores, declaration, decided, check, region, moments, receipts = asked
    if not scores.value:
        raise Refused(SCORE_MISSING)
    present, *before = scores.value
    explanation = scoring.explained(
        present, before[0] if before else None, language=language, decimals=decimals
    )
    if not own(household):
        acts.shown(scoring_acts.READ, actor=actor, subjects=[code], now=now)
    return ScorePage(
        household=household,
        declaration=declaration.value,
        explanation=explanation,
        eligibilities=as_eligibilities(decided.value),
        check=check.value,
        region=region.value,
        papers=_printed(code, moments.value[1:], receipts.value),
    )


def _printed(
    code: str, scores: Sequence[tuple[int, dt.datetime]], receipts: Sequence[tuple[str, dt.datetime]]
) -> tuple[Paper, ...]:
    """Return the scores before the present one of which a paper was printed, the newest first."""
    return tuple(Paper(n, at) for n, at in scores if (score_number(code, n), at) in set(receipts))


def score_number(code: str, number: int) -> str:
    """Return the number of the paper of a score."""
    return f"{show_household_code(code)} / {number}"


def get_own_household(actor: Actor) -> HouseholdView:
    """Return the present household of the signed-in person. Raises: Refused(HOUSEHOLD_UNKNOWN)."""
    household = queries.find_household_of(actor.person)
    if household is None:
        raise Refused(errors.HOUSEHOLD_UNKNOWN)
    return household
