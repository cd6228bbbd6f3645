"""Open a case, and keep what each officer decides of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.matching import errors, models
from sijil.domains.matching.queries import CONTEXT, reason_aad
from sijil.domains.matching.rules.adjudication import Said, action_of, may_ask, reason_bounds
from sijil.domains.matching.services.asks import ask
from sijil.domains.matching.services.files import CASES
from sijil.domains.matching.states import CASE, CaseState
from sijil.domains.matching.types import Candidate, CaseVerdict, Origin, Outcome, Wanted
from sijil.kernel.actors import Actor
from sijil.kernel.clean.characters import visible
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring


@transaction.atomic
def open_case(
    *,
    subject: UUID,
    number: str,
    candidates: Sequence[Candidate],
    actor: Actor,
    now: dt.datetime,
    origin: Origin = Origin.DEMOGRAPHIC,
    comparison: UUID | None = None,
    deposited_by: str = "",
    person: str = "",
) -> UUID:
    """Open a case for ``subject``, the request ``number``, against ``candidates``; return its id.

    ``person``: key of a registered person, when it is about one. ``deposited_by``: login of the officer who
    received the file, or corrected the person; that officer may not decide.
    No candidate is possible only with a ``comparison`` that could not search (every block too frequent).
    Raises: Refused(CASE_WITHOUT_CANDIDATE | CASE_ALREADY_OPEN | kernel.role_refused).
    """
    if not candidates and comparison is None:
        raise Refused(errors.CASE_WITHOUT_CANDIDATE)
    _lock_subject(subject)
    if models.Case.objects.filter(subject=subject).exclude(state=CaseState.CLOSED).exists():
        raise Refused(errors.CASE_ALREADY_OPEN)
    case = models.Case(
        id=new_key(),
        subject=subject,
        number=number,
        candidates=[c.as_json() for c in candidates],
        origin=origin,
        comparison_id=comparison,
        deposited_by=deposited_by,
        person=person,
    )
    CASES.open(case, actor=actor, now=now)
    return case.id


def decide(
    *,
    case_id: UUID,
    verdict: str,
    reason: str,
    actor: Actor,
    now: dt.datetime,
    candidate: UUID | None = None,
    ask: str = "",
) -> Outcome:
    """Write one officer's answer; the second that agrees, or the third, closes the case or asks.

    ``verdict``: different_person | same_person | cannot_tell. ``candidate``: the known file of the same
    person, or the file of which something is asked; may be left out when the case has one candidate, or when
    it is asked of the new file. ``ask``: what would tell (``Wanted``). ``reason`` is kept sealed.
    Raises: Refused(CASE_UNKNOWN | OWN_FILE | ALREADY_DECIDED | VERDICT_UNKNOWN | ASK_UNKNOWN | ASKED_ENOUGH |
    REASON_REQUIRED | REASON_TOO_LONG | CANDIDATE_REQUIRED | kernel.transition_refused | kernel.role_refused).
    """
    said = _read_verdict(verdict)
    text = _read_reason(reason, legal_day(now))
    wanted = _read_ask(said, ask)
    with transaction.atomic():
        case = CASES.lock(case_id)
        _decide(case, Said(said, _chosen(case, said, candidate), wanted), text, actor, now)
    return Outcome(
        case.id,
        case.subject,
        case.number,
        case.state,
        case.closed_at is not None,
        CaseVerdict(case.verdict) if case.verdict else None,
        case.linked_to,
        case.person,
        case.asked_until,
    )


def _decide(case: models.Case, new: Said, text: str, actor: Actor, now: dt.datetime) -> None:
    earlier = list(case.decisions.filter(round=case.round))
    said = [Said(CaseVerdict(d.verdict), d.candidate, d.ask) for d in earlier]
    action = action_of(said, new)
    step = CASE.transition(case.state, action)
    _refuse_repeat(case, earlier, actor)
    if new.verdict is CaseVerdict.CANNOT_TELL and not may_ask(case.round, legal_day(now)):
        raise Refused(errors.ASKED_ENOUGH, field="verdict")
    if step.target is CaseState.ASKED:
        ask(case, [*said, new], actor=actor, now=now)
    else:
        ends: dict[str, Any] = {"closed_at": now, "verdict": new.verdict, "linked_to": new.file}
        ends = ends if step.target is CaseState.CLOSED else {}
        CASES.move_row(case, action, actor=actor, now=now, **ends)
    _write_decision(case, new, text, actor, now)


def lock_pairs(subject: UUID, others: Iterable[UUID]) -> None:
    """Open cases about these files one after another: who comes second sees the case of the first."""
    names = sorted(f"matching_pair:{ref}" for ref in {subject, *others})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(name, 0)) FROM unnest(%s::text[]) AS name", [names]
        )


def _lock_subject(subject: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"matching_case:{subject}"])


def _read_verdict(verdict: str) -> CaseVerdict:
    if verdict not in set(CaseVerdict):
        raise Refused(errors.VERDICT_UNKNOWN, field="verdict")
    return CaseVerdict(verdict)


def _read_reason(reason: str, day: dt.date) -> str:
    least, most = reason_bounds(day)
    if len(reason.strip()) > most:
        raise Refused(errors.REASON_TOO_LONG, field="reason", most=most)
    text = "\n".join(map(visible, reason.splitlines())).strip()  # what nobody sees is no reason
    if len(text) < least:
        raise Refused(errors.REASON_REQUIRED, field="reason", least=least)
    return text


def _read_ask(said: CaseVerdict, wanted: str) -> str:
    """Return what is asked for: with "cannot tell" alone, and never without."""
    if said is not CaseVerdict.CANNOT_TELL:
        return ""
    if wanted not in set(Wanted):
        raise Refused(errors.ASK_UNKNOWN, field="ask")
    return wanted


def _chosen(case: models.Case, said: CaseVerdict, candidate: UUID | None) -> UUID | None:
    """Return the file that the answer names: who it is, or of whom something is asked."""
    if said is CaseVerdict.DIFFERENT_PERSON:
        return None
    known = [UUID(c["ref"]) for c in case.candidates]
    if said is CaseVerdict.CANNOT_TELL:
        known.insert(0, case.subject)
        candidate = candidate or case.subject
    chosen = known[0] if candidate is None and len(known) == 1 else candidate
    if chosen not in known:
        raise Refused(errors.CANDIDATE_REQUIRED, field="candidate")
    return chosen


def _refuse_repeat(case: models.Case, earlier: Sequence[models.Decision], actor: Actor) -> None:
    if actor.id == case.deposited_by:
        raise Refused(errors.OWN_FILE)
    if any(d.officer == actor.id for d in earlier):
        raise Refused(errors.ALREADY_DECIDED)


def _write_decision(case: models.Case, new: Said, text: str, actor: Actor, now: dt.datetime) -> None:
    key = new_key()
    sealed = keyring().seal_json(CONTEXT, {"reason": text}, aad=reason_aad(key))
    models.Decision.objects.create(
        id=key,
        case=case,
        round=case.round,
        officer=actor.id,
        verdict=new.verdict,
        candidate=new.file,
        ask=new.ask,
        sealed=sealed,
        decided_at=now,
    )
