"""Somebody alike is known: two officers decide, each without seeing the other, or a third settles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.acts import IMAGE_READ
from sijil.domains.biometrics.types import Modality
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.acts import CASE_READ
from sijil.domains.matching.types import Candidate, Case, CaseVerdict, Outcome, Spoken, Workload
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.states import DUPLICATE
from sijil.domains.population_register.types import KnownFile
from sijil.journeys.person_enrolment.asking import freeze_sent
from sijil.journeys.person_enrolment.notices import tell_known_person
from sijil.journeys.person_enrolment.numbering import issue_number
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.dates import day_begins, legal_day


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a case, with the keys of its images."""

    file: KnownFile
    images: Mapping[Modality, UUID]


def list_cases(*, on: dt.date, officer: str = "", limit: int = 100) -> list[Case]:
    """Return the open cases, the first to decide first, without identity; of an officer: those to decide."""
    return matching_queries.list_open_cases(officer=officer, limit=limit, on=on)


def find_next_case(*, on: dt.date, officer: str, after: UUID | None = None) -> UUID | None:
    """Return the next case that an officer may decide."""
    return matching_queries.find_next_case(officer=officer, after=after, on=on)


def list_work(*, now: dt.datetime) -> list[Workload]:
    """Return how many answers each officer gave today, and in seven days."""
    today = legal_day(now)
    since = day_begins(today - dt.timedelta(days=6))
    return matching_queries.count_decided(since=since, today=day_begins(today))


def speaks(case: Case, candidate: Candidate) -> list[Spoken]:
    """Return what the comparison says for and against, the strongest first."""
    return matching_queries.speaks(case, candidate)


def get_case(case_id: UUID) -> Case:
    """Return a case without identity, for a page that opens its files. Raises: Refused(CASE_UNKNOWN)."""
    return matching_queries.get_case(case_id)


def read_case(case_id: UUID, *, actor: Actor, now: dt.datetime) -> Case:
    """Return a case without names; how its files resemble one another is about each of them: an entry each.

    Raises: Refused(CASE_UNKNOWN).
    """
    case = matching_queries.get_case(case_id)
    subjects = queries.list_subjects([case.subject, *(c.ref for c in case.candidates)])
    with transaction.atomic():
        acts.shown(CASE_READ, actor=actor, subjects=subjects.values(), facts=_facts(case_id), now=now)
    return case


def read_files(case: Case, refs: Iterable[UUID], *, actor: Actor, now: dt.datetime) -> Mapping[UUID, Side]:
    """Return those files of a case, opened for an adjudicator: an entry each, and no other is opened."""
    wanted = set(refs) & {case.subject, *(c.ref for c in case.candidates)}
    files = queries.list_files(wanted, act=CASE_READ, actor=actor, now=now)
    return {ref: Side(file, _images(file.number)) for ref, file in files.items()}


def read_image(
    case_id: UUID, capture_id: UUID, *, actor: Actor, now: dt.datetime
) -> tuple[bytes, str] | None:
    """Return one image of a file of a case with its media type; None if it belongs to another file.

    Raises: Refused(CASE_UNKNOWN, CAPTURE_UNKNOWN).
    """
    refs = matching_queries.list_refs(case_id)
    owner = queries.get_request_record(captures.get_capture(capture_id).request_number)
    if owner.id not in refs:
        return None
    return captures.get_image(capture_id, subject=owner.subject, act=IMAGE_READ, actor=actor, now=now)


@transaction.atomic
def adjudicate(
    case_id: UUID,
    *,
    verdict: str,
    reason: str,
    candidate: UUID | None = None,
    ask: str = "",
    actor: Actor,
    now: dt.datetime,
) -> Outcome:
    """Keep one officer's decision; when two agree, register the person or close the file.

    About a registered person who was corrected, the case keeps the verdict and no number changes.
    """
    outcome = matching.decide(
        case_id=case_id, verdict=verdict, reason=reason, candidate=candidate, ask=ask, actor=actor, now=now
    )
    if outcome.is_settled:
        _settle(outcome, actor, now)
    return outcome


def _settle(outcome: Outcome, actor: Actor, now: dt.datetime) -> None:
    freeze_sent(outcome.case, now=now)
    if outcome.person:  # registered before: the case keeps what was found, and every number stays
        return
    if outcome.verdict is CaseVerdict.DIFFERENT_PERSON:
        issue_number(outcome.number, actor=actor, now=now)
        return
    register.reject_request(number=outcome.number, reason=DUPLICATE, actor=actor, now=now)
    matching.forget_subject(outcome.subject, now=now)
    biometrics.forget_reference(reference=outcome.subject, now=now)
    if outcome.linked_to is not None:
        tell_known_person(outcome.linked_to, about=outcome.number, now=now)


def _images(number: str) -> Mapping[Modality, UUID]:
    return {c.modality: c.id for c in captures.list_captures(number)} if number else {}


def _facts(case_id: UUID) -> dict[str, str]:
    return {"case": str(case_id)}
