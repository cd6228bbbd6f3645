"""The contract of a recognition engine (Automated Biometric Identification System), after MOSIP's ABIS API.

The operations are MOSIP's: insert, identify, delete. ``reference`` is a UUID that says nothing of the person;
demographic data never goes to an engine. An engine is idempotent by ``request``, sees every insert that it
answered before an identify, and never decides: a hit opens an adjudication case.

It is called between transactions. It answers at once, or takes the request and answers later: through
``POST /v1/inbound/abis`` (``AnsweringAbis``), or when it is asked again by the same request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable
from uuid import UUID

from sijil.domains.biometrics.types import Hit, Modality


@dataclass(frozen=True, slots=True)
class Sample:
    """One image for an engine: the kept file, and the keyed fingerprint of the pixels as they were sent."""

    modality: Modality
    content: bytes
    media_type: str
    fingerprint: bytes


class Later(StrEnum):
    """The engine has the request and answers it later."""

    LATER = "later"


LATER = Later.LATER


@dataclass(frozen=True, slots=True)
class Answer:
    """What came by itself: the answer to ``request``, or why there is none. ``hits``: of an identify."""

    request: UUID
    hits: tuple[Hit, ...] = ()
    failure: str = ""
    permanent: bool = False


class AbisFailed(Exception):
    """The engine did not do it. ``reason`` names nobody; ``permanent``: asking again is useless."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class AnswerUnreadable(Exception):
    """What came in is no answer of this engine."""


class Abis(Protocol):
    """What an engine must do. A failure is raised as AbisFailed, never answered as "no hit".

    Any other exception is a fault of the adapter: it is told in the log, and asked again like a failure.
    """

    name: str
    is_recognition: bool

    def insert(self, *, request: UUID, reference: UUID, samples: Sequence[Sample]) -> Later | None:
        """Enrol ``reference``; the same request again changes nothing. Must not compare."""

    def identify(self, *, request: UUID, reference: UUID, limit: int = 20) -> Sequence[Hit] | Later:
        """Compare ``reference`` with every other; return the nearest, best first."""

    def delete(self, *, request: UUID, reference: UUID) -> Later | None:
        """Forget ``reference``; one that is not known is forgotten already."""

    def ping(self) -> None:
        """Return if the engine answers; raise AbisFailed if it does not."""


@runtime_checkable
class AnsweringAbis(Protocol):
    """The inbound half, of an engine that answers by itself."""

    def read_answers(self, body: bytes, media_type: str) -> Sequence[Answer]:
        """Return the answers in what came in. Raises: AnswerUnreadable."""
        ...
