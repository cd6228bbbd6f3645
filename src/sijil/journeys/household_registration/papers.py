"""The papers of the household journey, PDF in Arabic and French: the receipt, and the score explained."""

from __future__ import annotations

import datetime as dt

from sijil.domains.documents import receipts
from sijil.domains.documents.receipts import Both, Line
from sijil.domains.documents.receipts.words import Fact
from sijil.domains.geography import queries as geography
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.types import Explanation
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.types import HouseholdView, RegistrationView
from sijil.journeys.household_registration.people import show_household
from sijil.journeys.household_registration.reading import get_own_household
from sijil.journeys.household_registration.score import eligibilities
from sijil.kernel import acts
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_household_code, show_number

_VERDICTS = {
    "eligible": Both("يستوفي شرط المؤشر", "condition d’indice remplie"),
    "not_eligible": Both("لا يستوفي شرط المؤشر", "condition d’indice non remplie"),
    "pending": Both("وضع المؤشر جانبا", "indice mis de côté"),
}


def render_receipt(*, actor: Actor, now: dt.datetime) -> tuple[bytes, str]:
    """Return the receipt of the household's registration and its number as shown.

    Raises: Refused(REGISTRATION_UNKNOWN) if the person's household was not registered here.
    """
    household, file = _file_of(actor)
    people = show_household(household, [file.declarant], actor=actor, now=now)
    declarant = people[file.declarant]
    place = geography.get_commune(household.commune_code)
    number = show_number(file.number)
    facts: dict[str, Fact] = {
        "declarant": Both(declarant.full_name("ar"), declarant.full_name("fr")),
        "household_code": show_household_code(household.code),
        "submitted_at": file.submitted_at or file.started_at,
        "commune": Both(place.name_ar, place.name_fr),
        "members": len(household.members),
        "form_version": queries.get_declaration(household.code).form_version,
    }
    content = receipts.render_receipt(
        "household", facts, number=number, issued_at=file.submitted_at or file.started_at
    )
    acts.record(social_acts.RECEIPT_PRINTED, actor=actor, subject=household.code, now=now)
    return content, number


def render_score(*, actor: Actor, now: dt.datetime) -> tuple[bytes, str]:
    """Return the present score with all that makes it, and the household code as shown.

    Raises: Refused(HOUSEHOLD_UNKNOWN, SCORE_MISSING).
    """
    household = get_own_household(actor)
    arabic = scoring.explain(household.code, language="ar", decimals=7)
    french = scoring.explain(household.code, language="fr", decimals=7)
    code = show_household_code(household.code)
    facts: dict[str, Fact] = {
        "household_code": code,
        "score": _comma(arabic.shown),
        "formula": arabic.score.formula_version,
        "computed_at": arabic.score.computed_at,
    }
    tables = {"programmes": _programmes(arabic), "terms": _terms(arabic, french)}
    content = receipts.render_receipt(
        "score", facts, number=code, issued_at=arabic.score.computed_at, tables=tables
    )
    acts.record(scoring_acts.PRINTED, actor=actor, subject=household.code, now=now)
    return content, code


def _file_of(actor: Actor) -> tuple[HouseholdView, RegistrationView]:
    household = queries.find_household_of(actor.person)
    file = queries.find_registration_of_household(household.code) if household else None
    if household is None or file is None:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    return household, file


def _programmes(explanation: Explanation) -> list[Line]:
    found = eligibilities(explanation.score)
    return [
        Line(
            f"{e.programme.name('ar')} (≤ {_comma(e.programme.threshold)})، {e.day:%d/%m/%Y}",
            f"{e.programme.name('fr')} (≤ {_comma(e.programme.threshold)}), {e.day:%d/%m/%Y}",
            _VERDICTS[e.decision.outcome.value],
        )
        for e in found
    ]


def _terms(arabic: Explanation, french: Explanation) -> list[Line]:
    """Return the terms that count, and last their sum: what is left out is exactly zero."""
    pairs = [
        (a, f)
        for group, same in zip(arabic.groups, french.groups, strict=True)
        for a, f in zip(group.terms, same.terms, strict=True)
    ]
    lines = [Line(a.label, f.label, _comma(a.shown)) for a, f in pairs if a.exact]
    return [*lines, Line("المجموع: المؤشر", "Total : l'indice", _comma(arabic.shown))]


def _comma(value: object) -> str:
    return f"{value}".replace(".", ",").replace("-", "\u2212")
