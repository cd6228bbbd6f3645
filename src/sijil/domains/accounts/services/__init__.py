"""Writes of accounts: accounts and passwords, one-time codes, sign-in, tokens of the HTTP API."""

from sijil.domains.accounts.services.account import (
    change_password,
    close_account,
    create_staff,
    reopen_account,
    reset_staff_password,
    set_password,
)
from sijil.domains.accounts.services.code import confirm_code, start_challenge
from sijil.domains.accounts.services.forget import forget_old
from sijil.domains.accounts.services.sign_in import sign_in
from sijil.domains.accounts.services.token import create_token, revoke_token
from sijil.domains.accounts.services.trial import count_address

__all__ = [
    "change_password",
    "close_account",
    "confirm_code",
    "count_address",
    "create_staff",
    "create_token",
    "forget_old",
    "reopen_account",
    "reset_staff_password",
    "revoke_token",
    "set_password",
    "sign_in",
    "start_challenge",
]
