"""Which captures a person must give."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Collection

from sijil.domains.biometrics.rules.law import IRIS_FROM_AGE
from sijil.domains.biometrics.types import Modality
from sijil.kernel import law
from sijil.kernel.dates import PartialDate

_IRISES = (Modality.IRIS_LEFT, Modality.IRIS_RIGHT)


def needed_modalities(birth: PartialDate, on: dt.date) -> tuple[Modality, ...]:
    """Return what is asked for at an age: the face, and both irises (72.18, article 6)."""
    terms, age = law.on(IRIS_FROM_AGE, on).body, birth.age_on(on)
    faces = (Modality.FACE,) if age >= terms.face else ()
    return (*faces, *_IRISES) if age >= terms.years else faces


def irises_from(birth: PartialDate, on: dt.date) -> dt.date:
    """Return the day on which both irises are due, by the law of a day; as ``PartialDate.age_on`` counts."""
    year = birth.year + law.on(IRIS_FROM_AGE, on).body.years
    month, day = birth.month or 7, birth.day or (15 if birth.month else 1)
    if (month, day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1)
    return dt.date(year, month, day)


def missing_modalities(
    birth: PartialDate, on: dt.date, given: Collection[Modality], excepted: Collection[Modality]
) -> tuple[Modality, ...]:
    """Return what is still to be captured, in the order of capture."""
    return tuple(m for m in needed_modalities(birth, on) if m not in given and m not in excepted)
