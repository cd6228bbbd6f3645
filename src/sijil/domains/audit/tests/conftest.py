"""A clock, an actor, a signer of this test alone, and hands that tamper as the database's owner."""

import datetime as dt

import pytest
from django.db import connection

from sijil.domains.audit.adapters.file_seal import FileSeal
from sijil.domains.audit.services import record
from sijil.kernel.actors import Actor, ActorKind

NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
BANK = Actor(ActorKind.PARTNER, "bank", "Banque")


@pytest.fixture
def signer(tmp_path):
    return FileSeal(tmp_path / "audit", "test")


@pytest.fixture
def write():
    """Write ``count`` entries, each in its own transaction, and return their ids."""

    def write(count=1, *, actor=BANK, action="verification.asked", subject="2574081631", at=NOW, **more):
        return [
            record(actor=actor, action=action, subject=subject, now=at + dt.timedelta(seconds=n), **more)
            for n in range(count)
        ]

    return write


@pytest.fixture
def tamper():
    """Run SQL with the guards off, as an attacker who owns the database would."""

    def tamper(sql, *values):
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            cursor.execute(sql, values)
            cursor.execute("SET session_replication_role = DEFAULT")

    return tamper
