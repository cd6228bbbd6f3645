"""``sijil centres``: what it says of each line, and how it ends."""

import datetime as dt

import pytest
from typer.testing import CliRunner

from sijil.console import build
from sijil.domains.appointments import queries, services
from sijil.domains.appointments.errors import SHEET_UNREADABLE
from sijil.domains.geography.services import load_reference
from sijil.kernel.actors import PUBLIC
from sijil.kernel.casework.files import kept_notices

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
AGDAL = "04.421.01.01"


@pytest.fixture
def run():
    """Run the command line; return (exit code, output)."""

    def run(*arguments):
        done = CliRunner().invoke(build(["centres"]), ["centres", *map(str, arguments)])
        return done.exit_code, done.output

    return run


@pytest.fixture
def table(tmp_path, monkeypatch, run):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    load_reference(NOW)
    services.load_centres(now=NOW)
    code, said = run("export", tmp_path / "c.csv")
    assert (code, "496 centres" in said) == (0, True)
    return tmp_path / "c.csv"


def test_the_export_is_imported_without_a_change(run, table):
    assert run("import", table) == (0, "in 496 = unchanged 496 + added 0 + changed 0 + refused 0\n")


def test_a_line_that_cannot_be_used_is_named_and_the_others_come_in(table, run):
    text = table.read_text("utf-8-sig").replace("Souissi, Rabat", "Le Souissi")
    table.write_text(text + "N1,shop,مركز,Centre,04,04.421,04.421.01.0,2" + "," * 14 + "\n", newline="")
    code, said = run("import", table, "--dry-run")
    assert code == 1
    assert "line 498 N1: refused: kind: " in said
    assert said.endswith("would be: in 497 = unchanged 495 + added 0 + changed 1 + refused 1\n")
    assert run("import", table)[0] == 1
    assert queries.get_centre("04.421.01.06").name_fr == "Le Souissi"


def test_whose_appointment_falls_is_named_and_told_only_when_asked(table, run):
    services.book(slot_id=f"{AGDAL}@2026-11-25T08:30", request_number="K7QD4M2X9T", actor=PUBLIC, now=NOW)
    line = next(one for one in table.read_text("utf-8-sig").splitlines() if one.startswith(AGDAL))
    head = table.read_text("utf-8-sig").splitlines()[0]
    table.write_text(f"{head}\n{line}2026-11-24\n")
    code, said = run("import", table)
    assert (code, "request K7QD-4M2X-9T, 2026-11-25 08:30: centre_closed" in said) == (1, True)
    with kept_notices() as told:
        assert run("import", table, "--tell")[0] == 0
    assert [one.file for one in told] == ["K7QD4M2X9T"]


def test_a_file_that_is_no_table_is_refused(run, table):
    table.write_bytes(b"\xff\xfe")
    done = CliRunner().invoke(build(["centres"]), ["centres", "import", str(table)])
    assert (done.exit_code, done.exception.error) == (1, SHEET_UNREADABLE)
