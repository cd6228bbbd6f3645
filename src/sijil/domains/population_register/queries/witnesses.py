"""Who attests a file without papers: no names here; ``list_persons`` opens them."""

from __future__ import annotations

import datetime as dt

from sijil.domains.population_register import models
from sijil.domains.population_register.rules import WITNESSES, is_attested
from sijil.domains.population_register.types import Attestation
from sijil.kernel import clean, law


def list_attestations(number: str) -> list[Attestation]:
    """Return the witnesses of a file, in the order in which they were named."""
    rows = models.Attestation.objects.filter(request__number=clean.request_number(number), removed_at=None)
    return [
        attestation_of(row) for row in rows.select_related("request", "witness").order_by("named_at", "id")
    ]


def has_witnesses(number: str, *, on: dt.date) -> bool:
    """Tell whether as many as the law of a day asks have signed for a file: then it needs no paper."""
    return is_attested(law.on(WITNESSES, on).body, list_attestations(number))


def attestation_of(row: models.Attestation) -> Attestation:
    """Return the value of a row, its file and witness joined."""
    return Attestation(row.id, row.request.number, row.witness.key, row.named_at, row.signed_at, row.way)
