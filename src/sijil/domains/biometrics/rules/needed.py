"""Which captures a person must give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import cache
from pathlib import Path

from sijil.domains.biometrics.types import Modality
from sijil.kernel.dates import PartialDate
from sijil.kernel.parameters import Parameter, load_yaml, read_parameter

_FILE = Path(__file__).parents[1] / "parameters" / "capture.yaml"


@cache
def parameter(name: str) -> Parameter:
    """Return a parameter of captures."""
    return read_parameter(name, load_yaml(_FILE)[name])


def needed_modalities(birth: PartialDate, on: dt.date) -> tuple[Modality, ...]:
    """Return the face, and both irises from the age of the law (72.18, article 6)."""
    if birth.age_on(on) < parameter("iris_from_age").on(on).value:
        return (Modality.FACE,)
    return tuple(Modality)


def missing_modalities(
    birth: PartialDate, on: dt.date, given: Collection[Modality], excepted: Collection[Modality]
) -> tuple[Modality, ...]:
    """Return what is still to be captured, in the order of capture."""
    return tuple(m for m in needed_modalities(birth, on) if m not in given and m not in excepted)
