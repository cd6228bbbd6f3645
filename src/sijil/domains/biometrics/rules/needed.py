"""Which captures a person must give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sijil.domains.biometrics.rules.law import IRIS_FROM_AGE
from sijil.domains.biometrics.types import Modality
from sijil.kernel import law
from sijil.kernel.dates import PartialDate


def needed_modalities(birth: PartialDate, on: dt.date) -> tuple[Modality, ...]:
    """Return the face, and both irises from the age of the law (72.18, article 6)."""
    if birth.age_on(on) < law.on(IRIS_FROM_AGE, on).body.years:
        return (Modality.FACE,)
    return tuple(Modality)


def missing_modalities(
    birth: PartialDate, on: dt.date, given: Collection[Modality], excepted: Collection[Modality]
) -> tuple[Modality, ...]:
    """Return what is still to be captured, in the order of capture."""
    return tuple(m for m in needed_modalities(birth, on) if m not in given and m not in excepted)
