"""The persons and a partner, written once: a process of its own, with the settings of the database."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from bench.verify.places import HOME, PERSONS, birth_of


def load() -> None:
    """Make the tables, a million persons and a partner, once."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from sijil.kernel.tests.guards import falsify

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM verification_subject")
        if cursor.fetchone()[0] != PERSONS:
            _load_persons(cursor)
    falsify("TRUNCATE audit_entry")
    _make_partner()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE verification_subject")
        cursor.execute("VACUUM ANALYZE bench_subject")


def _load_persons(cursor: Any) -> None:
    from django.db import transaction

    from sijil.domains.verification.services import copy_subjects
    from sijil.kernel.dates import PartialDate
    from sijil.kernel.ids import person_key
    from sijil.kernel.tests.guards import falsify

    with transaction.atomic(), (HOME / "persons.txt").open("w") as file:
        falsify("TRUNCATE verification_subject CASCADE")
        rows = []
        for n, idcs in enumerate(_numbers()):
            rows.append((person_key(n), idcs, PartialDate.parse(birth_of(n)), "FM"[n % 2]))
            file.write(idcs + "\n")
        copy_subjects(cursor, rows)
        cursor.execute("DROP TABLE IF EXISTS bench_subject")
        cursor.execute(
            "CREATE TABLE bench_subject"
            " (idcs bigint PRIMARY KEY, birth_tag bytea, sex varchar(1), state varchar(10))"
        )
        dense = "SELECT 2000000000 + row_number() OVER (), birth_tag, sex, state FROM verification_subject"
        cursor.execute("INSERT INTO bench_subject " + dense)


def _numbers() -> Iterator[str]:
    from sijil.kernel.ids import is_idcs, verhoeff_check

    made, step = 0, 700_000_000 // PERSONS // 2 * 2 - 1
    for body in range(200_000_000, 999_999_999, max(1, step * 6 // 10)):
        number = str(body) + verhoeff_check(str(body))
        if is_idcs(number):
            yield number
            made += 1
        if made == PERSONS:
            return


def _make_partner() -> None:
    from sijil.domains.partners.queries import list_partners
    from sijil.domains.partners.services import register_partner, rotate_secret
    from sijil.domains.partners.types import Purpose
    from sijil.kernel.actors import system

    who: Any = {"actor": system("bench"), "now": dt.datetime.now(dt.UTC)}
    if list_partners(["bench"]):
        given = rotate_secret(code="bench", **who)
    else:
        purposes = [Purpose("bench", "قياس", "mesure", "bench")]
        given = register_partner(
            code="bench",
            name_ar="قياس",
            name_fr="Bench",
            scopes=["verification"],
            purposes=purposes,
            rate_limit=2_000_000_000,
            **who,
        )
    (HOME / "client.json").write_text(json.dumps([given.client_id, given.secret]))
