"""Writes: a partner is registered, its secret or keys changed, it is suspended and resumed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction

from sijil.domains.partners.adapters import SOURCES
from sijil.domains.partners.errors import CODE_TAKEN, KEY_MISSING, KEY_TAKEN, PARTNER_MISSING
from sijil.domains.partners.models import Partner, PartnerKey, PartnerStep
from sijil.domains.partners.rules import (
    check_code,
    check_purposes,
    check_scopes,
    draw_client_id,
    draw_secret,
    hash_secret,
    mark_of,
)
from sijil.domains.partners.states import PARTNER
from sijil.domains.partners.types import Credentials, Purpose
from sijil.kernel.actors import Actor
from sijil.kernel.casework import Delay, Role
from sijil.kernel.casework.files import Files, staff_roles
from sijil.kernel.errors import Refused

ADMINISTRATOR = "administrator"
"""The role of an account that manages partners."""


def _roles(row: Partner, actor: Actor) -> set[Role]:
    """A partner is managed by administrators alone, whatever their centre."""
    mine = {Role.MANAGER} if ADMINISTRATOR in actor.roles else set()
    return mine | (staff_roles(actor) & {Role.SYSTEM})


def _no_delay(name: str, day: dt.date) -> Delay:
    """No step about a partner starts a clock."""
    raise LookupError(name)


def _power(row: Partner) -> dict[str, Any]:
    """What a partner may ask, as whom, and how often."""
    return {
        "client": row.client_id,
        "mark": mark_of(bytes(row.secret_hash)),
        "scopes": sorted(row.scopes),
        "purposes": sorted(purpose["code"] for purpose in row.purposes),
        "rate": row.rate_limit,
    }


PARTNERS = Files(
    PARTNER,
    Partner,
    PartnerStep,
    "partner",
    PARTNER_MISSING,
    roles=_roles,
    delay=_no_delay,
    subject=lambda row: f"partner:{row.code}",
    key="code",
    facts=_power,
)


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
    Raises: Refused(CODE_INVALID, CODE_TAKEN, SCOPE_UNKNOWN, PURPOSE_INVALID, ROLE_REFUSED).
    """
    drawn = Credentials(check_code(code), draw_client_id(), draw_secret())
    row = Partner(
        code=code,
        name_ar=name_ar,
        name_fr=name_fr,
        client_id=drawn.client_id,
        secret_hash=hash_secret(drawn.secret),
        scopes=check_scopes(scopes),
        purposes=check_purposes(purposes),
        rate_limit=rate_limit,
        token_salt=os.urandom(32),
    )
    try:
        with transaction.atomic():
            PARTNERS.open(row, actor=actor, now=now)
    except IntegrityError:
        raise Refused(CODE_TAKEN, field="code", code=code) from None
    return drawn


@transaction.atomic
def rotate_secret(*, code: str, actor: Actor, now: dt.datetime) -> Credentials:
    """Give a new secret; the old one and every token given for it stop at once.

    Raises: Refused(PARTNER_MISSING, ROLE_REFUSED).
    """
    row = PARTNERS.lock(code)
    drawn = Credentials(code, row.client_id, draw_secret())
    PARTNERS.move_row(row, "rotate_secret", actor=actor, now=now, secret_hash=hash_secret(drawn.secret))
    return drawn


@transaction.atomic
def add_key(*, code: str, jwk: Mapping[str, Any], actor: Actor, now: dt.datetime) -> str:
    """Trust what the partner signs with this public key; return the name of the key (its thumbprint).

    Raises: Refused(PARTNER_MISSING, KEY_INVALID, KEY_TAKEN, ROLE_REFUSED).
    """
    row = PARTNERS.lock(code)
    kid, public = SOURCES.get().read_public_key(jwk)
    PARTNERS.move_row(row, "add_key", actor=actor, now=now, reason=kid)
    try:
        with transaction.atomic():
            PartnerKey(kid=kid, partner=row, jwk=public, added_at=now).save(force_insert=True)
    except IntegrityError:
        raise Refused(KEY_TAKEN, field="key") from None
    return kid


@transaction.atomic
def remove_key(*, code: str, kid: str, actor: Actor, now: dt.datetime) -> None:
    """Trust a key no more, at once; it stays in the list.

    Raises: Refused(PARTNER_MISSING, KEY_MISSING, ROLE_REFUSED).
    """
    row = PARTNERS.lock(code)
    PARTNERS.move_row(row, "remove_key", actor=actor, now=now, reason=kid)
    if not PartnerKey.objects.filter(partner=row, kid=kid, removed_at__isnull=True).update(removed_at=now):
        raise Refused(KEY_MISSING, field="kid")


def suspend_partner(*, code: str, reason: str = "", actor: Actor, now: dt.datetime) -> None:
    """Refuse the partner everything, also with a token it holds.

    Raises: Refused(PARTNER_MISSING, TRANSITION_REFUSED, ROLE_REFUSED).
    """
    PARTNERS.move(code, "suspend", actor=actor, now=now, reason=reason)


def resume_partner(*, code: str, reason: str = "", actor: Actor, now: dt.datetime) -> None:
    """Let a suspended partner ask again. Raises: as :func:`suspend_partner`."""
    PARTNERS.move(code, "resume", actor=actor, now=now, reason=reason)
