"""The embedded twin: an engine that finds only the very same image used again.

It can: find, over the whole base, an image whose pixels are those of an image already enrolled, whatever its
file name, its metadata or its lossless format. It cannot: recognise a person on another image, nor the same
image once it was resized, cropped or compressed again. So "no hit" says nothing, and the product says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import connection, transaction

from sijil.domains.biometrics.adapters.abis import Sample
from sijil.domains.biometrics.models import EmbeddedReference
from sijil.domains.biometrics.types import Hit, Modality


class EmbeddedTwin:
    """An ``Abis`` on a table of keyed fingerprints."""

    name = "embedded-twin"
    is_recognition = False
    is_twin = True

    @transaction.atomic
    def insert(self, *, request: UUID, reference: UUID, samples: Sequence[Sample]) -> None:
        _lock(sample.fingerprint for sample in samples)
        EmbeddedReference.objects.filter(reference=reference).delete()
        EmbeddedReference.objects.bulk_create(
            EmbeddedReference(reference=reference, modality=s.modality, fingerprint=s.fingerprint)
            for s in samples
        )

    def identify(self, *, request: UUID, reference: UUID, limit: int = 20) -> Sequence[Hit]:
        own = EmbeddedReference.objects.filter(reference=reference).values_list("fingerprint", flat=True)
        same = EmbeddedReference.objects.filter(fingerprint__in=list(own)).exclude(reference=reference)
        found: dict[UUID, list[Modality]] = defaultdict(list)
        for other, modality in same.order_by("reference", "modality").values_list("reference", "modality"):
            found[other].append(Modality(modality))
        hits = [Hit(other, tuple(modalities)) for other, modalities in found.items()]
        return sorted(hits, key=lambda hit: -len(hit.modalities))[:limit]

    def delete(self, *, request: UUID, reference: UUID) -> None:
        EmbeddedReference.objects.filter(reference=reference).delete()

    def ping(self) -> None:
        EmbeddedReference.objects.exists()

    def reference_count(self) -> int:
        """Return how many references it holds."""
        return EmbeddedReference.objects.values("reference").distinct().count()


def _lock(fingerprints: Iterable[bytes]) -> None:
    """Let two inserts of one image wait for one another, so that the second sees the first."""
    numbers = sorted(int.from_bytes(bytes(f)[:8], "big", signed=True) for f in fingerprints)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [numbers])
