"""Accounts of staff, as administrators keep them: asked for by one, activated by another, ended at once.

request     roles, area, days, name → a one-time link, shown once
activate    by another administrator than who asked, once its owner has chosen a password
ask_anew    a link that ran out, a lost password or telephone, a suspended account, another last day
suspend, close   at once, with every session
found       the first two administrators of an installation
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from sijil.domains.accounts import acts, queries, rules, services
from sijil.domains.accounts.errors import AREA_UNFIT
from sijil.domains.accounts.rules import Level
from sijil.domains.accounts.types import Invitation, Reach, StaffAccount, StaffStep
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.types import Centre
from sijil.domains.geography import queries as geography
from sijil.domains.geography.types import Place
from sijil.kernel.actors import COUNTRY, Actor
from sijil.kernel.acts import shown
from sijil.kernel.errors import Refused

CENTRE_PREFIX = "centre:"
"""Before the code of a centre, where an area is written as one word: its code looks like that of a place."""


@dataclass(frozen=True, slots=True)
class Area:
    """An area as it is chosen: ``code`` as one word, its level, the place (None: the whole country)."""

    code: str
    level: Level
    place: Place | Centre | None = None

    def name(self, language: str) -> str:
        return self.place.name(language) if self.place else ""


@dataclass(frozen=True, slots=True)
class Choice:
    """An area that can be chosen, those inside it, and those it lies in, the widest first."""

    area: Area
    inside: tuple[Area, ...]
    above: tuple[Area, ...]


_COUNTRY = Area(COUNTRY, Level.COUNTRY)


def read_area(code: str) -> Area:
    """Return the area of one word. Raises: Refused(AREA_UNFIT) for one that is not there."""
    if code == COUNTRY:
        return _COUNTRY
    try:
        if code.startswith(CENTRE_PREFIX):
            return _centre(appointments.get_centre(code.removeprefix(CENTRE_PREFIX)))
        return _place(geography.get_place(code))
    except Refused:
        raise Refused(AREA_UNFIT, field="area") from None


def area_of(reach: Reach) -> Area:
    """Return the area of an account; a place that is gone, by its code alone."""
    code = f"{CENTRE_PREFIX}{reach.centre}" if reach.centre else reach.area
    try:
        return read_area(code)
    except Refused:
        return Area(code, Level.CENTRE if reach.centre else Level.COMMUNE)


def list_choices(code: str) -> Choice:
    """Return an area with those inside it and above it. Raises: Refused(AREA_UNFIT)."""
    area = read_area(code)
    return Choice(area, tuple(_inside(area)), tuple(_above(area)))


def _inside(area: Area) -> list[Area]:
    if area.level is Level.COUNTRY:
        return [_place(place) for place in geography.list_regions()]
    if area.level is Level.REGION:
        return [_place(place) for place in geography.list_provinces(area.code)]
    if area.level is Level.PROVINCE:
        return [_place(place) for place in geography.list_communes(area.code)]
    if area.level is Level.COMMUNE:
        return [_centre(centre) for centre in appointments.list_centres(area.code)]
    return []


def _above(area: Area) -> list[Area]:
    """Return the areas around one, by what it says of itself: region and province."""
    if area.place is None:
        return []
    codes = [area.place.region_code, area.place.province_code]
    if isinstance(area.place, Centre) and len(area.place.commune_codes) == 1:
        codes.append(area.place.commune_codes[0])
    return [_COUNTRY, *(read_area(code) for code in codes if code and code != area.code)]


def _place(place: Place) -> Area:
    """Return a place as an area. Raises: Refused(AREA_UNFIT) for one below the commune."""
    if place.level not in (Level.REGION, Level.PROVINCE, Level.COMMUNE):
        raise Refused(AREA_UNFIT, field="area")
    return Area(place.code, Level(place.level), place)


def _centre(centre: Centre) -> Area:
    return Area(f"{CENTRE_PREFIX}{centre.code}", Level.CENTRE, centre)


def request(
    *,
    login: str,
    name: str,
    roles: tuple[str, ...],
    area: str,
    starts_on: dt.date,
    until: dt.date | None,
    actor: Actor,
    now: dt.datetime,
) -> Invitation:
    """Ask for an account; return the one-time link for its owner. ``area``: as :func:`read_area`.

    Raises: Refused(AREA_UNFIT), and as :func:`sijil.domains.accounts.services.request_staff`.
    """
    chosen = read_area(area)
    reach = Reach(roles, *_reach_of(chosen), starts_on, until)
    return services.request_staff(
        login=login.strip().lower(), name=name, reach=reach, level=chosen.level, actor=actor, now=now
    )


def _reach_of(chosen: Area) -> tuple[str, str]:
    """Return area and centre: who works in a centre works for its commune, or province if it serves more."""
    centre = chosen.place
    if not isinstance(centre, Centre):
        return chosen.code, ""
    communes = centre.commune_codes
    return (communes[0] if len(communes) == 1 else centre.province_code), centre.code


def check_roles(roles: tuple[str, ...], *, day: dt.date) -> tuple[Level, ...]:
    """Return how far these roles may reach. Raises: Refused(ROLE_NONE, ROLE_UNKNOWN, ROLES_APART)."""
    return rules.levels_of(roles, day=day)


def activate(*, login: str, actor: Actor, now: dt.datetime) -> None:
    """Let its owner sign in.

    Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED, TRANSITION_REFUSED, NOT_READY).
    """
    services.activate_staff(login=login, actor=actor, now=now)


def ask_anew(*, login: str, until: dt.date | None = None, actor: Actor, now: dt.datetime) -> Invitation:
    """Begin an account again with a new link. Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED,
    TRANSITION_REFUSED, VALIDITY_WRONG).
    """
    return services.ask_anew(login=login, until=until, actor=actor, now=now)


def suspend(*, login: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """Keep its owner out. Raises: as :func:`close`."""
    services.suspend_staff(login=login, reason=reason, actor=actor, now=now)


def close(*, login: str, reason: str, actor: Actor, now: dt.datetime) -> None:
    """End an account at once. Raises: Refused(ACCOUNT_MISSING, ROLE_REFUSED, TRANSITION_REFUSED,
    REASON_NEEDED).
    """
    services.close_staff(login=login, reason=reason, actor=actor, now=now)


def found(*, actor: Actor, now: dt.datetime) -> list[Invitation]:
    """Give the links of the first two administrators. Raises: Refused(FIRST_DONE)."""
    return services.found(actor=actor, now=now)


def has_staff() -> bool:
    """Tell whether there is an account of staff."""
    return queries.has_staff()


@transaction.atomic
def list_accounts(
    *, closed: bool = False, after: str = "", limit: int = 50, actor: Actor, now: dt.datetime
) -> list[StaffAccount]:
    """Return accounts of staff by login, each written down as read."""
    found_ = queries.list_staff(now=now, closed=closed, after=after, limit=limit)
    shown(acts.STAFF_READ, actor=actor, subjects=[account.login for account in found_], now=now)
    return found_


@transaction.atomic
def get_account(*, login: str, actor: Actor, now: dt.datetime) -> tuple[StaffAccount, list[StaffStep]]:
    """Return one account with its steps and what the actor may do. Raises: Refused(ACCOUNT_MISSING)."""
    account = queries.get_staff(login, now=now)
    shown(acts.STAFF_READ, actor=actor, subjects=[login], now=now)
    may = services.staff_actions(login=login, actor=actor)
    return replace(account, may=may), queries.list_staff_steps(login)
