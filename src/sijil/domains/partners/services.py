"""Writes: a partner is registered, its secret or keys changed, it is suspended and resumed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from sijil.domains.partners import models
from sijil.domains.partners.adapters.signed_messages import read_public_key
from sijil.domains.partners.errors import CODE_TAKEN, KEY_MISSING, KEY_TAKEN, PARTNER_MISSING
from sijil.domains.partners.rules import (
    check_code,
    check_purposes,
    check_scopes,
    draw_client_id,
    draw_secret,
    hash_secret,
)
from sijil.domains.partners.states import PARTNER, PartnerState
from sijil.domains.partners.types import Credentials, Purpose
from sijil.kernel.actors import Actor
from sijil.kernel.errors import Refused


@transaction.atomic
def register_partner(
    *,
    code: str,
    name_ar: str,
    name_fr: str,
    scopes: Iterable[str],
    purposes: Iterable[Purpose],
    rate_limit: int = 100,
    actor: Actor,
    now: dt.datetime,
) -> Credentials:
    """Register a partner and return its credentials: the only time the secret is seen.

    ``rate_limit``: questions a second.
    Raises: Refused(CODE_INVALID, CODE_TAKEN, SCOPE_UNKNOWN, PURPOSE_INVALID).
    """
    drawn = Credentials(check_code(code), draw_client_id(), draw_secret())
    row = models.Partner(
        code=code,
        name_ar=name_ar,
        name_fr=name_fr,
        client_id=drawn.client_id,
        secret_hash=hash_secret(drawn.secret),
        scopes=check_scopes(scopes),
        purposes=check_purposes(purposes),
        rate_limit=rate_limit,
        token_salt=os.urandom(32),
        registered_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Refused(CODE_TAKEN, field="code", code=code) from None
    _write_step(row, "register", "", actor, now)
    return drawn


@transaction.atomic
def rotate_secret(*, code: str, actor: Actor, now: dt.datetime) -> Credentials:
    """Give a new secret; the old one stops at once (tokens already given live out their minutes).

    Raises: Refused(PARTNER_MISSING).
    """
    row = _locked(code)
    drawn = Credentials(code, row.client_id, draw_secret())
    row.secret_hash = hash_secret(drawn.secret)
    row.save(update_fields=["secret_hash"])
    _write_step(row, "rotate_secret", row.state, actor, now)
    return drawn


@transaction.atomic
def add_key(*, code: str, jwk: Mapping[str, Any], actor: Actor, now: dt.datetime) -> str:
    """Trust what a partner signs with this public key; return the name of the key (its thumbprint).

    Raises: Refused(PARTNER_MISSING, KEY_INVALID, KEY_TAKEN).
    """
    row = _locked(code)
    kid, public = read_public_key(jwk)
    key = models.PartnerKey(kid=kid, partner=row, jwk=public, added_at=now)
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise Refused(KEY_TAKEN, field="key") from None
    _write_step(row, "add_key", row.state, actor, now, kid)
    return kid


@transaction.atomic
def remove_key(*, code: str, kid: str, actor: Actor, now: dt.datetime) -> None:
    """Trust a key no more, at once; it stays in the list. Raises: Refused(PARTNER_MISSING, KEY_MISSING)."""
    row = _locked(code)
    if not row.keys.filter(kid=kid, removed_at__isnull=True).update(removed_at=now):
        raise Refused(KEY_MISSING, field="kid")
    _write_step(row, "remove_key", row.state, actor, now, kid)


def suspend_partner(*, code: str, reason: str = "", actor: Actor, now: dt.datetime) -> None:
    """Refuse the partner everything, also with a token it holds. Raises: Refused(PARTNER_MISSING, ...)."""
    _move(code, "suspend", reason, actor, now)


def resume_partner(*, code: str, reason: str = "", actor: Actor, now: dt.datetime) -> None:
    """Let a suspended partner ask again. Raises: Refused(PARTNER_MISSING, TRANSITION_REFUSED)."""
    _move(code, "resume", reason, actor, now)


@transaction.atomic
def _move(code: str, action: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    row = _locked(code)
    before, row.state = row.state, PartnerState(PARTNER.target(row.state, action))
    row.save(update_fields=["state"])
    _write_step(row, action, before, actor, now, reason)


def _locked(code: str) -> models.Partner:
    row = models.Partner.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise Refused(PARTNER_MISSING, field="code", code=code)
    return row


def _write_step(
    row: models.Partner, action: str, before: str, actor: Actor, now: dt.datetime, reason: str = ""
) -> None:
    row.steps.create(
        action=action,
        from_state=before,
        to_state=row.state,
        actor_kind=actor.kind.value,
        actor_id=actor.id,
        at=now,
        reason=reason,
    )
