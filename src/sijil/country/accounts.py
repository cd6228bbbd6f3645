"""The accounts that are ready in the demo. Passwords are drawn here and kept in one private file."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import translation

from sijil.country.generator import DemoPerson
from sijil.country.stories import read_story, story_persons
from sijil.domains.accounts import queries, services
from sijil.domains.accounts.types import Purpose
from sijil.domains.partners import queries as partner_queries
from sijil.domains.partners import services as partner_writes
from sijil.domains.partners.types import Purpose as PartnerPurpose
from sijil.domains.population_register.types import SEXES
from sijil.kernel.actors import system
from sijil.kernel.files import put
from sijil.kernel.ids import show_idcs
from sijil.kernel.texts import Text4, choose
from sijil.pages import formats

FILE = "demo-accounts.json"
DEMO = system("demo")
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
Secrets = dict[str, str]
_WORDS = {
    "none": Text4("لا توجد بعد", "pas encore", "none yet"),
    "comma": Text4("، ", ", ", ", "),
    "born": Text4("تاريخ الازدياد", "né(e)", "born"),
    "member": Text4("فرد يضاف", "membre à ajouter", "member to add"),
    "partner": Text4("شريك", "Partenaire", "Partner"),
    "purpose": Text4("غرض", "finalité", "purpose"),
}


def open_accounts(home: Path, *, now: dt.datetime) -> None:
    """Make the accounts of ``demo/accounts.yaml`` that are not there; those that are keep their password.

    If the private file was lost, every account gets a new password.
    """
    kept = read_secrets(home)
    logins = [*(_idcs(body) for body in read_story("accounts")["citizens"]), *_staff_logins()]
    drawn = {login: kept.get(login) or draw_password() for login in logins}
    write_secrets(home, kept | drawn)
    for body in read_story("accounts")["staff"]:
        _open_staff(body, drawn[body["login"]], is_new=body["login"] not in kept, now=now)
    for body in read_story("accounts")["citizens"]:
        person = story_persons()[body["who"]]
        _open_citizen(person, drawn[person.idcs], is_new=person.idcs not in kept, now=now)
    for body in read_story("accounts")["partners"]:
        _register_partner(home, body, now)


def _open_staff(body: dict[str, Any], password: str, *, is_new: bool, now: dt.datetime) -> None:
    if queries.find_account(body["login"]) is None:
        services.create_staff(
            login=body["login"], name=body["name"], password=password, roles=body["roles"],
            centre_code=body.get("centre", ""), area=body["area"], now=now,
        )  # fmt: skip
    elif is_new:
        services.reset_staff_password(login=body["login"], password=password, now=now)


def _open_citizen(person: DemoPerson, password: str, *, is_new: bool, now: dt.datetime) -> None:
    """Go the way of everybody: a code, then a password. Nothing is sent: the code stays here."""
    known = queries.has_account(person.key)
    if known and not is_new:
        return
    purpose = Purpose.RESET_PASSWORD if known else Purpose.OPEN_ACCOUNT
    with transaction.atomic():
        challenge = services.start_challenge(
            purpose=purpose, subject=person.key, claim=f"demo {person.key} {now.isoformat()}",
            is_known=True, now=now,
        )  # fmt: skip
    grant = services.confirm_code(challenge_id=challenge.id, code=challenge.code or "", now=now)
    services.set_password(grant=grant.token, password=password, idcs_of=lambda _: person.idcs, now=now)


def _register_partner(home: Path, body: dict[str, Any], now: dt.datetime) -> None:
    code = body["code"]
    kept = read_secrets(home)
    if not partner_queries.list_partners([code]):
        purposes = [PartnerPurpose(p["code"], p["ar"], p["fr"], p["en"]) for p in body["purposes"]]
        credentials = partner_writes.register_partner(
            code=code, name_ar=body["ar"], name_fr=body["fr"], scopes=body["scopes"], purposes=purposes,
            actor=DEMO, now=now,
        )  # fmt: skip
    elif code not in kept:
        credentials = partner_writes.rotate_secret(code=code, actor=DEMO, now=now)
    else:
        return
    write_secrets(home, kept | {code: credentials.secret, f"{code} client": credentials.client_id})


def ready_accounts(home: Path, *, language: str = "en") -> list[tuple[str, str, str, str]]:
    """Return (who, where, login, password) of everybody who can try something, with the people to name.

    Below a partner stand its purposes: their code in place of a login, then what they mean.
    """
    kept, story, people = read_secrets(home), read_story("accounts"), story_persons()
    rows = [
        _row(body, show_idcs(_idcs(body)), kept.get(_idcs(body), "?"), language) for body in story["citizens"]
    ]
    said = {name: text.text(language) for name, text in _WORDS.items()}
    for body in story["opens"]:
        who = f"{said['none']}: {_describe(body['who'], language)}"
        rows.append(_row(body, show_idcs(_idcs(body)), who, language))
    for body in [*story["citizens"], *story["opens"]]:
        for key in body.get("adds", ()):
            member = show_idcs(people[key].idcs), _describe(key, language)
            rows.append((f"  {said['member']}", "", *member))
    rows += [_row(body, body["login"], kept.get(body["login"], "?"), language) for body in story["staff"]]
    for body in story["partners"]:
        name = (f"{said['partner']} ({choose({'en': body['fr'], **body}, language)})", body["page"])
        rows.append((*name, kept.get(f"{body['code']} client", "?"), kept.get(body["code"], "?")))
        rows += [(f"  {said['purpose']}", "", p["code"], choose(p, language)) for p in body["purposes"]]
    return rows


def _row(body: dict[str, Any], login: str, password: str, language: str) -> tuple[str, str, str, str]:
    return choose(body["as"], language), body["page"], login, password


def _describe(key: str, language: str) -> str:
    """Return what opens a door to a person: birth date and sex."""
    identity = story_persons()[key].identity
    with translation.override(language):
        born = f"{_WORDS['born'].text(language)} {formats.date_long(identity.birth)}"
    said = (identity.full_name(language), born, SEXES[identity.sex].text(language))
    return _WORDS["comma"].text(language).join(said)


def _idcs(body: dict[str, Any]) -> str:
    return story_persons()[body["who"]].idcs


def _staff_logins() -> list[str]:
    return [body["login"] for body in read_story("accounts")["staff"]]


def draw_password() -> str:
    """Return twelve symbols in three groups: 59 bits, easy to read aloud."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3)]
    return "-".join(groups)


def read_secrets(home: Path) -> Secrets:
    """Return the passwords of this installation, by login; empty before the first."""
    path = home / FILE
    return json.loads(path.read_text()) if path.exists() else {}


def write_secrets(home: Path, kept: Secrets) -> None:
    """Replace the file at once; only its owner may read it."""
    put(home / FILE, json.dumps(kept, indent=1).encode())
