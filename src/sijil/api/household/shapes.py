"""Values of the registers as the plain data that the household calls answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import translation

from sijil.domains.geography.types import Milieu
from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring.types import GroupShare, ScoreResult
from sijil.domains.social_register import errors
from sijil.domains.social_register.types import (
    Answer,
    Bounds,
    Condition,
    FormField,
    Option,
    Problem,
    Raw,
    RegistrationDraft,
    Saved,
)
from sijil.journeys import household_registration as journey
from sijil.kernel.errors import Refused, fill
from sijil.pages import areas, clock


def raw_answers(answers: Mapping[str, Any]) -> dict[str, Raw]:
    """Return what a program sent as what a person would have typed."""
    return {name: _raw(value) for name, value in answers.items()}


def _raw(value: Any) -> Raw:
    if isinstance(value, list):
        return [str(part) for part in value]
    return str(int(value)) if isinstance(value, bool) else str(value)


def seen_at(moment: dt.datetime | None) -> dt.datetime | None:
    """Return when the answers were seen. Raises: Refused(ANSWER_INVALID) without a time zone."""
    if moment is not None and moment.tzinfo is None:
        raise Refused(errors.ANSWER_INVALID, field="seen_at", label="seen_at")
    return moment


def show_answers(answers: Any) -> dict[str, Any]:
    return {
        name: {"value": a.raw, "saved_at": a.saved_at} for name, a in answers.items() if isinstance(a, Answer)
    }


def show_place_question(asked: journey.PlaceQuestion | None) -> dict[str, Any] | None:
    """Return what is asked about the place, in the four languages of the form."""
    if asked is None:
        return None
    told = {code: _told(asked, code) for code in ("ar", "fr", "zgh", "en")}
    return {
        "kind": asked.kind.value,
        "centres": [{"code": c.code, "name_ar": c.name_ar, "name_fr": c.name_fr} for c in asked.centres],
        "labels": {code: question for code, (question, _) in told.items()},
        "answers": {area.value: {code: said[area] for code, (_, said) in told.items()} for area in Milieu},
    }


def _told(asked: journey.PlaceQuestion, language: str) -> tuple[str, dict[str, str]]:
    centres = [centre.name(language) for centre in asked.centres]
    with translation.override(language):
        return areas.question(asked.kind, centres), areas.answers(asked.kind, centres)


def show_shortcoming(found: Problem, draft: RegistrationDraft) -> dict[str, Any]:
    return show_told(found.refusal) | {"field": found.field, "member": draft.place_of(found.member) or None}


def show_told(refused: Refused) -> dict[str, Any]:
    return {
        "field": refused.field or "",
        "member": None,
        "code": refused.code,
        "title": fill(refused.error.title, refused.facts),
        "remedy": fill(refused.error.remedy, refused.facts),
    }


def show_saved(one: Saved) -> dict[str, Any]:
    return {
        "field": one.field,
        "value": one.raw,
        "saved_at": one.saved_at,
        "kept_other": one.kept_other,
        "problem": show_told(one.error) if one.error else None,
    }


def show_field(field: FormField) -> dict[str, Any]:
    return {
        "id": field.id,
        "step": field.step,
        "block": field.block,
        "kind": field.kind,
        "unit": field.unit,
        "mandatory": field.mandatory,
        "milieus": list(field.milieus),
        "bounds": {milieu: show_bounds(field, bounds) for milieu, bounds in field.bounds.items()},
        "condition": show_condition(field.condition),
        "options": [
            {
                "code": o.code,
                "labels": dict(o.labels),
                "said": show_said(o),
                "condition": show_condition(o.condition),
            }
            for o in field.options
        ],
        "labels": dict(field.labels),
        "said": show_said(field),
        "hints": dict(field.hints),
        "feeds": list(field.feeds),
    }


def show_said(asked: FormField | Option) -> dict[str, dict[str, str]]:
    return {who: dict(labels) for who, labels in asked.said.items()}


def show_bounds(field: FormField, bounds: Bounds) -> dict[str, int]:
    by = 100 if field.kind == "money_month" else 1
    return {"minimum": bounds.minimum // by, "maximum": bounds.maximum // by}


def show_condition(condition: Condition) -> dict[str, Any]:
    when = {name: list(codes) for name, codes in condition.when.items()}
    return {"age_from": condition.age_from, "age_to": condition.age_to, "when": when}


def show_points(score: ScoreResult | None) -> str | None:
    return str(score.points) if score else None


def show_text(value: object) -> str | None:
    return None if value is None else f"{value:f}"


def show_eligibility(found: journey.Eligibility) -> dict[str, Any]:
    newer = programmes.find_newer(found.programme, clock.today())
    return {
        "programme": found.programme.code,
        "names": dict(found.programme.names),
        "outcome": found.decision.outcome.value,
        "threshold": f"{found.programme.threshold:f}",
        "threshold_version": found.programme.version,
        "distance": f"{found.decision.distance:f}",
        "exact_distance": str(found.decision.exact_distance),
        "decided_on": found.day,
        "newer_version": newer.version if newer else None,
        "ended_on": programmes.find_end(found.programme.code, clock.today()),
    }


def show_group(group: GroupShare) -> dict[str, Any]:
    terms = [
        {
            "id": t.id,
            "label": t.label,
            "coefficient": f"{t.coefficient:f}",
            "answers": dict(t.answers),
            "contribution": f"{t.shown:f}",
            "change": show_text(t.change),
        }
        for t in group.terms
    ]
    return {
        "id": group.id,
        "label": group.label,
        "contribution": f"{group.shown:f}",
        "change": show_text(group.change),
        "terms": terms,
    }
