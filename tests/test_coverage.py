"""docs/coverage.md is true: every requirement once, every address and command there, every test there."""

import re
from pathlib import Path

import pytest
import typer.main
import yaml
from django.urls import Resolver404, resolve

from sijil.console import build

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("id", "asked", "state", "seen", "tried", "missing")
ROWS = [
    dict(zip(COLUMNS, (cell.strip() for cell in line.strip("|").split("|")), strict=True))
    for line in (ROOT / "docs/coverage.md").read_text().splitlines()
    if re.match(r"\| R\d\d ", line)
]
VERIFY = yaml.safe_load((ROOT / "src/sijil/verify/openapi.yaml").read_text())["paths"]


def named(cell):
    return re.findall(r"`([^`]+)`", cell)


SEEN = sorted({place for row in ROWS for place in named(row["seen"])})
TRIED = sorted({test for row in ROWS for test in named(row["tried"])})


def test_every_requirement_stands_once_in_order():
    assert [row["id"] for row in ROWS] == [f"R{number:02}" for number in range(1, 62)]


def test_every_row_says_how_far_it_is():
    assert {row["state"] for row in ROWS} == {"works", "thin", "absent"}
    silent = [row["id"] for row in ROWS if row["state"] == "thin" and not row["missing"]]
    assert silent == [], "thin: say what is missing"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_what_is_there_is_seen_and_tried_and_what_is_absent_is_not(row):
    is_there = row["state"] != "absent"
    assert bool(named(row["seen"])) is is_there
    assert bool(named(row["tried"])) is is_there


def is_there(place):
    """Tell whether an address (of pages, API or verification) or a command is there."""
    if place.startswith("./run "):
        return re.search(rf"^{place.split()[1]}(?: \|[^)]*)?\)$", (ROOT / "run").read_text(), re.MULTILINE)
    if place.startswith("sijil "):
        group = typer.main.get_command(build())
        for word in place.split()[1:]:
            group = getattr(group, "commands", {}).get(word)
        return group
    method, _, path = place.rpartition(" ")
    if path in VERIFY:
        return method.lower() in VERIFY[path]
    try:
        return resolve(path)
    except Resolver404:
        return None


@pytest.mark.parametrize("place", SEEN)
def test_every_address_and_command_is_there(place):
    assert is_there(place), place


@pytest.mark.parametrize(
    "place", ["/nowhere/", "sijil nothing", "./run nothing", "GET /v1/verifications", "GET /v1/x"]
)
def test_one_that_is_not_there_would_be_seen(place):
    assert not is_there(place)


@pytest.mark.parametrize("test", TRIED)
def test_every_test_is_there(test):
    path, _, name = test.partition("::")
    assert (ROOT / path).is_file(), path
    assert not name or re.search(rf"^(?:async )?def {name}\(", (ROOT / path).read_text(), re.MULTILINE), name
