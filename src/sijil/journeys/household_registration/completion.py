"""Completing a declaration: what fell due by age, or a newer form asks, is answered by who declared, or by
the head.

a rescoring finds questions open --> the household is asked (social_register: COMPLETION), the clock starts
save_completion                 --> answers kept as typed
complete                        --> a new declaration, and the score of it, in one transaction
until then                      --> a member keeps the age class of the last declaration; a household without
                                    an answer that the formula needs keeps its last score
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from sijil.domains.population_register import queries as population
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring import services as scoring_services
from sijil.domains.scoring.types import Trigger
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, rules, services
from sijil.domains.social_register.types import Completion, HouseholdView, Problem, Raw, Saved
from sijil.journeys.household_registration.people import show_household
from sijil.journeys.household_registration.reading import get_own_household
from sijil.journeys.household_registration.rescoring import score_households
from sijil.journeys.household_registration.types import SCORER, CompletionFile
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey


def get_completion(*, actor: Actor, now: dt.datetime) -> CompletionFile:
    """Return what is asked of the signed-in person's household, with what was typed so far.

    Raises: Refused(HOUSEHOLD_UNKNOWN, NOTHING_ASKED, BIRTH_UNKNOWN).
    """
    household = get_own_household(actor)
    found = find_completion(household, actor=actor, now=now)
    if found is None:
        raise Refused(errors.NOTHING_ASKED)
    return found


def find_completion(household: HouseholdView, *, actor: Actor, now: dt.datetime) -> CompletionFile | None:
    """Return what is asked of a household of the actor's own, if anything is."""
    request = queries.find_completion(household.code)
    return read_completion(request, household, actor=actor, now=now)


def read_completion(
    request: Completion | None, household: HouseholdView, *, actor: Actor, now: dt.datetime
) -> CompletionFile | None:
    """Return all of a request, if there is one."""
    if request is None:
        return None
    form, declaration = services.read_to_complete(queries.get_declaration(household.code), now)
    ages = _ages(household.code, now)
    fields = rules.open_questions(form, declaration, {who: counts for who, (_, counts) in ages.items()})
    return CompletionFile(
        request=request,
        declaration=declaration,
        people=show_household(household, filter(None, fields), actor=actor, now=now),
        ages=ages,
        form=form,
        fields=fields,
        typed=queries.get_typed(request.id),
        may_answer=services.may_complete(completion_id=request.id, actor=actor),
        reader=actor.person,
    )


def get_declared_person(place: int, *, actor: Actor) -> PersonKey:
    """Return the member at a place of the last declaration of one's own household, from 1.

    Raises: Refused(HOUSEHOLD_UNKNOWN, MEMBER_UNKNOWN).
    """
    members = queries.get_declaration(get_own_household(actor).code).members
    if not 1 <= place <= len(members):
        raise Refused(errors.MEMBER_UNKNOWN)
    return members[place - 1].person


def list_completion_problems(file: CompletionFile, who: rules.Who) -> tuple[Problem, ...]:
    """Return what is missing or wrong in the answers about a member; None: about the household."""
    form, declared, typed = file.form, file.declaration, file.typed.get(who, {})
    if who is None:
        return rules.household_problems(form, declared, typed)
    member = next(m for m in declared.members if m.person == who)
    anew = declared.form_version != form.version
    return rules.completion_problems(form, declared.milieu, member, typed, file.ages[who][1], anew=anew)


def is_by_age(file: CompletionFile, who: rules.Who) -> bool:
    """Tell whether something is asked of a member because of their age, whatever the law asks anew."""
    form, milieu = file.form, file.declaration.milieu
    found = [m for m in file.declaration.members if m.person == who]
    return any(rules.open_fields(form, milieu, m, file.ages[m.person][1]) for m in found)


@transaction.atomic
def save_completion(
    *,
    answers: Mapping[str, Raw],
    person: rules.Who = None,
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> list[Saved]:
    """Keep answers about a member (None: the household) as typed, each with its own time.

    Raises: Refused(NOTHING_ASKED, FIELD_UNKNOWN, MEMBER_UNKNOWN, ROLE_REFUSED).
    """
    population.require_standing(actor.person)
    household = get_own_household(actor)
    request, ages = _request(household.code), _ages(household.code, now)
    if person is not None and person not in ages:
        raise Refused(errors.MEMBER_UNKNOWN, field="idcs")
    return [
        services.save_completion(
            completion_id=request.id,
            field=field,
            raw=raw,
            person=person,
            age=ages[person][1] if person else 0,
            seen_at=seen_at,
            page=page,
            actor=actor,
            now=now,
        )
        for field, raw in answers.items()
    ]


@transaction.atomic
def complete(
    *, seen_version: int, accept_law: bool, accept_info: bool, actor: Actor, now: dt.datetime
) -> None:
    """Declare anew what was declared with the answers that were asked, and score it; all or nothing.

    Of two at once the first does it. Raises: Refused(HOUSEHOLD_UNKNOWN, NOTHING_ASKED), as
    :func:`social_register.services.complete`, and as the score refuses.
    """
    population.require_standing(actor.person)
    household = get_own_household(actor)
    scoring_services.hold([household.code])
    request = _request(household.code)
    declaration = services.complete(
        completion_id=request.id,
        ages=_ages(household.code, now),
        seen_version=seen_version,
        accept_law=accept_law,
        accept_info=accept_info,
        actor=actor,
        now=now,
    )
    score_households([household.code], trigger=Trigger.UPDATED, actor=SCORER, now=now)
    named = [member.person for member in declaration.members]
    facts = {"household": household.code, "declaration": str(declaration.id)}
    acts.record_each(social_acts.DECLARED, actor=actor, subjects=named, facts=facts, now=now)


def _request(household_code: str) -> Completion:
    found = queries.find_completion(household_code)
    if found is None:
        raise Refused(errors.NOTHING_ASKED)
    return found


def _ages(household_code: str, now: dt.datetime) -> Mapping[PersonKey, tuple[int, int]]:
    """Return the ages of the members declared: on the day, and on the day whose ages count.

    Raises: Refused(BIRTH_UNKNOWN).
    """
    today = legal_day(now)
    is_year = scoring_rules.readings_on(today).ages_on == "year"
    counts = rules.last_of_year(today) if is_year else today
    births = queries.open_births([household_code])[household_code]
    members = queries.get_declaration(household_code).members
    if not births.keys() >= {member.person for member in members}:
        raise Refused(errors.BIRTH_UNKNOWN, field="birth_date")
    return {m.person: (births[m.person].age_on(today), births[m.person].age_on(counts)) for m in members}
