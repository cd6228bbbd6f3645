"""Is an image good enough? Measures on its grey pixels; a failed one is a refusal with its remedy.

Names after ISO/IEC 29794-5 (face) and 29794-6 (iris). These measures see light, focus and, for an iris,
a dark pupil in a brighter ring; they do not see whether a face is a face.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sijil.domains.biometrics import errors
from sijil.domains.biometrics.opening.child import WIDTH_MEASURED
from sijil.domains.biometrics.rules.law import LIMITS, QUALITY, Bounds
from sijil.domains.biometrics.types import Modality, Opened
from sijil.kernel import law
from sijil.kernel.errors import ErrorCode, Refused

_SINGLE_COLOUR = 4.0  # standard deviation, in grey levels
Grey = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measures:
    """What is measured on an image, in the units of ``biometrics.quality``."""

    deviation: float
    luminance: float
    dark_share: float
    bright_share: float
    dynamic_range: float
    sharpness: float
    pupil_contrast: float


def check_quality(image: Opened, modality: Modality, on: dt.date) -> Mapping[str, int]:
    """Return the quality components (0..100, with ``unified`` the least).

    Raises: Refused(IMAGE_TOO_NARROW | IMAGE_TOO_SMALL | IMAGE_BLANK | IMAGE_TOO_DARK | IMAGE_TOO_BRIGHT |
    IMAGE_FLAT | PUPIL_NOT_SEEN | IMAGE_BLURRED).
    """
    quality = law.on(QUALITY, on).body
    bounds = quality.face if modality is Modality.FACE else quality.iris
    _check_size(image, bounds, law.on(LIMITS, on).body.ratio)
    found = measure(_grey(image))
    fault = _first_fault(found, bounds)
    if fault is not None:
        raise Refused(fault, field="image")
    return _scores(found, bounds)


def _grey(image: Opened) -> Grey:
    return np.frombuffer(image.grey, np.uint8).reshape(-1, WIDTH_MEASURED).astype(np.float32)


def measure(grey: Grey) -> Measures:
    """Measure the dots of an image at the standard width."""
    low, high = np.percentile(grey, (5, 95))
    return Measures(
        deviation=float(grey.std()),
        luminance=float(grey.mean()),
        dark_share=float((grey <= 8).mean() * 100),
        bright_share=float((grey >= 250).mean() * 100),
        dynamic_range=float(high - low),
        sharpness=_sharpness(grey),
        pupil_contrast=_pupil_contrast(grey),
    )


def _check_size(image: Opened, bounds: Bounds, ratio: int) -> None:
    size = {"width": image.width, "height": image.height}
    if max(size.values()) > ratio * min(size.values()):
        raise Refused(errors.IMAGE_TOO_NARROW, field="image", **size)
    if image.width < bounds.width or image.height < bounds.height:
        least = {"least_width": bounds.width, "least_height": bounds.height}
        raise Refused(errors.IMAGE_TOO_SMALL, field="image", **size, **least)


def _first_fault(found: Measures, bounds: Bounds) -> ErrorCode | None:
    """Return the first thing wrong, in the order in which an officer can put it right."""
    dark, bright = bounds.luminance
    faults = (
        (found.deviation < _SINGLE_COLOUR, errors.IMAGE_BLANK),
        (found.luminance < dark or found.dark_share > bounds.clipped, errors.IMAGE_TOO_DARK),
        (found.luminance > bright or found.bright_share > bounds.clipped, errors.IMAGE_TOO_BRIGHT),
        (found.dynamic_range < bounds.dynamic_range[0], errors.IMAGE_FLAT),
        (found.sharpness < bounds.sharpness[0], errors.IMAGE_BLURRED),
        (found.pupil_contrast < (bounds.pupil_contrast or [float("-inf")])[0], errors.PUPIL_NOT_SEEN),
    )
    return next((error for wrong, error in faults if wrong), None)


def _scores(found: Measures, bounds: Bounds) -> Mapping[str, int]:
    clipped = bounds.clipped
    scores = {
        "under_exposure_prevention": _score(clipped - found.dark_share, 0, clipped),
        "over_exposure_prevention": _score(clipped - found.bright_share, 0, clipped),
        "dynamic_range": _score(found.dynamic_range, *bounds.dynamic_range),
        "sharpness": _score(found.sharpness, *bounds.sharpness),
    }
    if bounds.pupil_contrast:
        scores["iris_pupil_contrast"] = _score(found.pupil_contrast, *bounds.pupil_contrast)
    return {**scores, "unified": min(scores.values())}


def _score(value: float, least: float, best: float) -> int:
    """Return 20 at the least that is accepted, 100 from the best on."""
    return round(min(100.0, max(0.0, 20 + 80 * (value - least) / (best - least))))


def _sharpness(grey: Grey) -> float:
    """Return the variance of the Laplacian (Pech-Pacheco and others, 2000)."""
    inner = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    return float(laplacian.var()) if laplacian.size else 0.0


def _pupil_contrast(grey: Grey) -> float:
    """Return how much darker the darkest square of the middle is than the ring around it, in grey levels."""
    small = grey[::4, ::4]
    rows, columns = small.shape
    side = max(3, columns // 12)
    if rows < 4 * side or columns < 4 * side:
        return 0.0
    inner, outer = _box_means(small, side), _box_means(small, 3 * side)
    ring = (outer * 9 - inner[side : side + outer.shape[0], side : side + outer.shape[1]]) / 8
    middle = inner[side : side + outer.shape[0], side : side + outer.shape[1]]
    top, left = outer.shape[0] // 6, outer.shape[1] // 6
    window = middle[top : outer.shape[0] - top, left : outer.shape[1] - left]
    row, column = np.unravel_index(np.argmin(window), window.shape)
    return float(ring[top + row, left + column] - window[row, column])


def _box_means(values: Grey, side: int) -> NDArray[np.float64]:
    """Return the mean of every ``side`` × ``side`` square, by its upper left corner."""
    total = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    total[1:, 1:] = values.cumsum(0, dtype=np.float64).cumsum(1)
    means: NDArray[np.float64] = (
        total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    ) / (side * side)
    return means
