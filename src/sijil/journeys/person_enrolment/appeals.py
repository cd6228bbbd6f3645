"""The person says that a file is not a duplicate: another officer looks at it anew.

    appeal          portal, counter, API   what is wrong + papers              → number, receipt, expected day
    answer_appeal   back office, API       upheld: the decision stands, with its reason in plain words
                                           reversed: the file is compared anew, without whom it was taken for

When a file is refused as a duplicate, its keys and its images are withdrawn from comparison. The reversal
puts them back under the file they belong to; the registered person it was taken for keeps theirs, and is
told. The reopened file goes the way of every deposited file: whoever was registered meanwhile is found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from sijil.domains.documents import queries as document_queries
from sijil.domains.documents import services as documents
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.types import DocumentFile, DocumentLine
from sijil.domains.grievances import queries as grievance_queries
from sijil.domains.grievances import services as grievances
from sijil.domains.grievances.acts import READ
from sijil.domains.grievances.errors import NOT_OPEN_TO_GRIEVANCE, TOO_LATE
from sijil.domains.grievances.states import GrievanceState
from sijil.domains.grievances.types import Grievance, GrievanceKind
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.types import Case, CaseVerdict, Subject
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import RequestRecord
from sijil.journeys.person_enrolment.comparison import compared_once
from sijil.journeys.person_enrolment.notices import tell_not_the_same
from sijil.journeys.person_enrolment.pre_registration import Paper, judged
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.jobs import enqueue_once


@dataclass(frozen=True, slots=True)
class Appeal:
    """A grievance as the officer reads it: what the person says, what they sent, the case it is about."""

    grievance: Grievance
    grounds: str
    papers: tuple[DocumentLine, ...]
    case: UUID


@judged
@transaction.atomic
def appeal(
    *, number: str, text: str, papers: Sequence[Paper] = (), actor: Actor, now: dt.datetime
) -> Grievance:
    """Receive what the person of a refused file says against the decision.

    Whoever holds the number may, or an officer of the centre of the file for the person.
    Raises: Refused(UNKNOWN_NUMBER, NOT_OPEN_TO_GRIEVANCE, TOO_LATE, ALREADY_RECEIVED, WORDS_TOO_SHORT,
    WORDS_TOO_LONG, kernel.role_refused), and on what is no paper.
    """
    request = register.lock_request(number=number)
    if actor.kind is ActorKind.OFFICER:
        register.require_officer(number=number, actor=actor)
    case = _contested(request, now)
    made = grievances.receive(
        kind=GrievanceKind.ADJUDICATION,
        about=request.number,
        decision=case.id,
        centre_code=request.centre_code,
        took_part=matching_queries.list_deciders(case.id),
        text=text,
        actor=actor,
        now=now,
    )
    for paper in papers:
        assert paper.judged is not None
        documents.receive(
            owner=_owner(made),
            kind=paper.kind,
            filename=paper.filename,
            paper=paper.judged,
            actor=actor,
            now=now,
        )
    return made


def list_appeals() -> list[Grievance]:
    """Return what waits for an answer, by age, without identity."""
    return grievance_queries.list_open()


def read_appeal(number: str, *, actor: Actor, now: dt.datetime) -> Appeal:
    """Return an appeal with what the person says, opened for an adjudicator: an entry.

    Raises: Refused(GRIEVANCE_UNKNOWN).
    """
    found = grievance_queries.get_grievance(number)
    subject = queries.get_request_record(found.about).subject
    grounds = grievance_queries.read_grounds(found, subject=subject, actor=actor, now=now)
    return Appeal(found, grounds, tuple(document_queries.list_documents(_owner(found))), found.decision)


def read_appeal_paper(number: str, document_id: UUID, *, actor: Actor, now: dt.datetime) -> DocumentFile:
    """Return a paper of an appeal, opened. Raises: Refused(GRIEVANCE_UNKNOWN, DOCUMENT_MISSING)."""
    found = grievance_queries.get_grievance(number)
    subject = queries.get_request_record(found.about).subject
    return document_queries.get_document(
        document_id, owner=_owner(found), subject=subject, act=PAPER_READ, actor=actor, now=now
    )


@transaction.atomic
def answer_appeal(number: str, *, outcome: str, answer: str, actor: Actor, now: dt.datetime) -> Grievance:
    """Answer an appeal: ``outcome`` upheld or reversed, ``answer`` in plain words for the person.

    Raises: Refused(GRIEVANCE_UNKNOWN, OUTCOME_UNKNOWN, TOOK_PART, WORDS_TOO_SHORT, WORDS_TOO_LONG,
    kernel.transition_refused, kernel.role_refused).
    """
    about = grievance_queries.get_grievance(number).about
    request = register.lock_request(number=about)  # first, as when an appeal is received
    found = grievances.answer(number=number, outcome=outcome, text=answer, actor=actor, now=now)
    documents.freeze_papers(owner=_owner(found), now=now)
    if found.state == GrievanceState.REVERSED:
        _reverse(found, request, answer, actor, now)
    return found


def _reverse(found: Grievance, request: RequestRecord, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Take back that the file is somebody else's, and let it go on."""
    taken_for = matching.overturn(case_id=found.decision, reason=reason, actor=actor, now=now)
    register.reopen_request(number=request.number, actor=actor, now=now)
    identity = queries.get_request(request.number, act=READ, actor=actor, now=now).identity
    matching.index_subject(Subject(request.id, **matched(identity)), now=now)
    enqueue_once(
        "person_enrolment.compare", queueing_lock=compared_once(request.number), number=request.number
    )
    tell_not_the_same(taken_for, about=request.number, now=now)


def _contested(request: RequestRecord, now: dt.datetime) -> Case:
    """Return the case whose decision can be contested. Raises: Refused(NOT_OPEN_TO_GRIEVANCE, TOO_LATE)."""
    case = matching_queries.find_latest_case(request.id)
    is_refused = request.state == RequestState.REJECTED and case is not None
    if case is None or not is_refused or case.verdict is not CaseVerdict.SAME_PERSON or not case.closed_at:
        raise Refused(NOT_OPEN_TO_GRIEVANCE)
    until = queries.last_day_to_contest(case.closed_at)
    if legal_day(now) > until:
        raise Refused(TOO_LATE, until=until)
    return case


def _owner(found: Grievance) -> str:
    return f"grievance:{found.number}"
