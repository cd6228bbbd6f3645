"""Whether identities are those that the register sealed. Nobody is shown."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import F

from sijil.domains.population_register.models import EnrolmentRequest, Filiation, IdentityVersion, Person
from sijil.domains.population_register.sealed import CONTEXT, Sealed, act_aad
from sijil.kernel.sealing import SealBroken, keyring

_CHUNK = 2000
_UNWITNESSED = """
SELECT r.number FROM (
    SELECT request_id, count(*) AS named, count(signed_at) AS signed, count(removed_at) AS removed
    FROM population_register_attestation GROUP BY request_id
) a FULL JOIN (
    SELECT request_id, count(*) FILTER (WHERE action = 'name_witness') AS named,
        count(*) FILTER (WHERE action = 'sign_witness') AS signed,
        count(*) FILTER (WHERE action = 'remove_witness') AS removed
    FROM population_register_request_step WHERE action LIKE '%\\_witness' GROUP BY request_id
) s USING (request_id) JOIN population_register_request r ON r.id = request_id
WHERE (a.named, a.signed, a.removed) IS DISTINCT FROM (s.named, s.signed, s.removed) ORDER BY 1
"""


def iter_unsealed() -> Iterator[tuple[str, str, str]]:
    """Yield (kind, which, what is seen) where an identity was changed, or is another person's.

    A seal is tied to its row, so that nobody without the keys writes one that opens.
    """
    others = Person.objects.exclude(current__person_id=F("id")).order_by("key")
    for key in others.values_list("key", flat=True):
        yield "person", str(key), "has the identity of another"
    versions = IdentityVersion.objects.order_by("pk")
    columns = versions.values_list("id", "person__key", "version", "sealed", "sealed_paper")
    for id_, key, version, sealed, paper in columns.iterator(chunk_size=_CHUNK):
        if not (_opens(f"identity.sealed:{id_}", sealed) and _has_paper(id_, paper)):
            yield "identity", f"{key} version {version}", "is not what the register sealed"
    requests = EnrolmentRequest.objects.exclude(sealed=b"").order_by("pk")
    for id_, number, sealed in requests.values_list("id", "number", "sealed").iterator(chunk_size=_CHUNK):
        if not _opens(f"request.sealed:{id_}", sealed):
            yield "request", number, "is not what the register sealed"
    acts = Filiation.objects.exclude(sealed_paper=b"").order_by("pk").values_list("id", "sealed_paper")
    for id_, sealed in acts.iterator(chunk_size=_CHUNK):
        if not _opens(act_aad(id_), sealed):
            yield "filiation", str(id_), "is not what the register sealed"


def list_unwitnessed() -> list[str]:
    """Return the files whose witnesses are not those that their steps named, signed and took off."""
    with connection.cursor() as cursor:
        cursor.execute(_UNWITNESSED)
        return [number for (number,) in cursor.fetchall()]


def _opens(aad: str, sealed: Sealed) -> bool:
    try:
        keyring().unseal(CONTEXT, bytes(sealed), aad=aad)
    except SealBroken:
        return False
    return True


def _has_paper(id_: object, sealed: Sealed) -> bool:
    return not sealed or _opens(f"identity.sealed_paper:{id_}", sealed)
