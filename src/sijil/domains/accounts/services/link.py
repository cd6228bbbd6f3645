"""One-time links: shown once to an administrator, good for one password, an hour long."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import Account, OneTimeLink, StaffFile
from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.account import check_new_password, give_password, seal_name
from sijil.domains.accounts.services.trial import forget_factor, forget_login
from sijil.domains.accounts.types import Invitation, SignedIn
from sijil.kernel.errors import Refused


def make_link(account: Account, now: dt.datetime) -> Invitation:
    """Make the one link of an account that is good; an earlier one is good no more."""
    end_links(account)
    token = secrets.token_urlsafe(32)
    expires_at = now + rules.minutes("link_minutes", now)
    OneTimeLink.objects.create(account=account, tag=_tag(token), made_at=now, expires_at=expires_at)
    return Invitation(account.login, token, expires_at)


def end_links(account: Account) -> None:
    """Make every link of an account that was not used good no more."""
    OneTimeLink.objects.filter(account=account, used_at__isnull=True).delete()


def check_link(*, token: str, now: dt.datetime) -> tuple[str, bool]:
    """Return whose password a link is for, and whether the owner also says the name. Uses nothing up.

    Raises: Refused(LINK_INVALID).
    """
    found = _find(token, now)
    file = StaffFile.objects.get(account=found.account)
    return found.account.login, file.is_first


@transaction.atomic
def use_link(*, token: str, password: str, name: str = "", now: dt.datetime) -> SignedIn:
    """Use a link up: its account has this password. A refused password leaves the link good.

    ``name``: what one of the first two administrators is called; nobody else says it here.
    Raises: Refused(LINK_INVALID, NAME_MISSING, PASSWORD_SHORT, PASSWORD_COMMON).
    """
    found = _find(token, now, lock=True)
    account = Account.objects.select_for_update().get(pk=found.account_id)
    check_new_password(password, account.login, now)
    if StaffFile.objects.filter(account=account, is_first=True).exists():
        account.sealed = seal_name(account.pk, name)
    found.used_at = now
    found.save(update_fields=["used_at"])
    account.session_round += 1
    account.save(update_fields=["sealed", "session_round"])
    give_password(account, password, now)
    forget_login(account.login)
    forget_factor(account.login)
    return show_account(account)


def _find(token: str, now: dt.datetime, *, lock: bool = False) -> OneTimeLink:
    """Return a link that is good. Raises: Refused(LINK_INVALID)."""
    rows = OneTimeLink.objects.select_for_update() if lock else OneTimeLink.objects.select_related("account")
    good = {"made_at__lte": now + rules.SKEW, "expires_at__gt": now}
    found = rows.filter(tag=_tag(token), used_at__isnull=True, **good).first()
    if found is None:
        raise Refused(errors.LINK_INVALID)
    return found


def _tag(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
