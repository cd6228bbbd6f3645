"""The score explained: the figure, its place on the scale, what raises and lowers it, what changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.types import Programme
from sijil.domains.scoring.errors import SCORE_MISSING
from sijil.domains.scoring.types import Explanation, GroupShare, TermShare
from sijil.domains.social_register.errors import HOUSEHOLD_UNKNOWN
from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock, formats
from sijil.pages.guards import actor_of, citizen_required
from sijil.pages.languages import spoken
from sijil.portal.household import words

LOWEST, HIGHEST = Decimal("8.5"), Decimal("10.75")
PLACE = "place"  # the group of the two constants: where the household starts from


@dataclass(frozen=True, slots=True)
class Card:
    """One programme: its verdict, by how much, when decided, and the threshold that waits to be applied.

    ``ended_on``: the last day of a programme that is not in force any more.
    """

    name: str
    outcome: str
    sentence: str
    day: dt.date
    newer: Programme | None
    ended_on: dt.date | None


@citizen_required
def show(request: HttpRequest) -> HttpResponse:
    """The score page."""
    page = _page(request, decimals=3)
    if isinstance(page, HttpResponse):
        return page
    explanation = page.explanation
    groups = [g for g in explanation.groups if g.id != PLACE]
    context = _context(page) | {
        "start": sum((g.shown for g in explanation.groups if g.id == PLACE), Decimal(0)),
        "groups": [{"label": g.label, "shown": g.shown, "facts": _facts(g)} for g in groups],
        "most": max((abs(g.shown) for g in groups), default=Decimal(1)) or Decimal(1),
        "changes": _changes(explanation),
        "papers": page.papers,
        "count": sum(len(g.terms) for g in groups),
    }
    return render(request, "portal/household/score.html", context)


@citizen_required
def terms(request: HttpRequest) -> HttpResponse:
    """Every term: value x coefficient = contribution; they add up to the score as shown."""
    page = _page(request, decimals=7)
    if isinstance(page, HttpResponse):
        return page
    groups = [
        {"label": g.label, "shown": g.shown, "rows": [_row(t) for t in g.terms]}
        for g in page.explanation.groups
    ]
    return render(request, "portal/household/terms.html", _context(page) | {"groups": groups})


def _page(request: HttpRequest, *, decimals: int) -> journey.ScorePage | HttpResponse:
    try:
        return journey.get_score_page(
            actor=actor_of(request), language=spoken(), decimals=decimals, now=clock.now()
        )
    except Refused as refused:
        if refused.error in (HOUSEHOLD_UNKNOWN, SCORE_MISSING):
            return redirect("household-home")
        raise


def _context(page: journey.ScorePage) -> dict[str, Any]:
    score = page.explanation.score
    return {
        "page": page,
        "score": score,
        "shown": page.explanation.shown,
        "formula": score.formula_version.split("/")[0],
        "milieu": page.declaration.milieu,
        "region": page.region.name(spoken()) if page.region else "",
        "is_quarantined": score.state == "quarantined",
        "today": clock.today(),
        "marks": marks(page.eligibilities),
        "ends": ends(score.points),
        "cards": cards(page.eligibilities),
    }


def marks(eligibilities: Iterable[journey.Eligibility]) -> list[tuple[Decimal, str]]:
    """Return the thresholds for the scale, ascending, of the programmes in force."""
    return sorted(
        (e.programme.threshold, _short(e.programme.name(spoken())))
        for e in eligibilities
        if programmes.find_end(e.programme.code, clock.today()) is None
    )


def _short(name: str) -> str:
    """Return the initials that a name ends with, if any: the scale has little room."""
    found = re.search(r"\((\w+)\)$", name)
    return found[1] if found else name


def ends(points: Decimal | None) -> dict[str, Decimal]:
    """Return the ends of the scale: around the thresholds, wider for a score beyond."""
    points = points if points is not None else LOWEST
    return {"low": min(LOWEST, points), "high": max(HIGHEST, points)}


def cards(eligibilities: Sequence[journey.Eligibility]) -> list[Card]:
    """Return one card per programme, in the order of the programmes."""
    return [
        Card(
            name=e.programme.name(spoken()),
            outcome=e.decision.outcome.value,
            sentence=_verdict(e),
            day=e.day,
            newer=programmes.find_newer(e.programme, clock.today()),
            ended_on=programmes.find_end(e.programme.code, clock.today()),
        )
        for e in eligibilities
    ]


def _verdict(e: journey.Eligibility) -> str:
    facts = {
        "distance": _isolated(words.distance(e.decision.distance)),
        "threshold": _isolated(formats.number(e.programme.threshold)),
    }
    sentences = {
        "at_threshold": _("Your score is exactly at the threshold of %(threshold)s."),
        "under_threshold": _("Your score is %(distance)s under the threshold of %(threshold)s."),
        "over_threshold": _("Your score is %(distance)s over the threshold of %(threshold)s."),
        "quarantined": _("No decision rests on a score that is set aside."),
    }
    return sentences[e.decision.reason] % facts


def _isolated(text: str) -> str:
    return f"\u2066{text}\u2069"


def _facts(group: GroupShare) -> str:
    """Name the answers that count in a group, the heaviest first, four at most."""
    counted = sorted((t for t in group.terms if t.exact), key=lambda t: -abs(t.exact))
    return words.join([_fact(t) for t in counted[:4]])


def _fact(term: TermShare) -> str:
    count = next(iter(term.answers.values()), 0)
    shows_count = term.form == "count" and len(term.answers) == 1 and count > 1
    return f"{term.label} ({_isolated(formats.number(count))})" if shows_count else term.label


def _changes(explanation: Explanation) -> list[dict[str, Any]]:
    found = [(t.label, t.change) for g in explanation.groups for t in g.terms if t.change]
    ordered = sorted(found, key=lambda pair: abs(pair[1]), reverse=True)
    return [{"label": label, "change": change} for label, change in ordered]


def _row(term: TermShare) -> dict[str, Any]:
    value = term.exact / Fraction(term.coefficient) if term.coefficient else Fraction(0)
    shown = formats.number(value, 4 if value.denominator > 1 else 0)
    return {
        "n": term.n,
        "label": term.label,
        "value": shown,
        "coefficient": term.coefficient,
        "shown": term.shown,
        "counts": bool(term.exact),
    }
