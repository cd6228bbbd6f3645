"""A dump of the database names nobody: no name, number, telephone, e-mail, address or paper of the demo.

In the population register there is no birth date either. The whole demo is made first: generated country,
story people, pre-registrations waiting at a counter, with their messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection

from sijil import country
from sijil.domains.population_register import queries
from sijil.domains.population_register.acts import AGES_READ
from sijil.domains.population_register.types import Identity
from sijil.kernel.actors import system
from sijil.kernel.ids import PersonKey
from sijil.pages import clock

_TEN = re.compile(r"(?<!\d)\d{10}(?!\d)")
# Public reference: names of places, some of which are also family names.
PUBLIC = ("geography_", "appointments_centre")


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
            " WHERE relkind = 'r' AND nspname = 'public' ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]


def content(table: str) -> str:
    with connection.cursor() as cursor, cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy).decode()


def identities() -> Iterator[Identity]:
    with queries.Run(AGES_READ, actor=system("test"), selection="everybody", now=clock.now()) as run:
        for table in ("person", "request"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT id FROM population_register_{table}")
                yield from run.identities([key for (key,) in cursor.fetchall()]).values()


def secrets_of(identity: Identity) -> set[str]:
    said = (identity.last_name_ar, identity.first_name_ar, identity.last_name_fr, identity.first_name_fr)
    names = {name for name in said if name}
    contacts = {identity.phone, identity.phone.removeprefix("+212"), identity.email, identity.value("street")}
    # Names of one or two letters stand in any text; the others may not.
    return {text for text in names | contacts | {identity.paper_number} if len(text) > 3}


def issued_numbers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM population_register_person")
        return {queries.get_idcs(PersonKey(str(key))) for (key,) in cursor.fetchall()}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_dump_names_nobody() -> None:
    country.load(households=40, say=lambda line: None)
    people = list(identities())
    secret = set().union(*map(secrets_of, people))
    births = {str(p.birth) for p in people if p.birth.day}
    assert len(people) > 100
    assert len(secret) > 200

    dump = {name: content(name) for name in tables() if not name.startswith(PUBLIC)}

    assert "notifications_message" in dump
    assert sum(map(len, dump.values())) > 100_000
    found = {(name, text) for name, rows in dump.items() for text in secret if text in rows}
    numbers = issued_numbers()
    found |= {(name, text) for name, rows in dump.items() for text in _TEN.findall(rows) if text in numbers}
    assert len(numbers) > 100
    register = "".join(rows for name, rows in dump.items() if name.startswith("population_register"))
    assert found == set()
    assert {day for day in births if day in register} == set()


@pytest.mark.django_db
def test_keys_are_not_in_the_database() -> None:
    keys = [
        path.read_bytes()
        for path in (settings.HOME / "keys").rglob("*")
        if path.is_file() and path.stat().st_size > 16
    ]
    everything = "".join(content(name) for name in tables())

    assert keys
    assert not [key for key in keys if key.decode("latin-1").strip() in everything or key.hex() in everything]
