"""What crosses the border of biometrics. Images travel only where somebody may see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sijil.kernel.texts import Text4


class Modality(StrEnum):
    FACE = "face"
    IRIS_LEFT = "iris_left"
    IRIS_RIGHT = "iris_right"


class ExceptionReason(StrEnum):
    """Why an iris cannot be captured (biometric acquisition exception, ISO/IEC 2382-37)."""

    MISSING_EYE = "missing_eye"
    DISEASE = "disease"
    INJURY = "injury"
    CANNOT_OPEN = "cannot_open"


MODALITIES: Mapping[str, Text4] = {
    Modality.FACE: Text4("الوجه", "Visage", "Face", "ⵓⴷⵎ"),
    Modality.IRIS_LEFT: Text4("القزحية اليسرى", "Iris gauche", "Left iris"),
    Modality.IRIS_RIGHT: Text4("القزحية اليمنى", "Iris droit", "Right iris"),
}
EXCEPTIONS: Mapping[str, Text4] = {
    ExceptionReason.MISSING_EYE: Text4("العين غير موجودة", "Œil absent", "The eye is missing"),
    ExceptionReason.DISEASE: Text4("مرض في العين", "Maladie de l’œil", "Disease of the eye"),
    ExceptionReason.INJURY: Text4("عين مصابة", "Œil blessé", "Injured eye"),
    ExceptionReason.CANNOT_OPEN: Text4(
        "تعذر فتح العين", "L’œil ne peut pas s’ouvrir", "The eye cannot be opened"
    ),
}


@dataclass(frozen=True, slots=True)
class Capture:
    """One image that passed its checks. ``quality``: component → 0..100; ``unified`` is the least of them."""

    id: UUID
    request_number: str
    modality: Modality
    quality: Mapping[str, int]
    width: int
    height: int
    media_type: str
    captured_at: dt.datetime
    captured_by: str


@dataclass(frozen=True, slots=True)
class Opened:
    """An image as a child opened it. ``grey``: rows of dots to measure; ``kept``: the file to keep.

    ``digest``: of size and pixels, equal for the same picture whatever its file.
    """

    width: int
    height: int
    digest: str
    grey: bytes
    kept: bytes


@dataclass(frozen=True, slots=True)
class Judged:
    """An image that passed its checks, not yet kept. ``quality``: as :class:`Capture`."""

    modality: Modality
    image: Opened
    quality: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CaptureException:
    """A modality that this person cannot give, and why."""

    request_number: str
    modality: Modality
    reason: ExceptionReason
    recorded_at: dt.datetime
    recorded_by: str


class Operation(StrEnum):
    """What an engine is asked to do."""

    INSERT = "insert"
    IDENTIFY = "identify"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Hit:
    """A known reference that an engine holds for the same person, and by which modalities."""

    reference: UUID
    modalities: tuple[Modality, ...]


@dataclass(frozen=True, slots=True)
class Identification:
    """An engine's answer. ``is_recognition`` is false for the embedded twin: no hit then says nothing."""

    reference: UUID
    hits: tuple[Hit, ...]
    engine: str
    is_recognition: bool


@dataclass(frozen=True, slots=True)
class EngineWork:
    """How the engine keeps up. ``oldest``: since when the first open request waits; ``reason``: of the last
    failure; ``refused``: requests that it will not do; ``contradicted``: answers that a later one belied.
    """

    waiting: int
    oldest: dt.datetime | None
    reason: str
    refused: int
    contradicted: int


@dataclass(frozen=True, slots=True)
class EngineProgress:
    """How far the engine is with one deposit. ``since``: when it was first asked; ``answered_at``: when it
    told whom the images resemble; ``attempts``, ``reason``: of what it is asked now.
    """

    since: dt.datetime
    answered_at: dt.datetime | None
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """A request that the engine will not do, and why. ``request_number``: whose file."""

    id: UUID
    operation: str
    request_number: str
    attempts: int
    queued_at: dt.datetime
    reason: str
