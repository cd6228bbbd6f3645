"""One answer at a time: is it asked, can it be read, is it within its bounds."""

from __future__ import annotations

from collections.abc import Mapping

from sijil.domains.social_register.errors import ANSWER_INVALID, ANSWER_MISSING, ANSWER_OUT_OF_BOUNDS
from sijil.domains.social_register.types import Condition, FormField, Option, Raw, Value
from sijil.kernel import clean
from sijil.kernel.errors import ErrorCode, Refused

MONTHS = 3
_LONGEST = 24


def is_asked(field: FormField, milieu: str, answers: Mapping[str, Value], age: int | None = None) -> bool:
    """Tell whether ``field`` is asked in this milieu, at this age (members), after these answers."""
    return milieu in field.milieus and _holds(field.condition, answers, age)


def offered_options(
    field: FormField, answers: Mapping[str, Value] | None, age: int | None = None
) -> tuple[Option, ...]:
    """Return the options that make sense at this age and after these answers; None: not answered yet."""
    return tuple(o for o in field.options if _holds(o.condition, answers, age))


def _holds(condition: Condition, answers: Mapping[str, Value] | None, age: int | None) -> bool:
    if age is not None and not condition.age_from <= age <= condition.age_to:
        return False
    if answers is None:
        return True
    return all(str(answers.get(name, "")) in codes for name, codes in condition.when.items())


def parse(field: FormField, raw: Raw, milieu: str) -> Value:
    """Read what was typed. Money in dirhams becomes centimes. Arabic-Indic digits are read too.

    Raises: Refused(ANSWER_MISSING, ANSWER_INVALID, ANSWER_OUT_OF_BOUNDS), field = the field's id.
    """
    texts = [text for text in ([raw] if isinstance(raw, str) else raw) if not clean.is_blank(text)]
    if not texts:
        raise refusal(ANSWER_MISSING, field)
    if len(texts) > (MONTHS if field.kind == "money_month" else 1) or max(map(len, texts)) > _LONGEST:
        raise refusal(ANSWER_INVALID, field)
    return _PARSERS[field.kind](field, texts, milieu)


def problem_of(field: FormField, raw: Raw, milieu: str) -> Refused | None:
    """Return what is wrong with an answer, or None; an optional empty one is right."""
    try:
        parse(field, raw, milieu)
    except Refused as refused:
        return refused if field.mandatory or refused.error is not ANSWER_MISSING else None
    return None


def refusal(error: ErrorCode, field: FormField, **facts: object) -> Refused:
    """Return the refusal of one field, with its English label for logs and machines."""
    return Refused(error, field=field.id, label=field.labels["en"], **facts)


def still_answers(field: FormField, value: Value, milieu: str) -> bool:
    """Tell whether an answer that was read by another form answers this field, of the same kind and unit."""
    if milieu not in field.milieus:
        return False
    if field.kind in ("choice", "flag"):
        return str(value) in {option.code for option in field.options}
    amounts = value if isinstance(value, tuple) else (int(value),)
    return _is_within(field, milieu, sum(amounts), len(amounts))


def _parse_option(field: FormField, texts: list[str], milieu: str) -> Value:
    code = clean.coded(texts[0])
    if code not in {option.code for option in field.options}:
        raise refusal(ANSWER_INVALID, field)
    return int(code) if field.kind == "flag" else code


def _parse_integer(field: FormField, texts: list[str], milieu: str) -> Value:
    number = clean.read_integer(texts[0])
    if number is None:
        raise refusal(ANSWER_INVALID, field)
    _check_bounds(field, milieu, total=number, months=1, shown=1)
    return number


def _parse_bills(field: FormField, texts: list[str], milieu: str) -> Value:
    amounts = tuple(amount for text in texts if (amount := clean.read_money(text)) is not None)
    if len(amounts) < len(texts):
        raise refusal(ANSWER_INVALID, field)
    _check_bounds(field, milieu, total=sum(amounts), months=len(amounts), shown=100)
    return amounts


_PARSERS = {
    "flag": _parse_option,
    "choice": _parse_option,
    "integer": _parse_integer,
    "money_month": _parse_bills,
}


def _check_bounds(field: FormField, milieu: str, *, total: int, months: int, shown: int) -> None:
    if not _is_within(field, milieu, total, months):
        bounds = field.bounds[milieu]
        facts = {"minimum": bounds.minimum // shown, "maximum": bounds.maximum // shown}
        raise refusal(ANSWER_OUT_OF_BOUNDS, field, **facts)


def _is_within(field: FormField, milieu: str, total: int, months: int) -> bool:
    bounds = field.bounds.get(milieu)
    return bounds is None or bounds.minimum * months <= total <= bounds.maximum * months
