"""Completing a declaration: what fell due by age is answered by who declared, or by the head.

a rescoring finds questions due --> the household is asked (social_register: COMPLETION), the clock starts
save_completion                 --> answers kept as typed
complete                        --> a new declaration, and the score of it, in one transaction
until then                      --> the member keeps the age class of the last declaration
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring import services as scoring_services
from sijil.domains.scoring.types import Trigger
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, rules, services
from sijil.domains.social_register.types import Completion, HouseholdView, Raw, Saved
from sijil.journeys.household_registration.people import show_household
from sijil.journeys.household_registration.reading import get_own_household
from sijil.journeys.household_registration.rescoring import score_households
from sijil.journeys.household_registration.types import SCORER, CompletionFile
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused


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
    if request is None:
        return None
    declaration = queries.get_declaration(household.code)
    form, ages = rules.form_of(declaration.form_version), _ages(household.code, now)
    open_fields = {
        member.idcs: rules.open_fields(form, declaration.milieu, member, ages[member.idcs][1])
        for member in declaration.members
    }
    asked = [idcs for idcs, fields in open_fields.items() if fields]
    return CompletionFile(
        request=request,
        declaration=declaration,
        people=show_household(household, asked, actor=actor, now=now),
        ages=ages,
        form=form,
        fields={idcs: open_fields[idcs] for idcs in asked},
        typed=queries.get_typed(request.id),
        may_answer=services.may_complete(completion_id=request.id, actor=actor),
    )


@transaction.atomic
def save_completion(
    *,
    answers: Mapping[str, Raw],
    member_idcs: str,
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> list[Saved]:
    """Keep answers about a member as typed, each with its own time.

    Raises: Refused(NOTHING_ASKED, FIELD_UNKNOWN, MEMBER_UNKNOWN, ROLE_REFUSED).
    """
    household = get_own_household(actor)
    request, ages = _request(household.code), _ages(household.code, now)
    if member_idcs not in ages:
        raise Refused(errors.MEMBER_UNKNOWN, field="idcs")
    return [
        services.save_completion(
            completion_id=request.id,
            field=field,
            raw=raw,
            member_idcs=member_idcs,
            age=ages[member_idcs][1],
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
    """Declare anew what was declared with the answers that fell due, and score it; all or nothing.

    Of two at once the first does it. Raises: Refused(HOUSEHOLD_UNKNOWN, NOTHING_ASKED), as
    :func:`social_register.services.complete`, and as the score refuses.
    """
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
    named = [member.idcs for member in declaration.members]
    facts = {"household": household.code, "declaration": str(declaration.id)}
    acts.record_each(social_acts.DECLARED, actor=actor, subjects=named, facts=facts, now=now)


def _request(household_code: str) -> Completion:
    found = queries.find_completion(household_code)
    if found is None:
        raise Refused(errors.NOTHING_ASKED)
    return found


def _ages(household_code: str, now: dt.datetime) -> Mapping[str, tuple[int, int]]:
    """Return the ages of the members declared: on the day, and on the day whose ages count.

    Raises: Refused(BIRTH_UNKNOWN).
    """
    today = legal_day(now)
    is_year = scoring_rules.readings_on(today).ages_on == "year"
    counts = rules.last_of_year(today) if is_year else today
    births = queries.open_births([household_code])[household_code]
    members = queries.get_declaration(household_code).members
    if not births.keys() >= {member.idcs for member in members}:
        raise Refused(errors.BIRTH_UNKNOWN, field="birth_date")
    return {m.idcs: (births[m.idcs].age_on(today), births[m.idcs].age_on(counts)) for m in members}
