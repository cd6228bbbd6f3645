"""The second factor: time-based codes of six digits (RFC 6238) that a telephone computes by itself."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from sijil.domains.accounts import errors, rules
from sijil.domains.accounts.models import Account, StaffFile
from sijil.domains.accounts.queries import show_account, unseal_factor
from sijil.domains.accounts.services.sign_in import let_in, settle_wants
from sijil.domains.accounts.services.trial import count_factor, forget_factor
from sijil.domains.accounts.types import Enrolment, SignedIn, Wants
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import keyring


@transaction.atomic
def begin_factor(*, account_id: UUID, round_: int, now: dt.datetime) -> Enrolment:
    """Give the secret that a telephone is to hold; the same one until a code of it was typed.

    Raises: Refused(SIGN_IN_REFUSED) once the account has a second factor, or what was proved holds no more.
    """
    account, file, _ = _lock(account_id, round_, now)
    if file.factor_step is not None:
        raise Refused(errors.SIGN_IN_REFUSED, left=0, minutes=0)
    if not file.sealed:
        drawn = {"secret": rules.draw_secret()}
        file.sealed = keyring().seal_json("accounts", drawn, aad=f"accounts_staff.sealed:{file.pk}")
        file.save(update_fields=["sealed"])
    secret = unseal_factor(file)
    return Enrolment(secret, rules.factor_address(secret, account.login))


def prove_factor(*, account_id: UUID, round_: int, code: str, now: dt.datetime) -> tuple[SignedIn, bool]:
    """Take a code; return the account, and whether it was the first code, which confirms the telephone.

    Each code is taken once: a step at or before the last one is refused. The trial is counted, and
    committed, before the code is looked at: do not call it inside a transaction.
    Raises: Refused(FACTOR_WRONG, FACTOR_LOCKED, SIGN_IN_REFUSED).
    """
    login = Account.objects.values_list("login", flat=True).get(pk=account_id)
    left = count_factor(login, now)
    with transaction.atomic():
        account, file, wants = _lock(account_id, round_, now)
        step = rules.find_step(unseal_factor(file), code, now) if file.sealed else None
        last = file.factor_step
        if step is None or (last is not None and step <= last):
            raise Refused(errors.FACTOR_WRONG, field="code", left=left)
        file.factor_step = step
        file.save(update_fields=["factor_step"])
        forget_factor(login)
        return let_in(show_account(account, wants=wants), now), last is None


def _lock(account_id: UUID, round_: int, now: dt.datetime) -> tuple[Account, StaffFile, Wants]:
    """Have an account that proved its password in this round. Raises: Refused(SIGN_IN_REFUSED)."""
    account = Account.objects.select_for_update().filter(pk=account_id, session_round=round_).first()
    file = StaffFile.objects.select_for_update().filter(account_id=account_id).first()
    wants = settle_wants(account, now) if account else None
    if account is None or file is None or wants is None:
        raise Refused(errors.SIGN_IN_REFUSED, left=0, minutes=0)
    return account, file, wants
