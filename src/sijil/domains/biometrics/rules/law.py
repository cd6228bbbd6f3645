"""The laws of captures: from which age an iris, what an image may weigh, when it is good enough."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from sijil.kernel import law

_FOLDER = Path(__file__).parents[1] / "parameters"
_Count = Annotated[int, msgspec.Meta(ge=1, le=100_000)]
_Bound = Annotated[int, msgspec.Meta(ge=0, le=100_000)]


class IrisAge(law.Body, frozen=True):
    """The law ``biometrics.iris_from_age``."""

    years: Annotated[int, msgspec.Meta(ge=0, le=18)]
    face: Annotated[int, msgspec.Meta(ge=0, le=18)]


class ImageLimits(law.Body, frozen=True):
    """The law ``biometrics.limits``."""

    megabytes: _Count
    megapixels: _Count
    longest_side: _Count
    ratio: _Count


class Bounds(law.Body, frozen=True):
    """What one kind of image must measure: the least that is accepted, and what counts as 100."""

    width: _Count
    height: _Count
    luminance: tuple[_Bound, _Bound]
    clipped: _Bound
    dynamic_range: tuple[_Bound, _Bound]
    sharpness: tuple[_Bound, _Bound]
    pupil_contrast: tuple[_Bound, _Bound] | None = None

    def __post_init__(self) -> None:
        for name in ("luminance", "dynamic_range", "sharpness", "pupil_contrast"):
            pair = getattr(self, name)
            if pair is not None and pair[0] >= pair[1]:
                raise law.Wrong(f"{pair[0]} is not less than {pair[1]}.", "Turn them.", name)


class Quality(law.Body, frozen=True):
    """The law ``biometrics.quality``."""

    face: Bounds
    iris: Bounds


IRIS_FROM_AGE = law.declare(law.LawKind("biometrics.iris_from_age", IrisAge, _FOLDER / "iris_from_age"))
LIMITS = law.declare(law.LawKind("biometrics.limits", ImageLimits, _FOLDER / "limits"))
QUALITY = law.declare(law.LawKind("biometrics.quality", Quality, _FOLDER / "quality"))
