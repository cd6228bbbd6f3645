"""Administrators, officers and their telephones, for tests."""

from __future__ import annotations

import datetime as dt

import pyotp

from sijil.domains.accounts import services
from sijil.domains.accounts.models import Account, StaffFile
from sijil.domains.accounts.rules import Level
from sijil.domains.accounts.services.ready import create_staff
from sijil.domains.accounts.types import Reach
from sijil.kernel.actors import COUNTRY, officer, system
from sijil.kernel.dates import legal_day

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
TODAY = legal_day(NOW)
PASSWORD = "le figuier du jardin"
COMMAND = system("sijil staff")


def admin(login):
    """Return the actor of an administrator who is active."""
    if not Account.objects.filter(login=login).exists():
        create_staff(
            login=login, name=login, password=PASSWORD, roles=["administrator"], area=COUNTRY, now=NOW
        )
    return officer(login, area=COUNTRY, roles=["administrator"])


def ask(login="n.tazi", *, by=None, roles=("adjudicator",), area="04", level=Level.REGION, **days):
    """Ask for an account; return the invitation."""
    reach = Reach(tuple(roles), area, days.pop("centre", ""), days.pop("starts_on", TODAY), **days)
    actor = by or admin("amal")
    return services.request_staff(
        login=login, name="Nadia Tazi", reach=reach, level=level, actor=actor, now=NOW
    )


def ready(login="n.tazi", **more):
    """Ask for an account whose owner then chooses a password."""
    made = ask(login, **more)
    services.use_link(token=made.token, password=PASSWORD, now=NOW)
    return made


def active(login="n.tazi", **more):
    """Return an account that a second administrator activated."""
    ready(login, **more)
    services.activate_staff(login=login, actor=admin("badr"), now=NOW)
    return Account.objects.get(login=login)


def file_of(login="n.tazi"):
    return StaffFile.objects.get(account__login=login)


def code(secret, at=NOW):
    """Return what the telephone shows."""
    return pyotp.TOTP(secret).at(at)


def with_telephone(login="n.tazi"):
    """Add a telephone; return its secret. Its first code was that of ``NOW``."""
    account = Account.objects.get(login=login)
    who = {"account_id": account.pk, "round_": account.session_round, "now": NOW}
    secret = services.begin_factor(**who).secret
    services.prove_factor(code=code(secret), **who)
    return secret
