"""Filling in: start, place, members, answers, leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from sijil.domains.geography import queries as geography
from sijil.domains.geography import rules as geography_rules
from sijil.domains.geography.types import HouseholdMilieu, Level, Milieu, MilieuReading, Place
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.types import Person
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, rules, services
from sijil.domains.social_register.types import Problem, Raw, RegistrationDraft, Saved
from sijil.domains.verification import queries as verification
from sijil.journeys.household_registration.people import ages_of, show_listed
from sijil.journeys.household_registration.types import SCORER, File, PlaceQuestion
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused


@transaction.atomic
def start(*, language: str = "ar", actor: Actor, now: dt.datetime) -> RegistrationDraft:
    """Open a draft for the signed-in person, or resume theirs; the commune is that of their own record.

    ``language``: of the page, and of the notices of this file.
    Raises: Refused(UNKNOWN_PERSON, PERSON_DECEASED, PERSON_SUSPENDED, MEMBER_ELSEWHERE, REGISTRATION_OPEN).
    """
    population.require_standing(actor.person)
    person = population.get_record(actor.person)
    place = _commune(person.commune_code)
    return services.start_draft(
        declarant=person.key,
        declarant_sex=person.sex,
        **_dwelling(place, "", now),
        language=language,
        actor=actor,
        now=now,
    )


@transaction.atomic
def move(*, registration_id: UUID, commune_code: str, area: str = "", actor: Actor, now: dt.datetime) -> None:
    """Say where the household lives; ``area`` (urban, rural) where that is asked: find_place_question.

    An ``area`` said before for whatever commune is forgotten.
    Raises: Refused(PLACE_UNKNOWN, AREA_NOT_ASKED, ROLE_REFUSED).
    """
    place = geography.choose_commune(commune_code)
    started_at = queries.get_draft(registration_id).started_at
    services.move_dwelling(
        registration_id=registration_id,
        **_dwelling(place, area, started_at),
        area=area,
        actor=actor,
        now=now,
    )


@transaction.atomic
def add_member(
    *, registration_id: UUID, idcs: str, birth: PartialDate, actor: Actor, now: dt.datetime
) -> tuple[int, Person]:
    """List a person who is known by this IDCS *and* this birth date; return their place, and them.

    An unknown number and a wrong date are answered alike, so that nobody is found by guessing; an identity
    is opened only once both agree, and then the person reads by whom.
    Raises: Refused(PERSON_NOT_CONFIRMED, MEMBER_ALREADY_LISTED, MEMBER_ELSEWHERE).
    """
    key = population.find_key(idcs) if verification.is_match(idcs, birth) else None
    if key is None:
        raise Refused(errors.PERSON_NOT_CONFIRMED, field="idcs")
    sex = population.get_record(key).sex
    place = services.add_member(registration_id=registration_id, person=key, sex=sex, actor=actor, now=now)
    acts.record(social_acts.MEMBER_ADDED, actor=actor, subject=key, now=now)
    return place, population.get_person(key, act=social_acts.DRAFT_READ, actor=actor, now=now)


@transaction.atomic
def remove_member(*, registration_id: UUID, place: int, actor: Actor, now: dt.datetime) -> None:
    """Take who has a place out of the draft. Raises: Refused(MEMBER_UNKNOWN, DECLARANT_STAYS)."""
    person = services.remove_member(registration_id=registration_id, place=place, actor=actor, now=now)
    acts.record(social_acts.MEMBER_REMOVED, actor=actor, subject=person, now=now)


@transaction.atomic
def save_answers(
    *,
    registration_id: UUID,
    answers: Mapping[str, Raw],
    member: int = 0,
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> list[Saved]:
    """Keep answers as typed, each with its own time. ``member``: their place; 0: about the household.

    Raises: Refused(FIELD_UNKNOWN, MEMBER_UNKNOWN).
    """
    return [
        services.save_answer(
            registration_id=registration_id,
            field=field,
            raw=raw,
            member=member,
            seen_at=seen_at,
            page=page,
            actor=actor,
            now=now,
        )
        for field, raw in answers.items()
    ]


def withdraw(*, registration_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """Delete the draft and all that was typed. Raises: Refused(TRANSITION_REFUSED) once sent."""
    services.withdraw_draft(registration_id=registration_id, actor=actor, now=now)


@transaction.atomic
def find_file(*, actor: Actor, now: dt.datetime) -> File | None:
    """Return the draft of the signed-in person, if there is one; who is named in it reads by whom."""
    draft = queries.find_draft_of(actor.person)
    return _open(draft, actor, now) if draft else None


def get_file(*, actor: Actor, now: dt.datetime) -> File:
    """Return the draft of the signed-in person. Raises: Refused(REGISTRATION_UNKNOWN)."""
    found = find_file(actor=actor, now=now)
    if found is None:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    return found


def _open(draft: RegistrationDraft, actor: Actor, now: dt.datetime) -> File:
    draft = lifted(draft, now)
    people = show_listed(draft, actor=actor, now=now)
    return File(draft, people, ages_of(people, now), rules.form_of(draft.form_version), legal_day(now))


def lifted(draft: RegistrationDraft, now: dt.datetime) -> RegistrationDraft:
    """Return a draft that can be scored today.

    A draft keeps the form it was opened with. Only when that form does not ask all that the formula in force
    needs does the draft go on with the form in force: its answers stay, the new questions are open.
    """
    formula, today = scoring_rules.formula_on(legal_day(now)), rules.form_on(legal_day(now))
    needed = scoring_rules.inputs_asked(formula, draft.milieu)
    missing = needed - rules.form_of(draft.form_version).inputs_in(draft.milieu)
    if not missing or not missing & today.inputs_in(draft.milieu):
        return draft
    services.lift_draft(registration_id=draft.id, form_version=today.version, actor=SCORER, now=now)
    return queries.get_draft(draft.id)


def find_place_question(draft: RegistrationDraft, commune_code: str = "") -> PlaceQuestion | None:
    """Return what is asked about living in a commune (the draft's, if none is given), or None.

    Raises: Refused(PLACE_UNKNOWN).
    """
    commune = geography.get_commune(commune_code or draft.commune_code)
    kind = geography_rules.area_question(commune, milieu_reading(draft.started_at))
    return PlaceQuestion(kind, tuple(geography.list_urban_centres(commune.code))) if kind else None


def milieu_reading(started_at: dt.datetime) -> MilieuReading:
    """Return what the annexes of the formula mean by urban, for a draft started at that moment."""
    return MilieuReading(scoring_rules.readings_on(legal_day(started_at)).milieu)


def list_problems(file: File) -> tuple[Problem, ...]:
    """Return all that must be corrected before sending, in the order of the form."""
    return rules.problems(file.form, file.draft, file.ages, rules.composition_on(file.on))


def _commune(code: str) -> Place:
    """Return the commune of a place; an arrondissement lies in its city."""
    place = geography.get_place(code)
    return geography.get_commune(place.parent_code if place.level == Level.ARRONDISSEMENT else code)


def _dwelling(place: Place, area: str, started_at: dt.datetime) -> dict[str, str]:
    """Return commune, region, milieu. While the area is asked, the milieu is that of the commune's kind."""
    found = geography_rules.milieu_of(place, milieu_reading(started_at), Milieu(area) if area else None)
    where = {"commune_code": place.code, "region_code": place.region_code}
    if isinstance(found, HouseholdMilieu):
        return where | {"milieu": found.milieu.value, "milieu_by": found.by.value}
    return where | {"milieu": place.milieu, "milieu_by": ""}
