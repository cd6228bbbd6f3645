"""The contract of a recognition engine (Automated Biometric Identification System), after MOSIP's ABIS API.

The operations are MOSIP's: insert, identify, delete, ping, pending jobs, reference count. ``reference`` is a
UUID that says nothing of the person; demographic data never goes to an engine. An engine is idempotent by
``request``, sees every insert made before an identify, and never decides: a hit opens an adjudication case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sijil.domains.biometrics.types import Hit, Modality


@dataclass(frozen=True, slots=True)
class Sample:
    """One image for an engine: the kept file, and the keyed fingerprint of the pixels as they were sent."""

    modality: Modality
    content: bytes
    media_type: str
    fingerprint: bytes


class Abis(Protocol):
    """What an engine must do. Errors are raised, never answered as "no hit"."""

    name: str
    is_recognition: bool

    def insert(self, *, request: UUID, reference: UUID, samples: Sequence[Sample]) -> None:
        """Enrol ``reference``; the same request again changes nothing. Must not compare."""

    def identify(self, *, request: UUID, reference: UUID, limit: int = 20) -> Sequence[Hit]:
        """Compare ``reference`` with every other; return the nearest, best first."""

    def delete(self, *, request: UUID, reference: UUID) -> None:
        """Forget ``reference``."""

    def ping(self) -> None:
        """Return if the engine answers; raise if it does not."""

    def pending_jobs(self) -> int:
        """Return how many requests wait."""

    def reference_count(self) -> int:
        """Return how many references the engine holds."""
