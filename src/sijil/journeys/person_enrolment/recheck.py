"""A registered person was corrected: whoever is found by other data is compared with everybody anew.

    follow_identity   step of ``person.identity_changed``

Somebody alike opens a case, as at enrolment; of whom a case was settled already is not asked a second time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from uuid import UUID

from sijil.domains.biometrics.rules.needed import irises_from
from sijil.domains.events.types import DONE, UNMATCHED, Event, Outcome, done
from sijil.domains.matching import queries as matching_queries
from sijil.domains.matching import services as matching
from sijil.domains.matching.acts import COMPARED
from sijil.domains.matching.types import Comparison, Subject, Verdict
from sijil.domains.population_register import queries
from sijil.domains.population_register import services as register
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.types import PersonRecord
from sijil.journeys.person_enrolment.comparison import MATCHER
from sijil.kernel.dates import legal_day
from sijil.kernel.ids import PersonKey

WAITS = Outcome("keep", "case_is_open")
"""The step is taken again by the clock: the open case knows nothing of this correction."""


def follow_identity(event: Event, *, now: dt.datetime) -> Outcome:
    """Compare the person as they are now, if they are found by other data; open a case if somebody is alike.

    Who corrected does not decide. The person keeps the number, whatever the case finds.
    """
    if not event.facts["is_found_otherwise"]:
        return done("nothing_compared")
    if register.lock_person(person=PersonKey(event.subject)) is None:
        return UNMATCHED
    person = queries.get_record(PersonKey(event.subject))
    if matching_queries.find_open_case(person.id) is not None:
        return WAITS
    return _open_case(person, _compare(person, now), str(event.facts["by"]), now)


def _compare(person: PersonRecord, now: dt.datetime) -> Comparison:
    """Compare and keep the result; one entry says how many identities were opened."""
    near = f"persons near {person.key}, corrected"
    with queries.Run(COMPARED, actor=MATCHER, selection=near, now=now) as run:

        def load(refs: Sequence[UUID]) -> Mapping[UUID, Subject]:
            return {ref: Subject(ref, **matched(found)) for ref, found in run.identities(refs).items()}

        [subject] = load([person.id]).values()
        _move_irises(person, subject, now)
        found = matching.compare(subject, load=load, now=now)
        run.law.append(found.model_version)
    return found


def _move_irises(person: PersonRecord, subject: Subject, now: dt.datetime) -> None:
    """The irises of a child whose birth was corrected are due on another day, if they were to be taken."""
    if subject.birth is not None:
        day = irises_from(subject.birth, legal_day(now))
        register.move_re_enrolment(person=person.key, opens_on=day)


def _open_case(person: PersonRecord, found: Comparison, by: str, now: dt.datetime) -> Outcome:
    judged = matching_queries.list_judged(person.id, [c.ref for c in found.candidates])
    alike = [c for c in found.candidates if c.ref not in judged]
    if found.verdict is Verdict.UNIQUE or (found.candidates and not alike):
        return done("nobody_alike")
    request = queries.find_request_record(person.id)
    matching.open_case(
        subject=person.id,
        number=request.number if request else "",
        person=person.key,
        candidates=alike,
        comparison=found.id,
        deposited_by=by,
        actor=MATCHER,
        now=now,
    )
    return DONE
