"""A clock, an actor, a signer of this test alone, and hands that tamper as the database's owner."""

import datetime as dt

import pytest

from sijil.domains.audit.adapters.file_seal import FileSeal
from sijil.domains.audit.services import _entry
from sijil.kernel.actors import partner
from sijil.kernel.acts import Act
from sijil.kernel.tests.guards import falsify
from sijil.kernel.texts import Text4

NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
BANK = partner("bank", "Banque")
SAYS = Text4("فعل.", "A fait.", "Did.")


@pytest.fixture
def signer(tmp_path):
    return FileSeal(tmp_path / "audit", "test")


@pytest.fixture
def write():
    """Write ``count`` entries, each in its own transaction, and return their ids."""

    def write(count=1, *, actor=BANK, subject="2574081631", facts=None, at=NOW, **act):
        act = Act(act.get("action", "verification.asked"), SAYS, act.get("purpose", ""), "")
        moments = [at + dt.timedelta(seconds=n) for n in range(count)]
        entries = [_entry(act, actor, subject, facts or {}, moment) for moment in moments]
        for entry in entries:
            entry.save(force_insert=True)
        return [entry.id for entry in entries]

    return write


@pytest.fixture
def tamper():
    """Run SQL with the guards off, as an attacker who owns the database would."""
    return falsify
