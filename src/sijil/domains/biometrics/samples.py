"""Generated faces and irises for the demo country and the tests: the same seed draws the same person.

Plain drawings, nobody's likeness. ``take`` draws another image of the same person (other light and noise).
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from sijil.domains.biometrics.types import Modality

Plane = NDArray[Any]
_SKIN = ((224, 188, 160), (205, 160, 128), (181, 134, 102), (150, 106, 78), (117, 80, 58))
_HAIR = ((30, 24, 20), (58, 40, 28), (92, 64, 40), (140, 132, 126))
_SHIRT = ((24, 90, 72), (40, 60, 110), (120, 40, 40), (90, 90, 96), (184, 117, 20))


def draw(seed: int, modality: Modality | str, take: int = 0) -> bytes:
    """Return a JPEG (face) or PNG (iris) file that passes the checks of this domain."""
    kind = Modality(modality)
    return draw_face(seed, take) if kind is Modality.FACE else draw_iris(seed, kind, take)


def draw_face(seed: int, take: int = 0) -> bytes:
    """Return a 480 × 640 JPEG of a drawn face."""
    person = np.random.default_rng([seed, 1])
    y, x = np.mgrid[0:640, 0:480].astype(np.float32)
    shirt, skin, hair = (np.array(c[int(person.integers(len(c)))]) for c in (_SHIRT, _SKIN, _HAIR))
    width, height = int(person.integers(104, 128)), int(person.integers(146, 170))
    ground = 205 - 25 * ((x - 240) / 240) ** 2
    picture = np.stack([ground, ground + 3, ground + 6], axis=-1)
    _fill(picture, _ellipse(x, y, 240, 690, 215, 190), shirt)
    _fill(picture, _box(x, y, 240, 480, 46, 90), skin * 0.88)
    _fill(picture, _ellipse(x, y, 240, 285, width + 16, height + 24), hair)
    _fill(picture, _ellipse(x, y, 240, 315, width, height), skin)
    _features(picture, x, y, person, skin, hair)
    light = np.random.default_rng([seed, 2, take])
    picture *= (1 + light.uniform(-0.08, 0.08)) + light.uniform(-0.05, 0.05) * ((x - 240) / 240)[..., None]
    picture += light.normal(0, 5, (640, 480, 1))
    return _file(picture, "JPEG", quality=90)


def draw_iris(seed: int, modality: Modality | str = Modality.IRIS_LEFT, take: int = 0) -> bytes:
    """Return a 640 × 480 grey PNG of a drawn eye under near infrared light."""
    side = 4 if modality == Modality.IRIS_LEFT else 5
    person, light = np.random.default_rng([seed, side]), np.random.default_rng([seed, side, 7, take])
    y, x = np.mgrid[0:480, 0:640].astype(np.float32)
    cx, cy = 320 + int(light.integers(-14, 15)), 240 + int(light.integers(-10, 11))
    distance, angle = np.hypot(x - cx, y - cy), np.arctan2(y - cy, x - cx)
    limbus, pupil = int(person.integers(118, 132)), int(person.integers(40, 54))
    picture = 190 - 0.10 * np.abs(x - cx) + 6 * np.sin(y / 37)
    texture = sum(
        person.uniform(3, 9) * np.sin(k * angle + person.uniform(0, 7) + distance / person.uniform(7, 20))
        for k in person.integers(5, 60, 14)
    )
    picture = np.where(distance < limbus, 118 + texture, picture)
    picture = np.where(distance < pupil, 22, picture)
    picture = np.where(np.hypot(x - cx - 14, y - cy - 12) < 6, 246, picture)
    picture = _lids(picture, x, y, cx, cy, person)
    picture = picture * (1 + light.uniform(-0.06, 0.06)) + light.normal(0, 4, picture.shape)
    return _file(picture, "PNG")


def _features(
    picture: Plane,
    x: Plane,
    y: Plane,
    person: np.random.Generator,
    skin: NDArray[np.int64],
    hair: NDArray[np.int64],
) -> None:
    """Draw eyes, brows, nose and mouth at places that belong to this person."""
    apart, level = int(person.integers(44, 56)), int(person.integers(286, 302))
    for sign in (-1, 1):
        eye = 240 + sign * apart
        _fill(picture, _ellipse(x, y, eye, level, 25, 11), (240, 238, 234))
        _fill(picture, _ellipse(x, y, eye, level, 10, 10), (60, 42, 30))
        _fill(picture, _ellipse(x, y, eye, level, 4, 4), (12, 10, 10))
        _fill(picture, _box(x, y, eye, level - 28, 28, int(person.integers(3, 6))), hair)
    _fill(picture, _ellipse(x, y, 240, level + 62, int(person.integers(14, 22)), 12), skin * 0.82)
    _fill(
        picture,
        _ellipse(x, y, 240, level + 112, int(person.integers(32, 46)), int(person.integers(8, 13))),
        (150, 72, 70),
    )
    _fill(picture, _box(x, y, 240, level + 112, 30, 1.5), (96, 40, 42))


def _lids(picture: Plane, x: Plane, y: Plane, cx: int, cy: int, person: np.random.Generator) -> Plane:
    """Draw both lids as parabolas, and lashes under the upper one."""
    upper = cy - int(person.integers(112, 126)) + 0.0011 * (x - cx) ** 2
    lower = cy + int(person.integers(118, 132)) - 0.0009 * (x - cx) ** 2
    lashes = (y > upper) & (y < upper + 16) & (np.sin(x / 3.1 + 0.04 * (y - upper)) > 0.72)
    picture = np.where(lashes, 70, picture)
    return np.asarray(np.where((y < upper) | (y > lower), 168 + 3 * np.sin(y / 9), picture))


def _fill(picture: Plane, mask: NDArray[np.bool_], colour: object) -> None:
    picture[mask] = np.asarray(colour, dtype=np.float32)


def _ellipse(x: Plane, y: Plane, cx: float, cy: float, a: float, b: float) -> NDArray[np.bool_]:
    return np.asarray(((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 < 1)


def _box(x: Plane, y: Plane, cx: float, cy: float, a: float, b: float) -> NDArray[np.bool_]:
    return np.asarray((np.abs(x - cx) < a) & (np.abs(y - cy) < b))


def _file(picture: Plane, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).save(file, kind, **options)
    return file.getvalue()
