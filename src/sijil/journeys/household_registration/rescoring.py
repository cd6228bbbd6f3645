"""The one way from declarations to scores: a household that has just declared, a list of them, or everybody.

    rescore        one household, under today's law and ages
    rescore_all    everybody, under the law of a day; resumable
    rescore_due    what the nightly job does when the law changed or ages made scores stale
    follow_identity  step: the birth date of a member was corrected
    follow_check  step: what the score waited for is decided

Declaration, birth dates, day and versions make the inputs (``social_register.rules.derive``), inputs and
formula the score (``scoring.rules``), over columns; a household is a row of them. Which day's ages count is
the dated reading ``ages_on``. Who lacks an answer that fell due by age is named in the score, and asked.

A declaration is read by its own form, until the formula needs an input that this form does not make: then
by the form in force. Who lacks nothing of that is scored; who lacks an answer keeps the last score, and is
asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from sijil.domains.events.types import DONE, Event, Outcome, done
from sijil.domains.law import services as law_services
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring import services as scoring_services
from sijil.domains.scoring.types import (
    BulkResult,
    DueMember,
    Progress,
    ScoreResult,
    ScoringLaw,
    Trigger,
)
from sijil.domains.social_register import queries, rules, services
from sijil.domains.social_register.queries import declared
from sijil.domains.social_register.states import HouseholdState
from sijil.domains.social_register.types import Due, Form
from sijil.journeys.household_registration.types import SCORER
from sijil.kernel import acts
from sijil.kernel.actors import Actor, system
from sijil.kernel.copy import Records
from sijil.kernel.dates import day_begins, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

NIGHTLY = system("rescoring")
FOLLOWING = system("events")
MILIEUS = ("urban", "rural")


def rescore(*, household_code: str, actor: Actor, now: dt.datetime) -> ScoreResult:
    """Score a household anew: its last answers, today's ages and law. Opens no identity.

    A score that would be the same stays. Raises: Refused(HOUSEHOLD_UNKNOWN), and as the score refuses: the
    last score stays, and the household has been asked for what it lacks.
    """
    refusal = _score_anew(household_code, actor, now)
    if refusal is not None:
        raise refusal
    return scoring.get_current_score(household_code)


@transaction.atomic
def _score_anew(code: str, actor: Actor, now: dt.datetime) -> Refused | None:
    """Score one household as all are; return why it has no new score. What it is asked is kept either way."""
    queries.get_household(code)
    result = _scored([code], trigger=Trigger.RESCORED, actor=actor, now=now)
    acts.record(scoring_acts.RESCORED, actor=actor, subject=code, now=now)
    return _refusal(result)


def follow_identity(event: Event, *, now: dt.datetime) -> Outcome:
    """Score the household of a person anew whose birth date is another. By the ages that the law counts.

    A household that has no score yet is scored with its registration.
    """
    if "birth" not in event.facts["fields"]:
        return done("ages_as_before")
    household = queries.find_household_of(PersonKey(event.subject))
    if household is None:
        return done("no_household")
    return _follow(household.code, now)


def follow_check(event: Event, *, now: dt.datetime) -> Outcome:
    """Score a household anew that waited for a decision on its score: it was not asked for anything until
    then, and the law may be another by now.
    """
    return _follow(event.subject, now)


def _follow(code: str, now: dt.datetime) -> Outcome:
    if scoring.find_current_score(code) is None:
        return done("no_score_yet")
    refusal = _score_anew(code, FOLLOWING, now)
    if refusal is None:
        return DONE
    if queries.get_household(code).state == HouseholdState.DECLARED:
        return done("registration_open")  # asked once that is decided: follow_check
    if queries.find_completion(code) is None:
        raise refusal
    return done("answers_asked")


def score_households(
    codes: Sequence[str],
    *,
    trigger: Trigger,
    actor: Actor,
    now: dt.datetime,
    on: dt.date | None = None,
    form: str = "",
    dry_run: bool = False,
) -> BulkResult:
    """Score some households by today's law, or that of a day (``dry_run``: try only); one that cannot be is
    refused if alone.

    ``form``: by whose version they declared, if the caller knows. Raises: Refused naming the field, and the
    member if it is about one.
    """
    result = _scored(codes, trigger=trigger, actor=actor, now=now, on=on, form=form, dry_run=dry_run)
    refusal = _refusal(result) if len(codes) == 1 else None
    if refusal is not None:
        raise refusal
    return result


def _scored(
    codes: Sequence[str],
    *,
    trigger: Trigger,
    actor: Actor,
    now: dt.datetime,
    on: dt.date | None = None,
    form: str = "",
    dry_run: bool = False,
) -> BulkResult:
    law = scoring_rules.law_on(on or legal_day(now))
    return scoring_services.rescore_some(
        household_codes=codes,
        law=law,
        sources=_sources_of(form, law, now) if form else _sources(law, now),
        trigger=trigger,
        actor=actor,
        now=now,
        dry_run=dry_run,
    )


def _refusal(result: BulkResult) -> Refused | None:
    return result.refused[0].refusal if result.refused else None


def rescore_all(
    *,
    day: dt.date,
    actor: Actor,
    clock: Callable[[], dt.datetime],
    on_chunk: Callable[[int], None] | None = None,
) -> Progress:
    """Score everybody anew by the law of a day, or go on with what was stopped. Writes down what it read.

    Raises: Refused(RESCORING_RUNNING, FORMULA_MISSING).
    """
    law, opened = scoring_rules.law_on(day), scoring.find_open_rescoring()
    if opened is not None and (opened.day, set(opened.pins)) != (day, set(law.pins)):
        scoring_services.drop_rescoring(rescoring_id=opened.id, now=clock())
        opened = None
    return _go_on(opened.id if opened else _start(law, actor, clock()), law, clock, on_chunk)


def _start(law: ScoringLaw, actor: Actor, now: dt.datetime) -> str:
    total = declared.count_households()
    return scoring_services.start_rescoring(law=law, total=total, actor=actor, now=now)


def _go_on(
    run: str, law: ScoringLaw, clock: Callable[[], dt.datetime], on_chunk: Callable[[int], None] | None
) -> Progress:
    now = clock()
    scoring_services.rescore(
        rescoring_id=run, law=law, sources=_sources(law, now), clock=clock, on_chunk=on_chunk
    )
    done = scoring.get_rescoring(run)
    counts = {
        "taken": done.taken,
        "scored": done.scored,
        "quarantined": done.quarantined,
        "kept": done.kept,
        "refused": done.refused,
    }
    used = [f"{pin.name} {pin.version}" for pin in law.pins]
    acts.ran(scoring_acts.RESCORED_ALL, actor=NIGHTLY, selection="all", counts=counts, law=used, now=now)
    return done


def preview_all(*, day: dt.date, actor: Actor, now: dt.datetime) -> BulkResult:
    """Count what scoring everybody by the law of a day would do; nothing is written."""
    law = scoring_rules.law_on(day)
    return scoring_services.preview(law=law, sources=_sources(law, now), actor=actor, now=now)


def preview_one(*, household_code: str, day: dt.date, actor: Actor, now: dt.datetime) -> BulkResult:
    """Tell what scoring one household by the law of a day would do; nothing is written."""
    return _scored([household_code], trigger=Trigger.RESCORED, actor=actor, now=now, on=day, dry_run=True)


def rescore_due(*, now: dt.datetime) -> Progress | None:
    """Score everybody anew if today's law is not what the last rescoring used, or ages made scores stale.

    Goes on with a rescoring that was stopped. Asked every hour, so that it begins at the country's midnight
    by whatever clock; what is done costs nothing.
    """
    today = legal_day(now)
    if scoring.find_open_rescoring() is None and not is_due(today):
        return None
    return rescore_all(day=today, actor=NIGHTLY, clock=lambda: now)


def is_due(today: dt.date) -> bool:
    """Tell whether current scores are not those of the law and the ages of today, or a form is new."""
    law = scoring_rules.law_on(today)
    since = {"declaration": dt.date.min, "scoring": today, "year": dt.date(today.year, 1, 1)}[law.ages_on]
    since = max(since, rules.form_on(today).starts_on)  # a newer form may ask what the declarations lack
    done = [run for run in scoring.list_rescorings() if run.state == "finished"]
    if done and set(done[0].pins) == set(law.pins):
        return done[0].day < since
    is_old = since > dt.date.min and scoring.is_any_older(day_begins(since))
    return is_old or scoring.is_any_of_another_law(today)


def _sources(law: ScoringLaw, now: dt.datetime) -> list[scoring_services.Source]:
    """Return what scores are made of: a source or two for each form by which households declared."""
    return [s for version in declared.list_form_versions() for s in _sources_of(version, law, now)]


def _sources_of(version: str, law: ScoringLaw, now: dt.datetime) -> list[scoring_services.Source]:
    """Return one source for the milieus that a form serves still, one for those of the form in force."""
    own, in_force = rules.form_of(version), rules.form_on(law.on)
    groups: dict[str, list[str]] = {}
    for milieu in MILIEUS:
        is_short = scoring_rules.inputs_asked(law.formula, milieu) - own.inputs_in(milieu)
        found = rules.form_to_complete(own, in_force, milieu) if is_short else own
        groups.setdefault(found.version, []).append(milieu)
    return [
        _source(_Reading(own, rules.form_of(name), in_force, law, now), milieus)
        for name, milieus in groups.items()
    ]


@dataclass(frozen=True, slots=True)
class _Reading:
    """How declarations by one form, ``own``, are read and scored: by itself or by the one in force."""

    own: Form
    form: Form
    in_force: Form
    law: ScoringLaw
    now: dt.datetime

    @property
    def is_lifted(self) -> bool:
        return self.form.version != self.own.version


def _source(reading: _Reading, milieus: list[str]) -> scoring_services.Source:
    pin = reading.form.pin
    law_services.note_use(pins=(*reading.law.pins, pin), now=reading.now)
    return scoring_services.Source(
        select=declared.DECLARED,
        values=(reading.own.version, milieus),
        fixed=declared.FIELDS,
        varied=declared.VARIED,
        pins=(pin,),
        read=lambda rows: _made(reading, rows),
    )


def _made(reading: _Reading, rows: Sequence[Records]) -> scoring_services.Made:
    found = declared.read_declared(reading.own, rows, lambda days: _days_that_count(reading.law, days))
    read, derived, lacking = _derived(reading, found)
    due = dict(rules.iter_due(read, derived))
    is_well = derived.faults.errors == 0
    refused = {row: rules.refusal_of(read, derived, row) for row in np.flatnonzero(~is_well).tolist()}
    open_ = _open(reading, found, due)
    asked = {_code(found, row): (UUID(bytes=bytes(found.ids[row])), who) for row, who in open_}
    needed = {_code(found, row): reading.law.formula.version for row in np.flatnonzero(lacking).tolist()}
    return scoring_services.Made(
        codes=found.codes,
        declarations=found.ids,
        columns=derived.columns,
        refused={row: refusal for row, refusal in refused.items() if refusal is not None},
        due={row: _named(who) for row, who in due.items()},
        settle=lambda: services.settle_completions(
            codes=found.codes[is_well].astype("U").tolist(),
            asked=asked,
            needed=needed,
            actor=SCORER,
            now=reading.now,
        ),
    )


def _code(found: rules.Declarations, row: int) -> str:
    return str(found.codes[row].decode())


def _derived(
    reading: _Reading, found: rules.Declarations
) -> tuple[rules.Declarations, rules.Derived, NDArray[np.bool_]]:
    """Return the declarations as they are read, their inputs, and who lacks an answer for one of them."""
    if not reading.is_lifted:
        return found, rules.derive(found), np.zeros(len(found.codes), bool)
    lifted = rules.lift(found, reading.form)
    inputs = frozenset(one.id for one in reading.law.formula.inputs)
    return lifted, *rules.derive_lifted(lifted, inputs)


def _open(
    reading: _Reading, found: rules.Declarations, due: Mapping[int, tuple[Due, ...]]
) -> list[tuple[int, tuple[Due, ...]]]:
    """Return what is asked: what fell due by age, or whatever the form lacks by which it is completed."""
    own, in_force = reading.own, reading.in_force
    anew = [m for m in MILIEUS if rules.form_to_complete(own, in_force, m).version != own.version]
    if not anew:
        return sorted(due.items())
    is_anew = np.isin(found.milieu, [rules.MILIEU[milieu] for milieu in anew])
    asked = {row: who for row, who in due.items() if not is_anew[row]}
    asked |= {row: who for row, who in rules.iter_open(rules.lift(found, in_force)) if is_anew[row]}
    return sorted(asked.items())


def _named(due: tuple[Due, ...]) -> tuple[DueMember, ...]:
    return tuple(DueMember(one.member, one.fields) for one in due)


def _days_that_count(law: ScoringLaw, declared_on: declared.Days) -> declared.Days:
    """Return the day whose ages count for each household, by the reading in force."""
    if law.ages_on == "declaration":
        return declared_on
    day = rules.last_of_year(law.on) if law.ages_on == "year" else law.on
    return np.full(len(declared_on), np.datetime64(day, "D"))
