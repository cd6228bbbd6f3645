"""Declarations as rows of whole numbers, written with them: what the score reads, by the million.

The order is that of the questions of the declaration's own form. A choice is the place of its option in its
list; a flag or a number is itself; monthly bills take three places; ``NONE`` is no answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sijil.domains.social_register.errors import ANSWER_INVALID, FIELD_UNKNOWN
from sijil.domains.social_register.rules.answers import MONTHS, refusal
from sijil.domains.social_register.types import DeclaredMember, Form, FormField, Value
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey

NONE = -1
_MOST = 2**31 - 1
BIRTH = np.dtype([("person", "<i8"), ("year", "<i2"), ("month", "u1"), ("day", "u1")])
"""A birth date as it lies in the sealed block of a household; month and day 0 when they are not known."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each question of a form stands: the household's in ``slots``, the members' in ``columns``."""

    slots: Mapping[str, int]
    width: int
    columns: Mapping[str, int]

    @property
    def member(self) -> np.dtype[np.void]:
        """The row of one member."""
        return np.dtype([("person", "<i8"), ("age", "<i4"), ("answers", "<i4", (len(self.columns),))])


def layout_of(form: Form) -> Layout:
    """Return where the questions of a form stand."""
    slots, width = {}, 0
    for field in form.of_step("SOC"):
        slots[field.id] = width
        width += places_of(field)
    return Layout(slots, width, {field.id: place for place, field in enumerate(form.of_step("COM"))})


def places_of(field: FormField) -> int:
    """Return how many numbers an answer takes."""
    return MONTHS if field.kind == "money_month" else 1


def pack_household(form: Form, answers: Mapping[str, Value]) -> bytes:
    """Return a household's answers. Raises: Refused(FIELD_UNKNOWN, ANSWER_INVALID)."""
    layout = layout_of(form)
    row = np.full(layout.width, NONE, "<i4")
    for name, value in answers.items():
        field = _field(form, name, layout.slots)
        codes = code_of(field, value)
        row[layout.slots[name] : layout.slots[name] + len(codes)] = codes
    return row.tobytes()


def pack_members(form: Form, members: Sequence[DeclaredMember]) -> bytes:
    """Return the members' answers and ages. Raises: Refused(FIELD_UNKNOWN, ANSWER_INVALID)."""
    layout = layout_of(form)
    rows = np.full(len(members), NONE, layout.member)
    for row, member in zip(rows, members, strict=True):
        row["person"], row["age"], row["answers"] = int(member.person), member.age, NONE
        for name, value in member.answers.items():
            (code,) = code_of(_field(form, name, layout.columns), value)
            row["answers"][layout.columns[name]] = code
    return rows.tobytes()


def _field(form: Form, name: str, known: Mapping[str, int]) -> FormField:
    if name not in known:
        raise Refused(FIELD_UNKNOWN, field=name, name=name)
    return form.fields[name]


def code_of(field: FormField, value: Value) -> tuple[int, ...]:
    """Return the numbers of one answer. Raises: Refused(ANSWER_INVALID)."""
    if field.kind == "choice":
        found = [place for place, option in enumerate(field.options) if option.code == value]
    else:
        found = list(value) if isinstance(value, tuple) else [value]  # type: ignore[list-item]
    if not 1 <= len(found) <= places_of(field) or not all(map(_is_amount, found)):
        raise refusal(ANSWER_INVALID, field)
    return tuple(found)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value <= _MOST


def pack_births(births: Mapping[PersonKey, PartialDate]) -> bytes:
    """Return birth dates by person as rows of :data:`BIRTH`."""
    rows = [(int(key), b.year, b.month or 0, b.day or 0) for key, b in births.items()]
    return np.array(rows, BIRTH).tobytes()


def unpack_births(packed: bytes) -> dict[PersonKey, PartialDate]:
    """Return birth dates by person."""
    rows = np.frombuffer(packed, BIRTH).tolist()
    return {
        PersonKey(str(key)): PartialDate(year, month or None, day or None) for key, year, month, day in rows
    }


def ages_on(births: NDArray[np.void], days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return whole years on days: :meth:`PartialDate.age_on`, over columns."""
    month = np.where(births["month"] == 0, 7, births["month"]).astype(np.int64)
    unknown = np.where(births["month"] == 0, 1, 15)
    day = np.where(births["day"] == 0, unknown, births["day"])
    years, months = days.astype("M8[Y]"), days.astype("M8[M]")
    today = (months - years).astype(np.int64) * 32 + (days - months).astype(np.int64)
    is_before = today < (month - 1) * 32 + day - 1
    ages: NDArray[np.int64] = np.maximum(0, years.astype(np.int64) + 1970 - births["year"] - is_before)
    return ages


def last_of_year(day: dt.date) -> dt.date:
    """Return the day on which every age reached in the year is reached."""
    return dt.date(day.year, 12, 31)
