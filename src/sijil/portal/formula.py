"""How the score is computed: the published formula, and a calculator that runs the very same rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from sijil.domains.geography import queries as geography
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.rules import decide
from sijil.domains.programmes.types import Programme
from sijil.domains.scoring import rules
from sijil.domains.scoring.types import RURAL, SCALE, URBAN, Annex, Formula, Input, Score, ScoreState, Term
from sijil.domains.social_register import rules as social
from sijil.kernel.errors import Refused
from sijil.pages import clock, throttle
from sijil.pages.forms import Form, MoneyField
from sijil.pages.languages import spoken

MILIEUX = {"urban": URBAN, "rural": RURAL}
SOURCES = ("place", "members", "household")
HOW = {
    "constant": gettext_noop("always"),
    "region": gettext_noop("by region"),
    "flag": gettext_noop("if it is so"),
    "count": gettext_noop("for each one"),
    "square": gettext_noop("times the number squared"),
    "share": gettext_noop("times the share of the members"),
    "money": gettext_noop("for each dirham per member and year"),
}
EXAMPLE = {  # a household to start from; anything not here is 0
    "region": 6, "size": 5, "members_15_plus": 3, "rooms": 3, "dwelling_type": 5, "electricity_meter": 1,
    "bath": 1, "head_age": 45, "head_education": 2, "head_profession": 6, "dish_antenna": 1, "mobiles": 2,
    "children_6_14_public": 2, "members_15_no_diploma": 2, "members_15_active": 1, "members_30_59": 2,
    "members_15_literate": 2, "butane_big_bottles_year": 18, "water_electricity_year": 2400,
    "phone_internet_year": 720,
}  # fmt: skip


# -- the formula, to read --------------------------------------------------------------------------


def formula(request: HttpRequest) -> HttpResponse:
    """Show every term of the formula in force, for one milieu."""
    milieu = _milieu(request)
    law = rules.formula_on(clock.today())
    annex = law.annexes[MILIEUX[milieu]]
    context = {
        "law": law,
        "legal_basis": law.legal_basis.text(spoken()) if law.legal_basis else "",
        "milieu": milieu,
        "constant": annex.terms[0].coefficient,
        "regions": [(name, Decimal(annex.regions[n - 1]) / SCALE) for n, name in _region_names().items()],
        "groups": _groups_of_terms(law, annex),
        "programmes": _thresholds(clock.today()),
        "doubts": _doubts(clock.today()),
        "lowest": law.lowest // SCALE,
        "highest": law.highest // SCALE,
    }
    return render(request, "portal/formula.html", context)


def _milieu(request: HttpRequest) -> str:
    wanted = request.GET.get("milieu", "urban")
    return wanted if wanted in MILIEUX else "urban"


def _groups_of_terms(law: Formula, annex: Annex) -> list[tuple[str, list[tuple[Term, str, str]]]]:
    language = spoken()
    rows: dict[str, list[tuple[Term, str, str]]] = {}
    for term in annex.terms[2:]:
        rows.setdefault(term.group, []).append((term, term.label.text(language), HOW[term.form]))
    return [(law.groups[name].text(language), terms) for name, terms in rows.items()]


def _region_names() -> dict[int, str]:
    names = {int(r.region_code): r.name(spoken()) for r in geography.list_regions()}
    return {n: names.get(n, str(n)) for n in range(1, 13)}


def _doubts(day: dt.date) -> list[str]:
    """Return what is not certain: formula, inputs, prices, readings, and how answers are counted.

    Those about a threshold stand beside it.
    """
    language = spoken()
    found = (*rules.doubts_on(day), *social.form_on(day).doubts)
    return list(dict.fromkeys(doubt.text(language) for doubt in found))


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a programme asks of the score, in the language of the page."""

    name: str
    points: Decimal
    law: str
    note: str
    version: str


def _thresholds(day: dt.date) -> list[Threshold]:
    language = spoken()
    return [
        Threshold(p.name(language), p.threshold, p.law(language), p.note(language), p.version)
        for p in programmes.list_programmes(day)
    ]


# -- the calculator --------------------------------------------------------------------------------


class AnswersForm(Form):
    """One field per input that the milieu asks, made from the formula's own list of inputs."""

    def __init__(self, *args: Any, law: Formula, milieu: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.law = law
        self.asked = [i for i in law.inputs if milieu in i.bounds and i.id != "milieu"]
        for one in self.asked:
            self.fields[one.id] = _field(one, milieu)

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField], list[forms.BoundField]]]:
        """The fields by who is asked about: the place, the members, the household; flags apart."""
        return [
            (source, self._some(source, flags=False), self._some(source, flags=True)) for source in SOURCES
        ]

    def _some(self, source: str, *, flags: bool) -> list[forms.BoundField]:
        return [self[i.id] for i in self.asked if i.source == source and (i.kind == "flag") is flags]

    @property
    def inputs(self) -> dict[str, int]:
        """The answers as the engine reads them."""
        return {name: int(value) for name, value in self.cleaned_data.items() if value is not None}


def _field(one: Input, milieu: int) -> forms.Field:
    language = spoken()
    label = one.label.text(language)
    least, most = one.bounds[milieu]
    example = EXAMPLE.get(one.id, 0)
    if one.id == "region":
        return forms.TypedChoiceField(
            label=_("Region"), choices=list(_region_names().items()), coerce=int, initial=example
        )
    if one.kind == "code":
        choices = [(code, one.code_labels[code].text(language)) for code in range(least, most + 1)]
        return forms.TypedChoiceField(label=label, choices=choices, coerce=int, initial=example)
    if one.kind == "flag":
        return forms.BooleanField(label=label, required=False, initial=bool(example))
    if one.kind == "money":
        return MoneyField(label=label, help_text=_("In dirhams."), initial=str(example))
    box = forms.NumberInput({"inputmode": "numeric", "class": "w4 ltr", "dir": "ltr"})
    return forms.IntegerField(label=label, min_value=least, max_value=most, initial=example, widget=box)


def calculator(request: HttpRequest) -> HttpResponse:
    """Compute a score from typed answers. Nothing is kept and nobody is known."""
    milieu = _milieu(request)
    law = rules.formula_on(clock.today())
    form = AnswersForm(request.POST or None, law=law, milieu=MILIEUX[milieu])
    context: dict[str, Any] = {"form": form, "milieu": milieu, "law": law}
    if form.is_bound:
        throttle.charge(request, throttle.PAGE)
    if form.is_bound and form.is_valid():
        context |= _result(form, law, milieu)
    return render(request, "portal/calculator.html", context, status=422 if form.errors else 200)


def _result(form: AnswersForm, law: Formula, milieu: str) -> dict[str, Any]:
    inputs = {"milieu": MILIEUX[milieu], **form.inputs}
    try:
        score = rules.score_one(law, inputs)
    except Refused as refused:
        ids = {"answer": refused.field, "other": refused.facts.get("other")}
        refused.facts |= {name: form.fields[id_].label for name, id_ in ids.items() if id_ in form.fields}
        form.refuse(refused)
        return {}
    thresholds = _thresholds(clock.today())
    groups = contributions(law, score)
    return {
        "score": score,
        "is_set_aside": score.state is ScoreState.QUARANTINED,
        "groups": groups,
        "most": max(abs(g.shown) for g in groups[1:]) or 1,
        "marks": [(t.points, t.name) for t in sorted(thresholds, key=lambda t: t.points)],
        "verdicts": [_verdict(score, programme) for programme in programmes.list_programmes(clock.today())],
        "ended": [(p.name(spoken()), day) for p, day in programmes.list_ended(clock.today())],
    }


@dataclass(frozen=True, slots=True)
class Verdict:
    """One programme's answer and the distance to its threshold, in points, never shown as nothing."""

    name: str
    outcome: str
    reason: str
    distance: Decimal


def _verdict(score: Score, programme: Programme) -> Verdict:
    """Return what the product would decide: the same deciding line, on the exact score."""
    is_scored = score.state is ScoreState.SCORED
    found = decide(score.a, score.b, score.divisor, programme, is_scored=is_scored)
    return Verdict(programme.name(spoken()), found.outcome.value, found.reason, abs(found.distance))


@dataclass(frozen=True, slots=True)
class Group:
    """What one group of terms adds: ``shown`` with 3 decimals, its ``terms`` with 7.

    The ``shown`` of all groups add up to the score as shown with 3 decimals, all the terms to the score.
    """

    name: str
    shown: Decimal
    terms: Sequence[tuple[str, Decimal]]


def contributions(law: Formula, score: Score) -> list[Group]:
    """Take a score apart by group of terms, the place first."""
    language = spoken()
    terms = law.annexes[score.milieu].terms
    exact = [_exact(score, place, term) for place, term in enumerate(terms)]
    names = list(dict.fromkeys(term.group for term in terms))
    members: Mapping[str, list[int]] = {g: [i for i, t in enumerate(terms) if t.group == g] for g in names}
    columns = [[exact[i] for i in members[g]] for g in names]
    coarse = rules.apportion_groups(columns, 3)
    fine = rules.apportion_groups(columns, 7)
    return [
        Group(law.groups[g].text(language), shown, _told(terms, members[g], parts, language))
        for g, (shown, _parts), (_total, parts) in zip(names, coarse, fine, strict=True)
    ]


def _exact(score: Score, place: int, term: Term) -> Fraction:
    return Fraction(score.parts[place], SCALE * (score.divisor if term.is_divided else 1))


def _told(
    terms: Sequence[Term], places: list[int], parts: list[Decimal], language: str
) -> list[tuple[str, Decimal]]:
    return [(terms[i].label.text(language), part) for i, part in zip(places, parts, strict=True) if part]


urlpatterns = [
    path("score/formula/", formula, name="portal-formula"),
    path("score/calculator/", calculator, name="portal-calculator"),
]
