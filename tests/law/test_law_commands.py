"""``sijil law``: what it says, what it refuses, its exit codes."""

from __future__ import annotations

import datetime as dt

import pytest

from sijil import console as cli
from sijil.domains.accounts.models import Account
from sijil.domains.law.queries import EnactedLaws, list_enactments
from sijil.kernel import law
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading

pytestmark = pytest.mark.django_db
FORMULA = "domains/scoring/parameters/formula/HCP-2021-BO7011.yaml"
PRICES = "domains/scoring/parameters/butane_prices"
LATER = dt.date(2100, 1, 1)


@pytest.fixture(autouse=True)
def root(tmp_path):
    for login in ("first.admin", "second.admin"):
        now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
        Account.objects.create(login=login, kind="staff", roles=["administrator"], created_at=now)
    with reading(copy_of_the_law(tmp_path), EnactedLaws()):
        yield tmp_path


@pytest.fixture
def price(root):
    """The file of a price of a later day, not sealed."""
    path = root / PRICES / "BUT-LATER.yaml"
    text = (root / PRICES / "BUT-2021.yaml").read_text()
    path.write_text(text.replace("BUT-2021", "BUT-LATER").replace("from: 2021-08-09", f"from: {LATER}"))
    return path


def run(capsys, *words: str) -> tuple[int, str]:
    code = cli.run(["law", *words])
    told = capsys.readouterr()
    return code, told.out + told.err


def test_check_says_that_all_is_well(capsys):
    code, told = run(capsys, "check")
    assert code == 0
    assert "well  scoring.formula HCP-2021-BO7011: from 2021-08-09" in told
    assert "ILL" not in told


def test_check_names_what_was_edited(capsys, root):
    amend(root / FORMULA, ('"0.096"', '"0.196"'))
    code, told = run(capsys, "check")
    assert code == 1
    assert f"ILL   scoring.formula HCP-2021-BO7011: {FORMULA} was edited" in told


def test_check_names_what_is_not_sealed_and_how_to(capsys, price):
    code, told = run(capsys, "check")
    assert (code, "sijil law seal scoring.butane_prices BUT-LATER" in told) == (1, True)


def test_check_names_what_does_not_fit_the_others_with_file_line_and_remedy(capsys, root):
    file = "domains/social_register/parameters/household_form/RSU-2026-1/derivations.yaml"
    amend(root / file, ("bath: {answer: bath, milieus: [urban]}", "bath: {answer: bath}"))
    line = (root / file).read_text().splitlines().index("bath: {answer: bath}") + 1
    code, told = run(capsys, "check")
    assert code == 1
    wrong = "`bath` is not asked by I-2021 in the rural milieu. Compare the derivations with the inputs."
    assert f"ILL   social_register.household_form RSU-2026-1: {file}:{line}: {wrong}" in told


def test_seal_adds_a_line(capsys, root, price):
    assert run(capsys, "seal", "scoring.butane_prices", "BUT-LATER")[0] == 0
    assert "scoring.butane_prices BUT-LATER " in (root / "law.lock").read_text()
    assert run(capsys, "check")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("scoring.butane_prices", "BUT-2021"), "sealed already"),
        (("scoring.butane_prices", "BUT-1999"), "no version BUT-1999"),
        (("scoring.salt_prices", "BUT-2021"), "no law scoring.salt_prices"),
    ],
)
def test_seal_refuses_in_words(capsys, words, said):
    code, told = run(capsys, "seal", *words)
    assert (code, said in told) == (1, True), told


def test_seal_refuses_a_form_that_does_not_fit_its_inputs(capsys, root):
    folder = root / "domains/social_register/parameters/household_form"
    amend(folder / "RSU-2026-1/derivations.yaml", ("bath: {answer: bath, milieus: [urban]}\n", ""))
    code, told = run(capsys, "seal", "social_register.household_form", "RSU-2026-1")
    assert (code, "`bath` is not derived in the urban milieu" in told) == (1, True), told


def enact(capsys, path, by="first.admin", second="second.admin"):
    return run(capsys, "enact", str(path), "--by", by, "--second", second)


def test_enact_brings_a_version_in(capsys, price, tmp_path):
    elsewhere = tmp_path / "price.yaml"
    price.rename(elsewhere)
    code, told = enact(capsys, elsewhere)
    assert code == 0, told
    assert f"scoring.butane_prices BUT-LATER is enacted: in force from {LATER}" in told
    assert [e.pin.version for e in list_enactments()] == ["BUT-LATER"]
    law.current().forget()
    assert law.load("scoring.butane_prices", "BUT-LATER").body.prices["big_bottle"] == 40


def test_enact_takes_a_folder(capsys, root, tmp_path):
    source = root / "domains/social_register/parameters/household_form/RSU-2026-1"
    folder = source.rename(tmp_path / "RSU-LATER")
    amend(folder / "form.yaml", ("RSU-2026-1", "RSU-LATER"), ("from: 2021-08-09", f"from: {LATER}"))
    code, told = enact(capsys, folder)
    assert (code, "RSU-LATER is enacted" in told) == (0, True), told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"40"', "40"), "price.yaml, line"),
        (("big_bottle", "bigger"), "There is no price `big_bottle`"),
        ((f"from: {LATER}", "from: 2026-01-01"), "not after today"),
        (("BUT-LATER", "BUT-2021"), "already a version BUT-2021"),
    ],
)
def test_enact_refuses_in_words(capsys, price, tmp_path, change, said):
    elsewhere = price.rename(tmp_path / "price.yaml")
    amend(elsewhere, change)
    code, told = enact(capsys, elsewhere)
    assert (code, said in told) == (1, True), told
    assert list_enactments() == []


def test_enact_wants_two_people(capsys, price, tmp_path):
    elsewhere = price.rename(tmp_path / "price.yaml")
    assert "two people" in enact(capsys, elsewhere, second="first.admin")[1]
    assert "nobody may not enact law" in enact(capsys, elsewhere, second="nobody")[1]


def test_a_file_that_is_not_there_is_named(capsys, tmp_path):
    code, told = enact(capsys, tmp_path / "nothing.yaml")
    assert (code, "nothing.yaml" in told) == (1, True), told
