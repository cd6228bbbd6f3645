"""Reads of partners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sijil.domains.partners import models
from sijil.domains.partners.adapters import SOURCES
from sijil.domains.partners.errors import CLIENT_REFUSED, MESSAGE_REFUSED, PARTNER_MISSING
from sijil.domains.partners.rules import SOURCE, hash_secret, is_secret, pairwise_token
from sijil.domains.partners.states import PartnerState
from sijil.domains.partners.types import Partner, PartnerKey, Purpose
from sijil.kernel.errors import Refused
from sijil.kernel.ids import PersonKey
from sijil.kernel.sealing import keyring

_NOBODY = hash_secret("")


def get_partner(code: str) -> Partner:
    """Return a partner. Raises: Refused(PARTNER_MISSING)."""
    return _value(_row(code))


def list_partners(codes: Iterable[str] | None = None) -> list[Partner]:
    """Return all partners, or those of ``codes``, by code."""
    rows = models.Partner.objects.order_by("code")
    return [_value(row) for row in (rows if codes is None else rows.filter(code__in=list(codes)))]


def authenticate_client(client_id: str, secret: str) -> Partner:
    """Return the active partner of these credentials. Raises: Refused(CLIENT_REFUSED), whatever is wrong."""
    row = models.Partner.objects.filter(client_id=client_id).first()
    known = is_secret(bytes(row.secret_hash) if row else _NOBODY, secret)
    if row is None or not known or row.state != PartnerState.ACTIVE:
        raise Refused(CLIENT_REFUSED)
    return _value(row)


def authenticate_message(message: bytes, *, audience: str, now: dt.datetime) -> tuple[Partner, bytes]:
    """Return the active source that signed a message for us, and what it says (JSON).

    Raises: Refused(MESSAGE_REFUSED), whatever is wrong: form, key, signature, partner, audience or time.
    """
    signed = SOURCES.get().open_message(message, key_of=_find_jwk)
    row = models.Partner.objects.filter(keys__kid=signed.kid).first()
    is_source = row is not None and row.state == PartnerState.ACTIVE and SOURCE in row.scopes
    if row is None or not is_source or not signed.is_from(row.code, audience=audience, now=now):
        raise Refused(MESSAGE_REFUSED)
    return _value(row), signed.payload


def list_keys(code: str) -> list[PartnerKey]:
    """Return the keys of a partner, also those removed, by their age. Raises: Refused(PARTNER_MISSING)."""
    rows = _row(code).keys.order_by("added_at", "kid")
    return [PartnerKey(k.kid, code, k.jwk, k.added_at, k.removed_at) for k in rows]


def list_trusted() -> list[tuple[str, str, bool]]:
    """Return code, name of each key that counts, and whether it is the key of that name."""
    rows = models.PartnerKey.objects.filter(removed_at__isnull=True).order_by("kid")
    found = rows.values_list("partner__code", "kid", "jwk")
    return [(code, kid, _is_called(kid, jwk)) for code, kid, jwk in found]


def _is_called(kid: str, jwk: Mapping[str, str]) -> bool:
    try:
        return SOURCES.get().read_public_key(jwk)[0] == kid
    except Refused:
        return False


def _find_jwk(kid: str) -> Mapping[str, str] | None:
    """Return a key that is trusted, by its name."""
    row = models.PartnerKey.objects.filter(kid=kid, removed_at__isnull=True).first()
    return row.jwk if row else None


def get_pairwise_token(code: str, person: PersonKey) -> str:
    """Return the partner's own pseudonym of a person. Raises: Refused(PARTNER_MISSING)."""
    return pairwise_token(keyring(), bytes(_row(code).token_salt), person)


def _row(code: str) -> models.Partner:
    row = models.Partner.objects.filter(code=code).first()
    if row is None:
        raise Refused(PARTNER_MISSING, field="code", code=code)
    return row


def _value(row: models.Partner) -> Partner:
    return Partner(
        code=row.code,
        name_ar=row.name_ar,
        name_fr=row.name_fr,
        client_id=row.client_id,
        scopes=tuple(row.scopes),
        purposes=tuple(Purpose(**p) for p in row.purposes),
        state=str(row.state),
        rate_limit=row.rate_limit,
    )
