"""The papers of the household journey, PDF in Arabic and French: the receipt, and the score explained.

What a paper said when it was first printed is kept: printed again it says the same. A new score is a new
paper.
"""

from __future__ import annotations

import datetime as dt

from sijil.domains.documents.receipts import Both, Line
from sijil.domains.documents.services import Content, print_receipt
from sijil.domains.geography import queries as geography
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.types import OUTCOMES
from sijil.domains.scoring import acts as scoring_acts
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring.errors import SCORE_MISSING
from sijil.domains.scoring.types import Explanation
from sijil.domains.social_register import acts as social_acts
from sijil.domains.social_register import errors, queries
from sijil.domains.social_register.types import HouseholdView, RegistrationView
from sijil.journeys.household_registration.people import show_household
from sijil.journeys.household_registration.reading import get_own_household, score_number
from sijil.journeys.household_registration.score import eligibilities
from sijil.journeys.household_registration.types import Eligibility
from sijil.kernel.actors import Actor
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.ids import show_household_code, show_number
from sijil.kernel.texts import Text4


def render_receipt(*, actor: Actor, now: dt.datetime) -> tuple[bytes, str]:
    """Return the receipt of the household's registration and its number as shown.

    Raises: Refused(REGISTRATION_UNKNOWN) if the person's household was not registered here.
    """
    household, file = _file_of(actor)
    number, sent_at = show_number(file.number), file.submitted_at or file.started_at

    def write() -> Content:
        people = show_household(household, [file.declarant], actor=actor, now=now)
        declarant = people[file.declarant]
        place = geography.get_commune(household.commune_code)
        declaration = queries.get_declaration_of(file.id)
        return Content(
            {
                "declarant": Both(declarant.full_name("ar"), declarant.full_name("fr")),
                "household_code": show_household_code(household.code),
                "submitted_at": sent_at,
                "commune": Both(place.name_ar, place.name_fr),
                "members": len(declaration.members),
                "form_version": declaration.form_version,
            }
        )

    content = print_receipt(
        "household",
        write,
        number=number,
        issued_at=sent_at,
        subject=household.code,
        act=social_acts.RECEIPT_PRINTED,
        actor=actor,
        now=now,
    )
    return content, number


def render_score(*, score: int = 0, actor: Actor, now: dt.datetime) -> tuple[bytes, str]:
    """Return a score with all that makes it, and the name of the paper.

    ``score``: its number; 0: the present one. Of an earlier score only what was printed then is there.
    Raises: Refused(HOUSEHOLD_UNKNOWN, SCORE_MISSING).
    """
    household = get_own_household(actor)
    present = scoring.get_current_score(household.code)
    asked = present if score in (0, present.number) else scoring.get_score(household.code, score)

    def write() -> Content:
        if asked.number != present.number:  # what was decided on it then was never printed
            raise Refused(SCORE_MISSING)
        return _score_content(household.code, legal_day(now))

    content = print_receipt(
        "score",
        write,
        number=score_number(household.code, asked.number),
        issued_at=asked.computed_at,
        subject=household.code,
        act=scoring_acts.PRINTED,
        actor=actor,
        now=now,
    )
    return content, f"{household.code}-{asked.number}"


def _score_content(code: str, day: dt.date) -> Content:
    arabic = scoring.explain(code, language="ar", decimals=7)
    french = scoring.explain(code, language="fr", decimals=7)
    return Content(
        {
            "household_code": show_household_code(code),
            "score": _comma(arabic.shown),
            "formula": arabic.score.formula_version,
            "computed_at": arabic.score.computed_at,
        },
        {"programmes": _programmes(arabic, day), "terms": _terms(arabic, french)},
    )


def _file_of(actor: Actor) -> tuple[HouseholdView, RegistrationView]:
    household = queries.find_household_of(actor.person)
    file = queries.find_registration_of_household(household.code) if household else None
    if household is None or file is None:
        raise Refused(errors.REGISTRATION_UNKNOWN)
    return household, file


def _programmes(explanation: Explanation, day: dt.date) -> list[Line]:
    found = eligibilities(explanation.score)
    return [
        Line(
            f"{e.programme.name('ar')} (العتبة {_comma(e.programme.threshold)})، {e.day:%d/%m/%Y}",
            f"{e.programme.name('fr')} (seuil {_comma(e.programme.threshold)}), {e.day:%d/%m/%Y}",
            _verdict(e, day),
        )
        for e in found
    ]


def _verdict(found: Eligibility, day: dt.date) -> Both | Text4:
    """Return what stands decided, or the last day of a programme that has ended."""
    ended_on = programmes.find_end(found.programme.code, day)
    if ended_on is None:
        return OUTCOMES[found.decision.outcome]
    return Both(f"انتهى البرنامج في {ended_on:%d/%m/%Y}", f"programme terminé le {ended_on:%d/%m/%Y}")


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
