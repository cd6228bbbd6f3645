"""Writes of matching: index a subject, compare it with everyone known, open and decide cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.matching import errors, models
from sijil.domains.matching.queries import CONTEXT, comparison_of, keys_of, reason_aad
from sijil.domains.matching.rules.adjudication import Said, action_of, reason_bounds
from sijil.domains.matching.rules.blocking import Rule
from sijil.domains.matching.rules.weights import Model, judge, model_on
from sijil.domains.matching.states import CASE, CaseState
from sijil.domains.matching.types import (
    Candidate,
    CaseVerdict,
    Comparison,
    Origin,
    Outcome,
    Subject,
    Verdict,
)
from sijil.kernel import law
from sijil.kernel.actors import Actor
from sijil.kernel.casework import Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import keyring

Load = Callable[[Sequence[UUID]], Mapping[UUID, Subject]]
_STRENGTH = (Verdict.UNIQUE, Verdict.POSSIBLE, Verdict.LIKELY)

# One statement: each key's block (cut one row past the limit), blocks too large dropped, then those who share
# a paper, then who shares most keys; and how many people are known, by and large.
_NEAREST = """
WITH block AS (
    SELECT probe.key, probe.strong, found.subject, count(*) OVER (PARTITION BY probe.key) AS size
    FROM unnest(%(keys)s::bigint[], %(strong)s::boolean[]) AS probe(key, strong)
    CROSS JOIN LATERAL (
        SELECT subject FROM matching_key WHERE key = probe.key AND subject <> %(self)s LIMIT %(block)s + 1
    ) AS found
), near AS (
    SELECT subject, count(*) AS shared, bool_or(strong) AS strong FROM block WHERE size <= %(block)s
    GROUP BY subject ORDER BY strong DESC, shared DESC, subject LIMIT %(candidates)s + 1
)
SELECT (SELECT count(DISTINCT key) FROM block WHERE size > %(block)s),
       (SELECT coalesce(array_agg(subject ORDER BY shared DESC, subject), '{}') FROM near),
       (SELECT coalesce(array_agg(shared ORDER BY shared DESC, subject), '{}') FROM near),
       (SELECT greatest(reltuples, 0)::bigint / %(each)s FROM pg_class WHERE oid = 'matching_key'::regclass)
"""
_KEYS_OF_ONE = (
    10  # some ten a person, so that what PostgreSQL estimates of the table tells how many are known
)

# The keys of a subject that are no more, and those that are new, in one statement.
_REPLACE = """
WITH gone AS (DELETE FROM matching_key WHERE subject = %s AND key <> ALL(%s::bigint[]))
INSERT INTO matching_key (key, subject, rule)
SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::smallint[]) ON CONFLICT DO NOTHING
"""


@transaction.atomic(savepoint=False)
def index_subject(subject: Subject, *, now: dt.datetime) -> int:
    """Write (or write anew) the keys of ``subject``; return how many.

    Takes a transaction lock on each key, so that of two like subjects indexed at the same time the
    second waits for the first to commit and its comparison sees it. Index before comparing.
    Raises: Refused(NOTHING_TO_COMPARE).
    """
    keys = keys_of(subject)
    if not keys:
        raise Refused(errors.NOTHING_TO_COMPARE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [sorted(keys)])
        rows = (list(keys), [subject.ref] * len(keys), list(keys.values()))
        cursor.execute(_REPLACE, [subject.ref, list(keys), *rows])
    return len(keys)


def forget_subject(ref: UUID, *, now: dt.datetime) -> int:
    """Remove the keys of a subject that is no longer to be found (rejected, erased); return how many."""
    return models.MatchingKey.objects.filter(subject=ref).delete()[0]


def copy_keys(cursor: Any, subjects: Iterable[Subject]) -> int:
    """Load the keys of many new subjects by COPY on an open cursor; return how many rows. Takes no locks."""
    rows = 0
    with cursor.copy("COPY matching_key (key, subject, rule) FROM STDIN") as copy:
        for subject in subjects:
            for key, rule in keys_of(subject).items():
                copy.write_row((key, subject.ref, rule))
                rows += 1
    return rows


@transaction.atomic
def compare(subject: Subject, *, load: Load, now: dt.datetime) -> Comparison:
    """Compare ``subject`` with everyone who shares a key; store and return the result.

    ``load`` gives the identity of candidates (the caller owns it). An incomplete answer of ``load`` is
    refused: a failure never reads as "unique". If every block was too frequent to search, the verdict
    is "possible", for the same reason. Raises: Refused(NOTHING_TO_COMPARE | CANDIDATE_UNREADABLE).
    """
    model = model_on(legal_day(now))
    dropped, nearest, people = _nearest(subject, model)
    model = model.for_people(people)
    known = load(list(nearest)) if nearest else {}
    absent = nearest.keys() - known.keys()
    if absent:
        raise Refused(errors.CANDIDATE_UNREADABLE, count=len(absent))
    candidates = _weighed(subject, known, nearest, model)
    found = [c.verdict for c in candidates]
    if dropped and not nearest:
        found.append(Verdict.POSSIBLE)
    row = models.Comparison.objects.create(
        id=new_key(),
        subject=subject.ref,
        verdict=max(found, key=_STRENGTH.index, default=Verdict.UNIQUE),
        candidates=[_as_json(c) for c in candidates[: model.kept]],
        compared=len(nearest),
        dropped_blocks=dropped,
        is_truncated=len(nearest) > model.candidates,
        model_version=model.version,
        people=people,
        compared_at=now,
    )
    return comparison_of(row)


def _nearest(subject: Subject, model: Model) -> tuple[int, dict[UUID, int], int]:
    """Return how many blocks were dropped, {subject: shared keys} nearest first, how many are known."""
    keys = keys_of(subject)
    if not keys:
        raise Refused(errors.NOTHING_TO_COMPARE)
    probes: dict[str, Any] = {"keys": list(keys), "strong": [rule == Rule.DOCUMENT for rule in keys.values()]}
    limits = {"block": model.block, "candidates": model.candidates, "each": _KEYS_OF_ONE}
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, {"self": subject.ref, **probes, **limits})
        dropped, refs, shared, people = cursor.fetchone()
    return dropped, dict(zip(refs, shared, strict=True)), people


def _weighed(
    subject: Subject, known: Mapping[UUID, Subject], nearest: Mapping[UUID, int], model: Model
) -> list[Candidate]:
    """Return the candidates worth showing, the heaviest first."""
    judged = ((ref, judge(subject, known[ref], model)) for ref in nearest)
    near = [
        Candidate(ref, j.weight, j.verdict, j.levels, nearest[ref])
        for ref, j in judged
        if j.verdict is not Verdict.UNIQUE
    ]
    return sorted(near, key=lambda c: (-_STRENGTH.index(c.verdict), -c.weight, c.ref))


def _as_json(candidate: Candidate) -> dict[str, Any]:
    return {
        "ref": str(candidate.ref),
        "weight": candidate.weight,
        "verdict": candidate.verdict.value,
        "levels": dict(candidate.levels),
        "shared_keys": candidate.shared_keys,
    }


def _roles(row: models.Case, actor: Actor) -> set[Role]:
    """Return what somebody is to a case: an adjudicator decides it once, and never a file of their own."""
    if "adjudicator" not in actor.roles:
        return staff_roles(actor) - {Role.OFFICER}
    deciders = set(row.decisions.values_list("officer", flat=True))
    if actor.id in {row.deposited_by, *deciders}:
        return set()
    return {Role.SECOND_OFFICER if deciders else Role.OFFICER}


CASES = Files(
    CASE,
    models.Case,
    models.CaseStep,
    "case",
    errors.CASE_UNKNOWN,
    roles=_roles,
    delay=lambda name, day: law.delay(f"matching.{name}", day),
    subject=lambda row: row.person or row.number,
)


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
        candidates=[_as_json(c) for c in candidates],
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
) -> Outcome:
    """Write one officer's decision; the second that agrees, or the third, closes the case.

    ``verdict``: different_person | same_person. ``candidate``: the known file of the same person; may be
    left out when the case has one candidate. ``reason`` is kept sealed.
    Raises: Refused(CASE_UNKNOWN | OWN_FILE | ALREADY_DECIDED | VERDICT_UNKNOWN | REASON_REQUIRED |
    REASON_TOO_LONG | CANDIDATE_REQUIRED | kernel.transition_refused | kernel.role_refused).
    """
    said = _read_verdict(verdict)
    text = _read_reason(reason, legal_day(now))
    with transaction.atomic():
        case = CASES.lock(case_id)
        new = (said, _chosen(case, said, candidate))
        _decide(case, new, text, actor, now)
    return Outcome(
        case.id,
        case.subject,
        case.number,
        case.state,
        case.closed_at is not None,
        CaseVerdict(case.verdict) if case.verdict else None,
        case.linked_to,
        case.person,
    )


def _decide(case: models.Case, new: Said, text: str, actor: Actor, now: dt.datetime) -> None:
    earlier = list(case.decisions.all())
    action = action_of([(CaseVerdict(d.verdict), d.candidate) for d in earlier], new)
    step = CASE.transition(case.state, action)
    _refuse_repeat(case, earlier, actor)
    ends: dict[str, Any] = {"closed_at": now, "verdict": new[0], "linked_to": new[1]}
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
    text = reason.strip()
    least, most = reason_bounds(day)
    if len(text) < least:
        raise Refused(errors.REASON_REQUIRED, field="reason", least=least)
    if len(text) > most:
        raise Refused(errors.REASON_TOO_LONG, field="reason", most=most)
    return text


def _chosen(case: models.Case, said: CaseVerdict, candidate: UUID | None) -> UUID | None:
    if said is CaseVerdict.DIFFERENT_PERSON:
        return None
    known = [UUID(c["ref"]) for c in case.candidates]
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
        id=key, case=case, officer=actor.id, verdict=new[0], candidate=new[1], sealed=sealed, decided_at=now
    )
