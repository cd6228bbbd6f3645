"""A score taken apart: what each answer added, and what changed since the last time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from sijil.domains.scoring import rules
from sijil.domains.scoring.queries.scores import get_current_score, get_score
from sijil.domains.scoring.types import SCALE, Explanation, Formula, GroupShare, ScoreResult, Term, TermShare

Exact = Mapping[str, Fraction]  # term id -> points


def explain(
    household_code: str, number: int | None = None, *, language: str = "ar", decimals: int = 7
) -> Explanation:
    """Explain a score (by default the current one), group by group and term by term.

    As shown at ``decimals`` decimals, terms add up to their group and groups to the score, exactly.
    ``change`` compares with the household's score before it; a term that only the earlier formula had
    is listed with 0 now. Changes add up to the total ``change``; what did not change shows exactly 0.
    Raises: Refused(SCORE_MISSING).
    """
    score = get_current_score(household_code) if number is None else get_score(household_code, number)
    previous = get_score(household_code, score.number - 1) if score.number > 1 else None
    return explained(score, previous, language=language, decimals=decimals)


def explained(
    score: ScoreResult, previous: ScoreResult | None, *, language: str, decimals: int
) -> Explanation:
    """Explain a score beside the one before it."""
    now, before = _exact(score), _exact(previous) if previous else None
    terms = _terms(score, previous)
    groups = _groups(rules.load_formula(score.formula_version), terms)
    shown = rules.apportion_groups([[now.get(t.id, Fraction(0)) for t in g] for _, g in groups], decimals)
    changes = _changes(groups, now, before, decimals)
    made = [
        _group(score, g, ts, total, parts, now, change, language)
        for (g, ts), (total, parts), change in zip(groups, shown, changes, strict=True)
    ]
    total = sum((group.shown for group in made), Decimal(0))
    change = sum((g.change for g in made if g.change is not None), Decimal(0)) if previous else None
    return Explanation(score, total, tuple(made), previous, change)


def _exact(score: ScoreResult) -> dict[str, Fraction]:
    terms = rules.load_formula(score.formula_version).annexes[score.milieu].terms
    return {
        term.id: Fraction(part, SCALE * (score.divisor if term.is_divided else 1))
        for term, part in zip(terms, score.parts, strict=True)
    }


def _terms(score: ScoreResult, previous: ScoreResult | None) -> list[Term]:
    terms = list(rules.load_formula(score.formula_version).annexes[score.milieu].terms)
    if previous is not None:
        known = {term.id for term in terms}
        old = rules.load_formula(previous.formula_version).annexes[previous.milieu].terms
        terms += [term for term in old if term.id not in known]
    return terms


def _groups(formula: Formula, terms: Sequence[Term]) -> list[tuple[str, list[Term]]]:
    groups = [(name, [t for t in terms if t.group == name]) for name in formula.groups]
    return [(name, members) for name, members in groups if members]


def _changes(
    groups: Sequence[tuple[str, list[Term]]], now: Exact, before: Exact | None, decimals: int
) -> list[tuple[Decimal | None, list[Decimal | None]]]:
    if before is None:
        return [(None, [None] * len(terms)) for _, terms in groups]
    zero = Fraction(0)
    exact = [[now.get(t.id, zero) - before.get(t.id, zero) for t in terms] for _, terms in groups]
    return [(total, list(parts)) for total, parts in rules.apportion_groups(exact, decimals)]


def _group(
    score: ScoreResult,
    name: str,
    terms: Sequence[Term],
    total: Decimal,
    parts: Sequence[Decimal],
    now: Exact,
    change: tuple[Decimal | None, list[Decimal | None]],
    language: str,
) -> GroupShare:
    formula = rules.load_formula(score.formula_version)
    shares = tuple(
        _share(term, score, now.get(term.id, Fraction(0)), part, delta, language)
        for term, part, delta in zip(terms, parts, change[1], strict=True)
    )
    exact = sum((share.exact for share in shares), Fraction(0))
    return GroupShare(name, formula.groups[name].text(language), exact, total, shares, change[0])


def _share(
    term: Term, score: ScoreResult, exact: Fraction, shown: Decimal, change: Decimal | None, language: str
) -> TermShare:
    answers = {name: score.inputs[name] for name in rules.inputs_of(term) if name in score.inputs}
    return TermShare(
        id=term.id,
        n=term.n,
        label=term.label.text(language),
        form=term.form,
        coefficient=term.coefficient,
        answers=answers,
        exact=exact,
        shown=shown,
        change=change,
    )
