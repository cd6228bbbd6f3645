"""Writes of accounts: accounts and passwords, those of staff, one-time codes and links, second factor,
sign-in, tokens of the HTTP API.
"""

from sijil.domains.accounts.services.account import (
    change_password,
    close_account,
    reopen_account,
    set_password,
)
from sijil.domains.accounts.services.code import (
    confirm_attestation,
    confirm_code,
    confirm_contact,
    contact_tag,
    require_proof,
    start_challenge,
)
from sijil.domains.accounts.services.factor import begin_factor, prove_factor
from sijil.domains.accounts.services.forget import forget_old
from sijil.domains.accounts.services.link import check_link, use_link
from sijil.domains.accounts.services.ready import create_staff, reset_staff_password
from sijil.domains.accounts.services.session import end_sessions, open_session
from sijil.domains.accounts.services.sign_in import note_failed, sign_in
from sijil.domains.accounts.services.staff import (
    STAFF_FILES,
    activate_staff,
    ask_anew,
    close_staff,
    found,
    request_staff,
    staff_actions,
    suspend_staff,
    waits_as_first,
)
from sijil.domains.accounts.services.token import create_token, revoke_token
from sijil.domains.accounts.services.trial import count_address, count_present

__all__ = [
    "STAFF_FILES",
    "activate_staff",
    "ask_anew",
    "begin_factor",
    "change_password",
    "check_link",
    "close_account",
    "close_staff",
    "confirm_attestation",
    "confirm_code",
    "confirm_contact",
    "contact_tag",
    "count_address",
    "count_present",
    "create_staff",
    "create_token",
    "end_sessions",
    "forget_old",
    "found",
    "note_failed",
    "open_session",
    "prove_factor",
    "reopen_account",
    "request_staff",
    "require_proof",
    "reset_staff_password",
    "revoke_token",
    "set_password",
    "sign_in",
    "staff_actions",
    "start_challenge",
    "suspend_staff",
    "use_link",
    "waits_as_first",
]
