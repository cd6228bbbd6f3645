"""The worker: compare a deposited file with everyone known, then issue the number or send it to officers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction

from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.types import Identification, RefusedRequest
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.acts import COMPARED
from sijil.domains.matching.types import Candidate, Comparison, Origin, Subject, Verdict
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import RequestRecord
from sijil.journeys.person_enrolment.numbering import issue_number
from sijil.kernel.actors import Actor, system
from sijil.kernel.ids import PersonKey
from sijil.kernel.jobs import enqueue, enqueue_once

MATCHER = system("matcher")


@transaction.atomic
def compare(number: str, *, now: dt.datetime) -> None:
    """Worker: compare the file with everyone known and keep the result. Replayed: compares again.

    The engine is asked here and called afterwards, outside any transaction: first to enrol the captures, then
    whom they resemble, so that of two files that reuse one image at least one decision sees the other. One
    entry says how many identities the comparison opened.
    """
    request = queries.get_request_record(number)
    if request.state != RequestState.DEPOSITED:
        return
    near = f"files near request {request.number}"
    with queries.Run(COMPARED, actor=MATCHER, selection=near, now=now) as run:

        def load(refs: Sequence[UUID]) -> Mapping[UUID, Subject]:
            return {ref: Subject(ref, **matched(found)) for ref, found in run.identities(refs).items()}

        [subject] = load([request.id]).values()
        found = matching.compare(subject, load=load, now=now)
        run.law.append(found.model_version)
    if not captures.list_captures(request.number):  # a small child: there is nothing for the engine
        enqueue("person_enrolment.resolve", number=request.number)
        return
    biometrics.request_comparison(
        request_number=request.number, reference=request.id, then="person_enrolment.resolve", now=now
    )


@transaction.atomic
def resolve(number: str, *, now: dt.datetime) -> PersonKey | None:
    """Worker: return the person registered, or None when officers must decide (or have already).

    None too while the engine has not answered: its answer asks for this again. Of two at once one waits.
    """
    request = register.lock_request(number=number)
    if request.state != RequestState.DEPOSITED:
        return request.person
    comparison = matching_queries.find_comparison(request.id)
    if comparison is None:
        raise RuntimeError(f"{request.number}: no comparison to decide by")
    reused = _identified(request)
    if reused is None:
        return None
    if comparison.verdict is Verdict.UNIQUE and not reused.hits:
        return issue_number(request.number, actor=MATCHER, now=now)
    alike = _alike(comparison, reused)
    asked = _not_asked_by_the_other(request.id, alike)
    if alike and not asked:
        return issue_number(request.number, actor=MATCHER, now=now)
    _send_to_officers(request, comparison, asked, now)
    return None


def _identified(request: RequestRecord) -> Identification | None:
    """Return what the engine answered; of a file without pictures, that nobody can be recognised by them."""
    found = captures.find_identification(request.number, reference=request.id)
    if found is None and not captures.list_captures(request.number):
        return Identification(request.id, (), "", is_recognition=False)
    return found


def _alike(found: Comparison, reused: Identification) -> list[Candidate]:
    known = {c.ref for c in found.candidates}
    again = [Candidate(h.reference, 0, Verdict.LIKELY, {"image": "reused"}, 0) for h in reused.hits]
    return [*found.candidates, *(c for c in again if c.ref not in known)]


def _not_asked_by_the_other(subject: UUID, alike: Sequence[Candidate]) -> list[Candidate]:
    """Leave out whose own case names this file already: one case says of both whether they are one person.

    The other waits for it, this one needs not: as if it had been deposited long before.
    """
    others = [c.ref for c in alike]
    matching.lock_pairs(subject, others)
    facing = matching_queries.list_facing(subject, others)
    return [c for c in alike if c.ref not in facing]


def _send_to_officers(
    request: RequestRecord, found: Comparison, alike: Sequence[Candidate], now: dt.datetime
) -> None:
    register.flag_duplicate(number=request.number, actor=MATCHER, now=now)
    matching.open_case(
        subject=request.id,
        number=request.number,
        candidates=alike,
        origin=Origin.DEMOGRAPHIC if found.candidates else Origin.BIOMETRIC,
        comparison=found.id,
        deposited_by=request.deposited_by,
        actor=MATCHER,
        now=now,
    )


def record_answers(*, body: bytes, media_type: str, now: dt.datetime) -> None:
    """Keep what the engine tells; an answer asks for ``resolve``. Raises: Refused(ANSWER_UNREADABLE)."""
    biometrics.record_answers(body, media_type, now=now)


def list_refused(*, limit: int) -> list[RefusedRequest]:
    """Return what the engine will not do, with the reason, the oldest first."""
    return captures.list_refused(limit=limit)


def revive_refused(*, actor: Actor, now: dt.datetime) -> int:
    """Ask the engine again for all that it refused; return how many."""
    return biometrics.revive_refused(actor=actor, now=now)


def sweep(*, now: dt.datetime) -> int:
    """Worker, by the clock: no deposited file stays uncompared; return how many were asked for again.

    Those that wait for the engine are asked for by its own requests; whose job still waits for a worker is
    not asked for twice.
    """
    stuck = queries.list_stuck(before=now - dt.timedelta(minutes=10))
    forgotten = [number for number in stuck if number not in captures.list_asked(stuck)]
    return sum(
        enqueue_once("person_enrolment.compare", queueing_lock=compared_once(number), number=number)
        for number in forgotten
    )


def compared_once(number: str) -> str:
    """Return by what name a comparison waits for a worker: one at a time of a file."""
    return f"person_enrolment.compare {number}"


def forget_old_drafts(*, now: dt.datetime) -> int:
    """Worker, by the clock: what was typed and never sent is deleted after 30 days."""
    return register.forget_drafts(before=now - dt.timedelta(days=30))
