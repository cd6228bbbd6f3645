"""Index a subject, and compare it with everyone known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.matching import errors, models
from sijil.domains.matching.queries import comparison_of, keys_of
from sijil.domains.matching.rules.blocking import Rule
from sijil.domains.matching.rules.weights import Model, judge, model_on
from sijil.domains.matching.types import Candidate, Comparison, Subject, Verdict
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key

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
        candidates=[c.as_json() for c in candidates[: model.kept]],
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
