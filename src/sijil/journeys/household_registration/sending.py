"""Sending a registration, deciding on it at once, and the receipt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.db import transaction

from sijil.domains.population_register import queries as population
from sijil.domains.population_register import services as register
from sijil.domains.population_register.acts import AGES_READ
from sijil.domains.population_register.states import PersonState
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.types import ScoreState, Trigger
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries, services
from sijil.domains.social_register.types import HouseholdView, RegistrationDraft
from sijil.journeys import events
from sijil.journeys.household_registration.drafting import lifted
from sijil.journeys.household_registration.people import require_all
from sijil.journeys.household_registration.rescoring import score_households
from sijil.journeys.household_registration.score import eligibilities
from sijil.journeys.household_registration.types import SCORER, Receipt
from sijil.kernel import acts, jobs
from sijil.kernel.actors import Actor
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey


def submit(
    *,
    registration_id: UUID,
    seen_version: int,
    accept_law: bool,
    accept_info: bool,
    language: str = "ar",
    actor: Actor,
    now: dt.datetime,
) -> None:
    """Send the draft: freeze, register, then score and decide at once. What came of it: :func:`get_receipt`.

    ``language``: of the page, kept with the file for its notices, whoever decides.
    Raises: Refused as :func:`social_register.services.submit_registration`, and as the score's own
    bounds; then nothing is changed.
    """
    _freeze(registration_id, seen_version, accept_law and accept_info, language, actor, now)
    decide(registration_id=registration_id, now=now)


@transaction.atomic
def _freeze(
    registration_id: UUID, seen_version: int, ticks: bool, language: str, actor: Actor, now: dt.datetime
) -> None:
    draft, births = _as_registered(lifted(queries.get_draft(registration_id), now), actor, now)
    declaration = services.submit_registration(
        draft=draft,
        births=births,
        seen_version=seen_version,
        accept_law=ticks,
        accept_info=ticks,
        language=language,
        actor=actor,
        now=now,
    )
    code = declaration.household_code
    score_households(
        [code], trigger=Trigger.REGISTERED, actor=SCORER, now=now, form=draft.form_version, dry_run=True
    )
    facts = {"household": code, "number": draft.number}
    acts.record_each(social_acts.DECLARED, actor=actor, subjects=births, facts=facts, now=now)
    events.publish("household.registered", subject=code, effective_on=legal_day(now), actor=actor, now=now)
    jobs.enqueue("household_registration.decide", registration_id=str(registration_id))


@transaction.atomic
def decide(*, registration_id: UUID, now: dt.datetime) -> None:
    """Score a registration that was sent, and decide on it. Doing it twice changes nothing.

    The law is that of the day of sending, by which the answers were complete, also for a worker that comes
    after midnight; if it is another by now, the rescoring of the night takes the household up like all.
    """
    claimed = services.claim_registration(registration_id=registration_id)
    if claimed is None:
        return
    code, sent_on, form = claimed
    found = score_households([code], trigger=Trigger.REGISTERED, actor=SCORER, now=now, on=sent_on, form=form)
    if found.scored or (not found.quarantined and scoring.get_current_score(code).state == ScoreState.SCORED):
        services.process_registration(registration_id=registration_id, actor=SCORER, now=now)
    else:
        services.quarantine_registration(
            registration_id=registration_id, reason="score_out_of_range", actor=SCORER, now=now
        )


def sweep(*, now: dt.datetime) -> int:
    """Worker, by the clock: no registration stays undecided; return how many were asked for again."""
    stuck = queries.list_stuck(before=now - dt.timedelta(minutes=10))
    for registration_id in stuck:
        with transaction.atomic():
            jobs.enqueue("household_registration.decide", registration_id=str(registration_id))
    return len(stuck)


def get_receipt(*, registration_id: UUID, actor: Actor) -> Receipt:
    """Return the receipt of a registration that was sent. Raises: Refused(REGISTRATION_UNKNOWN)."""
    file = queries.get_registration(registration_id)
    household = queries.get_household(file.household_code) if file.household_code else None
    may_read = actor.id == file.declarant or (household and _is_member(household, actor))
    if household is None or not may_read:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    score = scoring.find_current_score(household.code)
    return Receipt(file, household, score, eligibilities(score))


def _as_registered(
    draft: RegistrationDraft, actor: Actor, now: dt.datetime
) -> tuple[RegistrationDraft, Mapping[PersonKey, PartialDate]]:
    """Return the draft with each member's sex, and their birth dates, as the register has them.

    Each is active on the day of sending, and nobody changes them before the household is there: a change of
    identity finds the household, or the household the change.
    Raises: Refused(PERSON_NOT_CONFIRMED, MEMBER_NOT_ACTIVE).
    """
    listed = [member.person for member in draft.members]
    register.hold_persons(persons=listed)
    records = population.list_records(listed)
    require_all(listed, records)
    for person, record in records.items():
        if record.state != PersonState.ACTIVE:
            raise Refused(errors.MEMBER_NOT_ACTIVE, field="idcs", members=(person,))
    with population.Run(AGES_READ, actor=actor, selection="members of one draft", now=now) as run:
        births = run.births(listed)
    members = tuple(replace(member, sex=records[member.person].sex) for member in draft.members)
    return replace(draft, members=members), births


def _is_member(household: HouseholdView, actor: Actor) -> bool:
    return actor.id in {member.person for member in household.members}
