"""Every score is decided for every programme, and decided anew when the law changes. Decisions are kept.

a score is recorded (one, or a bulk) --> decide_recorded: all programmes in force, in the same transaction
the threshold in force changed       --> decide_due, by the clock, right after 00:00 of the country
an administrator asks                --> decide_everybody (sijil decide)
"what were we told, and why?"        --> replay: by the law that the decision pins
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np

from sijil.domains.law import services as law
from sijil.domains.programmes import acts, services
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.types import (
    DecidingProgress,
    Decision,
    FormulaUsed,
    KnownScores,
    Programme,
    StoredDecision,
)
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring.types import RecordedScores, ScoreState
from sijil.kernel import acts as log
from sijil.kernel.actors import Actor, system
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.law import Pin

DECIDER = system("decider")
LAW, ASKED = "law", "asked"  # what made a decision be taken, besides the triggers of a score


def decide_recorded(scores: RecordedScores, *, trigger: str, actor: Actor, now: dt.datetime) -> None:
    """Decide on scores just recorded, for all programmes in force; called by scoring, in its transaction."""
    known, day = _known(scores), legal_day(now)
    law.note_use(pins=[*_pins(known), *(p.pin for p in programmes.list_programmes(day))], now=now)
    write = services.decide if len(known) == 1 else services.decide_columns
    write(scores=known, day=day, trigger=trigger, actor=actor, now=now)


def decide_due(*, now: dt.datetime) -> int:
    """Decide on everybody in each programme whose threshold changed, or that began, since its last run.

    Asked each hour: when nothing changed it costs one small query a programme. Returns: decisions taken.
    """
    due = [p for p in programmes.list_programmes(legal_day(now)) if _is_due(p)]
    runs = [_decide(p, LAW, DECIDER, lambda: now, lambda _: None) for p in due]
    return sum(run.decided for run in runs)


def decide_everybody(
    *,
    codes: Sequence[str] = (),
    actor: Actor,
    clock: Callable[[], dt.datetime],
    on_chunk: Callable[[DecidingProgress], None] = lambda _: None,
) -> list[DecidingProgress]:
    """Decide on every household in some programmes (all in force, if none is named).

    Raises: Refused(PROGRAMME_MISSING, DECIDING_RUNNING).
    """
    day = legal_day(clock())
    chosen = [programmes.get_programme(code, day) for code in codes] or programmes.list_programmes(day)
    return [_decide(programme, ASKED, actor, clock, on_chunk) for programme in chosen]


def replay(stored: StoredDecision) -> tuple[Decision, bool]:
    """Decide again on the stored score by the law that a decision pins; tell whether all is the same."""
    score = scoring.get_score(stored.household_code, stored.score_number)
    is_scored = score.state is ScoreState.SCORED
    return programmes.replay(stored, score.a, score.b, score.divisor, is_scored=is_scored)


def _is_due(programme: Programme) -> bool:
    last = programmes.find_last_deciding(programme.code)
    return last is None or last.finished_at is None or last.threshold_version != programme.version


def _decide(
    programme: Programme,
    trigger: str,
    actor: Actor,
    clock: Callable[[], dt.datetime],
    on_chunk: Callable[[DecidingProgress], None],
) -> DecidingProgress:
    law.note_use(pins=[programme.pin], now=clock())
    run = services.decide_everybody(
        programme=programme, read=_read, trigger=trigger, actor=actor, clock=clock, on_chunk=on_chunk
    )
    counts = {name: getattr(run, name) for name in ("taken", "decided", "unchanged", "refused")}
    selection, used = f"programme {programme.code}", [f"{programme.pin.name} {programme.version}"]
    log.ran(acts.HOUSEHOLDS_DECIDED, actor=actor, selection=selection, counts=counts, law=used, now=clock())
    return run


def _read(after: str, limit: int) -> KnownScores:
    return _known(scoring.read_last_scores(after, limit))


def _known(scores: RecordedScores) -> KnownScores:
    """Return scores as the programmes know them: each with the versions of its formula."""
    found = [_formula(version) for version in scores.versions]
    formulas = [formula for formula in found if formula is not None]
    places = [formulas.index(formula) if formula is not None else -1 for formula in found]
    return KnownScores(
        household_code=scores.household_code,
        number=scores.number,
        a=scores.a,
        b=scores.b,
        divisor=scores.divisor,
        is_scored=scores.is_scored,
        formula=np.array([*places, -1], np.int64)[scores.version],
        formulas=tuple(formulas),
    )


def _formula(version: str) -> FormulaUsed | None:
    try:
        found = scoring_rules.load_formula(version)
    except Refused:
        return None  # not to be read any more: those scores are counted as refused
    return FormulaUsed(found.version, found.pins)


def _pins(scores: KnownScores) -> list[Pin]:
    return [pin for formula in scores.formulas for pin in formula.pins]
