"""Who has proved a password and must do more before being let in; kept sealed in the session, for minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from sijil.domains.accounts.types import SignedIn, Wants
from sijil.journeys import staff_sign_in
from sijil.pages import clock, kept

PAGES = {
    Wants.CODE: "portal-telephone-code",
    Wants.FACTOR: "portal-telephone",
    Wants.ACTIVATION: "portal-waiting",
}
_STATE = "half_way"


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The account, the round of its sessions in which it proved its password, and the page it wanted."""

    account_id: UUID
    round: int
    login: str
    wants: Wants
    wanted: str


def remember(request: HttpRequest, signed: SignedIn, *, wanted: str = "") -> str:
    """Keep who got how far; return the name of the page that goes on."""
    until = clock.now() + staff_sign_in.time_left(signed.wants, now=clock.now())
    state = {"id": str(signed.id), "round": signed.round, "login": signed.login, "wants": signed.wants}
    kept.keep(request, _STATE, state | {"wanted": wanted, "until": until.isoformat()})
    return PAGES[signed.wants]


def recall(request: HttpRequest, *wants: Wants) -> HalfWay | None:
    """Return who got as far as one of ``wants``, unless it was too long ago."""
    state = kept.read(request, _STATE)
    if state.get("wants") not in wants or dt.datetime.fromisoformat(state["until"]) <= clock.now():
        return None
    return HalfWay(UUID(state["id"]), state["round"], state["login"], Wants(state["wants"]), state["wanted"])


def forget(request: HttpRequest) -> None:
    request.session.pop(_STATE, None)
