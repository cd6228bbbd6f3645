"""The household journey: from an open account to a registered household with an explained score.

    start         the declarant, known to the population register, opens or resumes a draft
    move          says in which commune the household lives (urban or rural: which questions are asked)
    add_member    each person by IDCS and birth date, confirmed without telling who exists
    save_answers  every answer kept as typed, from any device
    submit        two ticks; answers frozen, household and members registered; then at once:
    decide        scored by the official formula; active, or set aside when the score is out of range
    rescore       the same household under today's formula and ages

``decide`` is also a job written with the submission: if the process dies in between, a worker ends it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sijil.domains.audit import services as audit
from sijil.domains.geography import queries as geography
from sijil.domains.geography.types import Level, Place
from sijil.domains.notifications import services as notifications
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.states import PersonState
from sijil.domains.population_register.types import Person
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.types import Decision, Programme
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring import services as scoring_services
from sijil.domains.scoring.types import Explanation, ScoreResult, ScoreState, Trigger
from sijil.domains.social_register import errors, queries, rules, services
from sijil.domains.social_register.types import (
    FrozenDeclaration,
    HouseholdView,
    Problem,
    Raw,
    RegistrationDraft,
    RegistrationView,
    Saved,
)
from sijil.domains.verification import queries as verification
from sijil.journeys import events
from sijil.kernel import jobs
from sijil.kernel.actors import Actor, system
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_number

SCORER = system("scorer")
PURPOSE = "household_registration"


@dataclass(frozen=True, slots=True)
class File:
    """A draft with the persons it is about: identities are in memory only."""

    draft: RegistrationDraft
    people: Mapping[str, Person]
    ages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MyFile:
    """What a signed-in person finds in their own space; each part may be absent."""

    person: Person
    draft: RegistrationDraft | None
    registration: RegistrationView | None
    household: HouseholdView | None
    people: Mapping[str, Person]
    ages: Mapping[str, int]
    score: ScoreResult | None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One programme against one score. ``decision.distance``: threshold minus score, in points."""

    programme: Programme
    decision: Decision


@dataclass(frozen=True, slots=True)
class ScorePage:
    """A score and everything that explains it."""

    household: HouseholdView
    declaration: FrozenDeclaration
    explanation: Explanation
    eligibilities: tuple[Eligibility, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of sending: the number to keep, and what is already decided."""

    registration: RegistrationView
    household: HouseholdView
    score: ScoreResult | None
    eligibilities: tuple[Eligibility, ...]


@transaction.atomic
def start(*, actor: Actor, now: dt.datetime) -> RegistrationDraft:
    """Open a draft for the signed-in person, or resume theirs; the commune is that of their own record.

    Raises: Refused(UNKNOWN_PERSON, MEMBER_ELSEWHERE, REGISTRATION_OPEN).
    """
    person = population.get_person(actor.id)
    place = _commune(person.commune_code)
    draft = services.start_draft(
        declarant_idcs=person.idcs,
        declarant_sex=person.sex,
        commune_code=place.code,
        region_code=place.region_code,
        milieu=place.milieu,
        actor=actor,
        now=now,
    )
    audit.record(actor=actor, action="household.started", subject=actor.id, purpose=PURPOSE, now=now)
    return draft


@transaction.atomic
def move(*, registration_id: UUID, commune_code: str, actor: Actor, now: dt.datetime) -> None:
    """Say where the household lives. Raises: Refused(PLACE_UNKNOWN, DECLARATION_NOT_YOURS)."""
    place = geography.get_commune(commune_code)
    services.move_dwelling(
        registration_id=registration_id,
        commune_code=place.code,
        region_code=place.region_code,
        milieu=place.milieu,
        actor=actor,
        now=now,
    )


@transaction.atomic
def add_member(
    *, registration_id: UUID, idcs: str, birth: PartialDate, actor: Actor, now: dt.datetime
) -> Person:
    """List a person who is known by this IDCS *and* this birth date, and return them.

    An unknown number and a wrong date are answered alike, so that nobody is found by guessing.
    Raises: Refused(PERSON_NOT_CONFIRMED, MEMBER_ALREADY_LISTED, MEMBER_ELSEWHERE).
    """
    person = population.find_person(idcs)
    sex = person.sex if person else "F"
    if not verification.is_match(idcs, birth, sex) or person is None:
        raise Refused(errors.PERSON_NOT_CONFIRMED, field="idcs")
    services.add_member(registration_id=registration_id, idcs=idcs, sex=person.sex, actor=actor, now=now)
    audit.record(actor=actor, action="household.member_added", subject=idcs, purpose=PURPOSE, now=now)
    return person


@transaction.atomic
def remove_member(*, registration_id: UUID, idcs: str, actor: Actor, now: dt.datetime) -> None:
    """Take a person out of the draft. Raises: Refused(MEMBER_UNKNOWN, DECLARANT_STAYS)."""
    services.remove_member(registration_id=registration_id, idcs=idcs, actor=actor, now=now)
    audit.record(actor=actor, action="household.member_removed", subject=idcs, purpose=PURPOSE, now=now)


@transaction.atomic
def save_answers(
    *,
    registration_id: UUID,
    answers: Mapping[str, Raw],
    member_idcs: str = "",
    seen_at: dt.datetime | None = None,
    page: str = "",
    actor: Actor,
    now: dt.datetime,
) -> list[Saved]:
    """Keep answers as typed, each with its own time. Raises: Refused(FIELD_UNKNOWN, MEMBER_UNKNOWN)."""
    return [
        services.save_answer(
            registration_id=registration_id,
            field=field,
            raw=raw,
            member_idcs=member_idcs,
            seen_at=seen_at,
            page=page,
            actor=actor,
            now=now,
        )
        for field, raw in answers.items()
    ]


@transaction.atomic
def withdraw(*, registration_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """Delete the draft and all that was typed. Raises: Refused(TRANSITION_REFUSED) once sent."""
    services.withdraw_draft(registration_id=registration_id, actor=actor, now=now)
    audit.record(actor=actor, action="household.withdrawn", subject=actor.id, purpose=PURPOSE, now=now)


def submit(
    *,
    registration_id: UUID,
    seen_version: int,
    accept_law: bool,
    accept_info: bool,
    language: str = "ar",
    actor: Actor,
    now: dt.datetime,
) -> Receipt:
    """Send the draft: freeze, register, then score and decide at once. Returns the receipt.

    Raises: Refused as :func:`social_register.services.submit_registration`, and as the score's own
    bounds; then nothing is changed.
    """
    _freeze(registration_id, seen_version, accept_law and accept_info, actor, now)
    decide(registration_id=registration_id, language=language, now=now)
    return get_receipt(registration_id=registration_id, actor=actor)


@transaction.atomic
def _freeze(registration_id: UUID, seen_version: int, ticks: bool, actor: Actor, now: dt.datetime) -> None:
    draft = queries.get_draft(registration_id)
    people = _people(draft)
    _check_active(people)
    declaration = services.submit_registration(
        registration_id=registration_id,
        ages=_ages(people, now),
        seen_version=seen_version,
        accept_law=ticks,
        accept_info=ticks,
        actor=actor,
        now=now,
    )
    household = queries.get_household(declaration.household_code)
    scoring_rules.check_inputs(scoring_rules.formula_on(legal_day(now)), _inputs(household, declaration))
    for member in household.members:
        facts = {"household": household.code, "number": draft.number}
        audit.record(
            actor=actor,
            action="household.declared",
            subject=member.idcs,
            purpose=PURPOSE,
            facts=facts,
            now=now,
        )
    events.publish(
        "household.registered", subject=household.code, effective_on=legal_day(now), actor=actor, now=now
    )
    jobs.enqueue("household_registration.decide", registration_id=str(registration_id))


@transaction.atomic
def decide(*, registration_id: UUID, language: str = "ar", now: dt.datetime) -> None:
    """Score a registration that was sent, and decide on it. Doing it twice changes nothing."""
    if not services.claim_registration(registration_id=registration_id, actor=SCORER):
        return
    file = queries.get_registration(registration_id)
    household = queries.get_household(file.household_code)
    result = _score(household, queries.get_declaration(household.code), Trigger.REGISTERED, SCORER, now)
    if result.state == ScoreState.SCORED:
        services.process_registration(registration_id=registration_id, actor=SCORER, now=now)
    else:
        services.quarantine_registration(
            registration_id=registration_id, reason="score_out_of_range", actor=SCORER, now=now
        )
    _tell(file, household, result, language, now)


@transaction.atomic
def rescore(*, household_code: str, actor: Actor, now: dt.datetime) -> ScoreResult:
    """Score a household anew: its last answers, today's ages and formula.

    Raises: Refused(HOUSEHOLD_UNKNOWN); Refused(UNKNOWN_PERSON) if a member left the population register.
    """
    household = queries.get_household(household_code)
    declaration = queries.get_declaration(household_code)
    today = _with_ages(declaration, now)
    result = _score(household, today, Trigger.RESCORED, actor, now)
    audit.record(actor=actor, action="household.rescored", subject=household_code, purpose=PURPOSE, now=now)
    return result


def get_my_file(*, actor: Actor, now: dt.datetime) -> MyFile:
    """Return everything that a signed-in person's own space shows. Raises: Refused(UNKNOWN_PERSON)."""
    person = population.get_person(actor.id)
    household = queries.find_household_of(actor.id)
    draft = None if household else queries.find_draft_of(actor.id)
    registration = (
        queries.find_registration_of_household(household.code)
        if household
        else queries.find_registration_of(actor.id)
    )
    people = population.list_persons([m.idcs for m in household.members]) if household else {}
    if household:
        audit.record(actor=actor, action="household.read", subject=household.code, now=now)
    score = scoring.find_current_score(household.code) if household else None
    return MyFile(person, draft, registration, household, people, _ages(people, now), score)


def find_file(*, actor: Actor, now: dt.datetime) -> File | None:
    """Return the draft of the signed-in person, if there is one."""
    return get_file(actor=actor, now=now) if queries.find_draft_of(actor.id) else None


def get_file(*, actor: Actor, now: dt.datetime) -> File:
    """Return the draft of the signed-in person. Raises: Refused(REGISTRATION_UNKNOWN)."""
    draft = queries.find_draft_of(actor.id)
    if draft is None:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    people = _people(draft)
    return File(draft, people, _ages(people, now))


def list_problems(file: File) -> tuple[Problem, ...]:
    """Return all that must be corrected before sending, in the order of the form."""
    return rules.problems(rules.form_of(file.draft.form_version), file.draft, file.ages)


def get_receipt(*, registration_id: UUID, actor: Actor) -> Receipt:
    """Return the receipt of a registration that was sent. Raises: Refused(REGISTRATION_UNKNOWN)."""
    file = queries.get_registration(registration_id)
    household = queries.get_household(file.household_code) if file.household_code else None
    may_read = actor.id == file.declarant_idcs or (household and _is_member(household, actor.id))
    if household is None or not may_read:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    score = scoring.find_current_score(household.code)
    return Receipt(file, household, score, eligibilities(score))


def get_declared(*, actor: Actor, now: dt.datetime) -> tuple[FrozenDeclaration, Mapping[str, Person]]:
    """Return what the person's household declared last, with its members; the read is audited.

    Raises: Refused(HOUSEHOLD_UNKNOWN) without a household.
    """
    household = queries.find_household_of(actor.id)
    if household is None:
        raise Refused(errors.HOUSEHOLD_UNKNOWN)
    declaration = queries.get_declaration(household.code)
    audit.record(actor=actor, action="household.read", subject=household.code, now=now)
    return declaration, population.list_persons([m.idcs for m in declaration.members])


def eligibilities(score: ScoreResult | None) -> tuple[Eligibility, ...]:
    """Return what each programme in force on the day of the score says of it; nothing without a score."""
    if score is None:
        return ()
    on = legal_day(score.computed_at)
    is_scored = score.state == ScoreState.SCORED
    decisions = programmes.decide_all(score.a, score.b, score.divisor, is_scored=is_scored, on=on)
    known = {programme.code: programme for programme in programmes.list_programmes(on)}
    return tuple(Eligibility(known[decision.programme], decision) for decision in decisions)


def get_score_page(*, actor: Actor, language: str, decimals: int = 3, now: dt.datetime) -> ScorePage:
    """Return the present score of the signed-in person's household, explained; the read is audited.

    Raises: Refused(HOUSEHOLD_UNKNOWN) without a household, Refused(SCORE_MISSING) before the score.
    """
    household = queries.find_household_of(actor.id)
    if household is None:
        raise Refused(errors.HOUSEHOLD_UNKNOWN)
    explanation = scoring.explain(household.code, language=language, decimals=decimals)
    audit.record(actor=actor, action="score.read", subject=household.code, now=now)
    declaration = queries.get_declaration(household.code)
    return ScorePage(household, declaration, explanation, eligibilities(explanation.score))


def _commune(code: str) -> Place:
    """Return the commune of a place; an arrondissement lies in its city."""
    place = geography.get_place(code)
    return geography.get_commune(place.parent_code if place.level == Level.ARRONDISSEMENT else code)


def _people(draft: RegistrationDraft) -> Mapping[str, Person]:
    listed = [member.idcs for member in draft.members]
    found = population.list_persons(listed)
    missing = [idcs for idcs in listed if idcs not in found]
    if missing:
        raise Refused(errors.PERSON_NOT_CONFIRMED, field="idcs", member=missing[0])
    return found


def _check_active(people: Mapping[str, Person]) -> None:
    """Every member has a valid IDCS on the day of sending. Raises: Refused(MEMBER_NOT_ACTIVE)."""
    for idcs, person in people.items():
        if person.state != PersonState.ACTIVE:
            raise Refused(errors.MEMBER_NOT_ACTIVE, field="idcs", idcs=idcs)


def _ages(people: Mapping[str, Person], now: dt.datetime) -> Mapping[str, int]:
    return {idcs: person.birth.age_on(legal_day(now)) for idcs, person in people.items()}


def _with_ages(declaration: FrozenDeclaration, now: dt.datetime) -> FrozenDeclaration:
    ages = {m.idcs: population.get_person(m.idcs).birth.age_on(legal_day(now)) for m in declaration.members}
    return rules.at_ages(declaration, ages)


def _inputs(household: HouseholdView, declaration: FrozenDeclaration) -> dict[str, int]:
    return rules.inputs(
        rules.form_of(declaration.form_version),
        declaration.answers,
        declaration.members,
        milieu=declaration.milieu,
        region_code=household.region_code,
    )


def _score(
    household: HouseholdView, declaration: FrozenDeclaration, trigger: Trigger, actor: Actor, now: dt.datetime
) -> ScoreResult:
    return scoring_services.record_score(
        household_code=household.code,
        inputs=_inputs(household, declaration),
        milieu=declaration.milieu,
        region_code=household.region_code,
        trigger=trigger,
        actor=actor,
        now=now,
    )


def _is_member(household: HouseholdView, idcs: str) -> bool:
    return idcs in {member.idcs for member in household.members}


def _tell(
    file: RegistrationView, household: HouseholdView, result: ScoreResult, language: str, now: dt.datetime
) -> None:
    """Queue the message to the declarant: the number and where to read the score; no score in an SMS."""
    person = population.find_person(file.declarant_idcs)
    if person is None or not person.phone:
        return
    processed = result.state == ScoreState.SCORED
    notifications.queue_message(
        channel="sms",
        to=person.phone,
        template="household_scored" if processed else "household_in_review",
        language=language,
        facts={"number": show_number(file.number)},
        subject=household.code,
        now=now,
    )
