"""What is shipped: sealed, whole, and refused with file, line and remedy as soon as it is mistyped."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.db import DatabaseError

from sijil.domains.documents.paper.form import FormTexts
from sijil.domains.documents.receipts.words import Sentences
from sijil.domains.documents.rules import KindTexts
from sijil.domains.notifications.rules import Templates
from sijil.domains.population_register.rules import Reasons
from sijil.journeys.law_enactment import find_misfit
from sijil.kernel import law
from sijil.kernel.law import kinds
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from sijil.processes.failure import CannotStart
from sijil.processes.law import refuse_faults
from sijil.reporting import health
from sijil.reporting import law as reported

NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
DOMAINS = kinds.PACKAGE / "domains"
SCORING, SOCIAL = "domains/scoring/parameters/", "domains/social_register/parameters/"
FORM = SOCIAL + "household_form/RSU-2026-1/"
FORMULA = SCORING + "formula/HCP-2021-BO7011.yaml"
INPUTS = SCORING + "inputs/I-2021.yaml"
ASD = "domains/programmes/parameters/asd/ASD-2023-12.yaml"
ASKED, LISTS, DERIVED = (FORM + name for name in ("form.yaml", "lists.yaml", "derivations.yaml"))
READINGS, COMPOSITION = SCORING + "readings/READ-2021.yaml", SOCIAL + "composition/COMP-2021.yaml"
PRICES = SCORING + "butane_prices/BUT-2021.yaml"
HOURS = "domains/appointments/parameters/hours/HOURS-2022.yaml"
ACCESS = "domains/accounts/parameters/access/ACCESS-2022.yaml"
MODEL = "domains/matching/parameters/model/FS-2026-11.yaml"
DELAYS = "domains/population_register/parameters/delays/DELAYS-2021.yaml"


@pytest.fixture
def root(tmp_path):
    with reading(copy_of_the_law(tmp_path)):
        yield tmp_path


def kinds_shipped():
    shipped = {name: kind for name, kind in law.list_kinds().items() if (kinds.PACKAGE / kind.place).is_dir()}
    return [(kind, name) for kind in shipped.values() for name in law.names(kind)]


# -- sealed ----------------------------------------------------------------------------------------


def test_every_version_is_sealed_and_as_it_was_sealed():
    assert [f for f in law.examine() if not f.well] == []


def test_every_dated_file_belongs_to_a_declared_law():
    """A file below ``parameters`` is a version of a law, or a file of wordings, and nothing else."""
    words = {"countries.yaml", "reasons.yaml", "kinds.yaml", "receipts.yaml", "forms.yaml", "messages.yaml"}
    files = {p for p in DOMAINS.glob("*/parameters/**/*.yaml") if p.name not in words}
    read = {kinds.PACKAGE / v.page.file for _, name in kinds_shipped() for v in law.versions(name)}
    assert {f for f in files if f not in read and f.parent not in read} == set()


def test_a_file_of_wordings_decides_nothing():
    for path in DOMAINS.glob("*/parameters/*.yaml"):
        assert not {"version", "from", "law"} & set(yaml.safe_load(path.read_text())), path


@pytest.mark.parametrize(("kind", "name"), kinds_shipped(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_version_has_its_source_and_was_checked_by_a_person(kind, name):
    for version in law.versions(name):
        assert version.source
        assert version.last_checked_on <= dt.date(2027, 1, 1)
        assert version.doubts or "doubt: none" in version.page.text


@pytest.mark.parametrize(("kind", "name"), kinds_shipped(), ids=lambda v: v if isinstance(v, str) else "")
def test_every_law_fits_those_of_the_other_domains(kind, name):
    assert [find_misfit(version) for version in law.versions(name) if find_misfit(version)] == []


# -- mistyped --------------------------------------------------------------------------------------

FAULTS = {
    "a key of a field": (ASKED, "mandatory: false", "mandatroy: false", "Did you mean `mandatory`?"),
    "a list": (ASKED, "options: relation", "options: relatoin", "Did you mean `relation`?"),
    "a milieu of bounds": (ASKED, "bounds: {urban: [1, 20]", "bounds: {urbn: [1, 20]", "`urban`?"),
    "bounds the wrong way": (ASKED, "rural: [1, 25]", "rural: [25, 1]", "[least, most]"),
    "a kind of question": (ASKED, "kind: integer", "kind: interger", "choice, flag, integer"),
    "a block": (ASKED, "block: dwelling", "block: dweling", "Did you mean `dwelling`?"),
    "a step": (ASKED, "step: SOC", "step: SOK", "COM, SOC"),
    "a condition": (ASKED, "when: {activity:", "when: {activty:", "Did you mean `activity`?"),
    "an age": (ASKED, "age_from: 6, age_to: 14", "age_from: 14, age_to: 6", "the lesser first"),
    "a label without French": (LISTS, 'fr: "Divorcé(e)", ', "", "Write `fr:`."),
    "a list nobody asks": (LISTS, "relation:\n", "relations:\n", "Did you mean `relations`?"),
    "an option of a condition": (LISTS, "age_from: 16", "age_form: 16", "`age_from`?"),
    "a code of a derivation": (DERIVED, "villa: 1", "vila: 1", "Did you mean `villa`?"),
    "a code left out": (DERIVED, "villa: 1, ", "", "Give each answer a code"),
    "a question of a derivation": (DERIVED, "{answer: rooms}", "{answer: roms}", "`rooms`?"),
    "two derivations in one": (DERIVED, "{answer: rooms}", "{answer: rooms, head: x}", "one of"),
    "a way to derive": (DERIVED, "known: size", "known: syze", "head_age"),
    "the form of a term": (FORMULA, 'flag, coefficient: "0.1', 'flagg, coefficient: "0.1', "count, flag"),
    "a key of a condition": (FORMULA, "at_most: 2}", "at_mots: 2}", "Did you mean `at_most`?"),
    "a group": (FORMULA, "id: bath, group: dwelling", "id: bath, group: dweling", "one of `groups`"),
    "a coefficient": (FORMULA, '"0.096"', '"9.6"', "Compare it"),
    "a comma": (FORMULA, '"0.096"', '"0,096"', '"0.096"'),
    "a coefficient per centime": (FORMULA, '"0.000422"', '"0.00042234"', "seven decimals at most"),
    "a coefficient that is too fine": (FORMULA, '"0.096"', '"0.0960000001"', "more finely"),
    "a threshold that is too fine": (ASD, '"9.743001"', '"9.7430010001"', "more finely"),
    "a price of half a centime": (PRICES, '"40"', '"40.005"', "more finely"),
    "a number of a line": (FORMULA, "n: 4, id: bath", "n: 5, id: bath", "Write n: 4."),
    "a term twice": (FORMULA, "id: garage", "id: bath", "Name it otherwise"),
    "a region less": (FORMULA, ', 12: "0.285"', "", "a constant for each"),
    "a flag without condition": (FORMULA, "when: {input: bath}", "input: bath", "Write `when:`."),
    "a range the wrong way": (FORMULA, '["5", "15"]', '["15", "5"]', "Turn them"),
    "the denominator": (FORMULA, "value: size ", "value: siz ", "members_15_plus, size"),
    "bounds of an input": (INPUTS, "urban: [1, 30]", "urban: [30, 1]", "[least, most]"),
    "a negative bound": (INPUTS, "urban: [1, 30]", "urban: [-1, 30]", "Compare it"),
    "an input twice": (INPUTS, "id: rooms", "id: size", "Take one away"),
    "a part of nothing": (INPUTS, "at_most: size", "at_most: sise", "Name one of this file"),
    "a type": (INPUTS, "type: money", "type: mony", "code, count, flag, money"),
    "a threshold without quotes": (ASD, '"9.743001"', "9.743001", '"9.743001"'),
    "a threshold with a comma": (ASD, '"9.743001"', '"9,743001"', '"9.743001"'),
    "a threshold beyond": (ASD, '"9.743001"', '"97.43001"', "Compare it"),
    "a threshold below nothing": (ASD, '"9.743001"', '"-9.5"', "Compare it"),
    "no number": (ASD, '"9.743001"', '"NaN"', "digits and a point"),
    "a silence without article": (DELAYS, "    days: 1", "    days: 1\n    at_end: accept", "article"),
    "a delay of nothing": (DELAYS, "    days: 1\n", "    days: 0\n", "Compare it"),
    "a reading": (READINGS, "ages_on: scoring", "ages_on: always", "declaration, scoring"),
    "an age of a head": (COMPOSITION, "head_from: 15", "head_from: 1500", "Compare it"),
    "an hour": (HOURS, '"08:30"', '"8h30"', "Compare it"),
    "a limit": (ACCESS, "value: 8\n", 'value: "8"\n', "without quotes"),
    "a share": (MODEL, '"0.010"', '"1.010"', "Compare it"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "remedy"), FAULTS.values(), ids=FAULTS)
def test_a_slip_of_the_pen_is_refused_by_file_and_line(root, path, old, new, remedy):
    line = amend(root / path, (old, new))
    ill = [f for f in law.examine() if not f.well and ":" in f.seen and "its file is gone" not in f.seen]
    assert len(ill) == 1, ill
    place, _, words = ill[0].seen.partition(": ")
    assert remedy in words, ill[0].seen
    file, _, told = place.rpartition(":")
    if "relation" not in new:  # a list that is misnamed in one file is missed in the other
        assert (file, abs(int(told) - line) <= 3) == (path, True), (place, line)


LATE = {
    "inputs that are nowhere": (FORMULA, "inputs: I-2021", "inputs: I-1999", "Name a version"),
    "an input of the country": (FORMULA, "when: {input: bath}", "when: {input: cows}", "See the inputs"),
    "a code that is none": (FORMULA, "in: [4]", "in: [44]", "See the inputs"),
    "a price that is none": (FORMULA, "price: big_bottle", "price: huge_bottle", "Write it there"),
    "a price that is missing": (PRICES, "big_bottle: ", "bigger: ", "Write it"),
}  # fmt: skip


@pytest.mark.parametrize(("path", "old", "new", "remedy"), LATE.values(), ids=LATE)
def test_a_version_that_does_not_fit_the_others_is_refused(root, path, old, new, remedy):
    amend(root / path, (old, new))
    ill = [f for f in law.examine() if not f.well]
    assert any(path in f.seen for f in ill)
    assert any(remedy in f.seen for f in ill)


MISFITS = {
    "an input left out": ("derivations.yaml", "bath: {answer: bath, milieus: [urban]}\n", "", "`bath`"),
    "an input too many": ("derivations.yaml", "bath: {", "shower: {", "`bath`"),
    "a milieu too many": ("derivations.yaml", "{answer: bath, milieus: [urban]}", "{answer: bath}", "asked"),
    "a code that is none": ("derivations.yaml", "villa: 1,", "villa: 11,", "no such code"),
    "inputs that are nowhere": ("form.yaml", "inputs: I-2021", "inputs: I-1999", "no inputs I-1999"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "old", "new", "wrong"), MISFITS.values(), ids=MISFITS)
def test_a_form_makes_the_inputs_that_it_names(root, name, old, new, wrong):
    amend(root / FORM / name, (old, new))
    fault = find_misfit(law.load("social_register.household_form", "RSU-2026-1"))
    assert fault is not None
    assert wrong in fault.wrong
    assert fault.remedy


WORDS = {
    "a receipt": ("documents", "receipts.yaml", "optional: true", "optionnal: true", Sentences, "`optional`"),
    "a form": ("documents", "forms.yaml", "unsent:", "unsend:", FormTexts, "`unsent`"),
    "a message": ("notifications", "messages.yaml", "facts: [code", "fact: [code", Templates, "`facts`"),
    "a reason": ("population_register", "reasons.yaml", "kind: papers", "kind: paper", Reasons, "papers"),
    "a paper": ("documents", "kinds.yaml", "source: law 04-20", "sorce: law 04-20", KindTexts, "`source`"),
}


@pytest.mark.parametrize(("domain", "name", "old", "new", "schema", "remedy"), WORDS.values(), ids=WORDS)
def test_a_slip_in_a_file_of_wordings_is_refused_too(tmp_path, domain, name, old, new, schema, remedy):
    path = tmp_path / name
    path.write_text((DOMAINS / domain / "parameters" / name).read_text())
    assert law.read_words(path, schema)
    line = amend(path, (old, new))
    with pytest.raises(law.LawFault) as found:
        law.read_words(path, schema)
    assert (found.value.file, remedy in found.value.remedy) == (name, True), str(found.value)
    assert abs(found.value.line - line) <= 1


# -- the digest of real law ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "old", "new", "changes"),
    [
        (FORMULA, '"0.096"', '"0.097"', True),
        (FORMULA, "en: Bath or shower}", "en: Bath}", False),
        (FORMULA, "in: [4]", "in: [3]", True),
        (INPUTS, "urban: [1, 30]", "urban: [1, 29]", True),
        (INPUTS, "fr: Nombre de pièces", "fr: Pièces", False),
        (FORM + "form.yaml", "mandatory: false", "mandatory: true", True),
        (FORM + "form.yaml", "How many rooms", "What number of rooms", False),
        (FORM + "lists.yaml", 'fr: "Divorcé(e)"', 'fr: "Divorcés"', False),
        (FORM + "lists.yaml", "age_from: 16", "age_from: 17", True),
        (FORM + "derivations.yaml", "labourer: 8", "labourer: 9", True),
        (ASD, '"9.743001"', '"9.743002"', True),
        (ASD, "fr: Agence nationale du soutien social", "fr: ANSS", False),
        (ASD, 'near: "0.10"', 'near: "0.25"', False),
        (DELAYS, "    days: 1\n", "    days: 2\n", True),
    ],
)
def test_the_digest_follows_what_decides(root, path, old, new, changes):
    before = {f.version: f.seen for f in law.examine()}
    amend(root / path, (old, new))
    law.current().forget()
    told = [f for f in law.examine() if not f.well]
    assert bool(told) is changes
    assert all("was edited after it was sealed" in f.seen for f in told)
    assert before


# -- a start ---------------------------------------------------------------------------------------


@pytest.fixture
def edited(root):
    amend(root / FORMULA, ('"0.096"', '"0.196"'))
    return root


@pytest.mark.django_db
def test_a_start_is_refused_and_names_the_file(edited):
    with pytest.raises(CannotStart) as refused:
        refuse_faults()
    assert f"scoring.formula HCP-2021-BO7011: {FORMULA} was edited" in str(refused.value)


@pytest.mark.django_db
def test_a_start_of_unedited_law_is_not_refused(root):
    refuse_faults()


@pytest.mark.django_db
def test_a_start_is_refused_when_a_past_decision_cannot_be_read_any_more(root, monkeypatch):
    monkeypatch.setattr(reported, "list_pins", lambda: [law.Pin("scoring.formula", "HCP-2020", "0" * 64)])
    with pytest.raises(CannotStart, match=r"scoring\.formula HCP-2020: decisions name it"):
        refuse_faults()


@pytest.mark.django_db
def test_health_still_runs_and_names_it(edited):
    told = {check.name: check for check in health.examine(now=NOW)}["law"]
    assert not told.well
    assert FORMULA in told.seen


def test_without_a_database_what_is_shipped_is_looked_at(monkeypatch):
    def unreachable():
        raise DatabaseError

    monkeypatch.setattr(reported, "list_pins", unreachable)
    found = reported.examine()
    assert found[-1] == reported.DATABASE
    assert all(f.well for f in found)


@pytest.mark.slow
@pytest.mark.parametrize("process", ["worker", "web"])
def test_a_process_with_edited_law_does_not_start(tmp_path, process):
    """The whole product, copied, with one coefficient changed, as a service manager starts it."""
    import os
    import shutil

    source = tmp_path / "src"
    shutil.copytree(kinds.PACKAGE, source / "sijil", ignore=shutil.ignore_patterns("tests", "__pycache__"))
    amend(source / "sijil" / FORMULA, ('"0.096"', '"0.196"'))
    environ = {**os.environ, "PYTHONPATH": str(source), "SIJIL_HOME": str(tmp_path / "home")}
    starts = {
        "worker": "from sijil.console import run; sys.exit(run(['worker', '--until-idle']))",
        "web": "import sijil.config.asgi",
    }
    done = subprocess.run(
        [sys.executable, "-c", "import sys; " + starts[process]],
        env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "The law is not in order" in done.stderr
    assert FORMULA in done.stderr


def test_the_lock_ships_with_the_product():
    assert (Path(kinds.PACKAGE) / "law.lock").is_file()
