"""Reading law: each fault with its file, line and remedy; versions, digests, the port to what was enacted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import threading
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from sijil.kernel import law
from sijil.kernel.law import kinds as registry
from sijil.kernel.law.delays import keep_names
from sijil.kernel.law.kinds import PACKAGE
from sijil.kernel.tests.shelves import Listed, amend, reading


class Rate(law.Number, least="5", most="15"):
    pass


class Entry(law.Body, frozen=True):
    id: str
    rate: Rate
    label: str = ""
    doubt: str | law.Text = ""


class Rates(law.Body, frozen=True):
    rates: tuple[Entry, ...]
    codes: dict[str, dict[int, Rate]] = {}
    is_open: bool = True
    most: int = 9


FOLDER = PACKAGE / "domains/tried/parameters/rates"
HEAD = """law: tried.rates
version: {version}
from: {day}
source: a text, article 1
last_checked_on: 2026-11-22
doubt: none
"""
BODY = """rates:
  - {id: one, rate: "9.5", label: first}
  - id: two
    rate: "10"
    doubt: not sure
"""
DAYS = {"A": "2025-01-01", "B": "2026-01-01"}


@pytest.fixture(autouse=True)
def kind(monkeypatch):
    made = law.LawKind("tried.rates", Rates, FOLDER, words=frozenset({"label"}))
    monkeypatch.setattr(registry, "_kinds", {made.name: made})
    delays = law.LawKind("tried.delays", law.Delays, FOLDER.parent / "delays")
    monkeypatch.setitem(registry._kinds, delays.name, delays)
    return made


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "domains/tried/parameters/rates"
    folder.mkdir(parents=True)
    for version, day in DAYS.items():
        (folder / f"{version}.yaml").write_text(HEAD.format(version=version, day=day) + BODY)
    with reading(tmp_path):
        yield tmp_path


def file(root: Path, version: str = "A") -> Path:
    return root / f"domains/tried/parameters/rates/{version}.yaml"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# -- versions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "version"),
    [("2025-01-01", "A"), ("2025-12-31", "A"), ("2026-01-01", "B"), ("2099-01-01", "B")],
)
def test_the_version_of_the_day_is_in_force(root, kind, on, version):
    assert law.on(kind, day(on)).version == law.on("tried.rates", day(on)).version == version


def test_before_the_first_day_nothing_is_in_force(root, kind):
    with pytest.raises(law.NotInForce):
        law.on(kind, day("2024-12-31"))


def test_a_version_is_loaded_whenever_it_was_in_force(root, kind):
    found = law.load(kind, "A")
    assert found.body.rates[0].rate == Decimal("9.5")
    assert (found.source, found.last_checked_on) == ("a text, article 1", day("2026-11-22"))
    assert law.load(kind, "A") is found
    with pytest.raises(LookupError):
        law.load(kind, "C")


def test_a_pin_names_version_and_digest(root, kind):
    assert law.pin("tried.rates", day("2026-05-05")) == law.load(kind, "B").pin
    assert len(law.load(kind, "B").digest) == 64


def test_a_law_that_nobody_declared_is_unknown(root):
    with pytest.raises(LookupError):
        law.on("tried.nothing", day("2026-01-01"))


def test_doubts_are_collected_wherever_they_stand(root, kind):
    amend(file(root), ("doubt: none", "doubt:\n  first_day: {ar: لا ندري, fr: on ne sait, en: unknown}"))
    first, second = law.load(kind, "A").doubts
    assert (first.about, first.text("fr"), first.text("zgh-fr")) == ("first_day", "on ne sait", "on ne sait")
    assert (second.about, second.text("ar")) == ("two", "not sure")


def test_a_kind_is_declared_in_one_place(kind):
    with pytest.raises(ValueError, match="twice"):
        law.declare(law.LawKind("tried.rates", Rates, FOLDER.parent))


# -- faults ----------------------------------------------------------------------------------------

FAULTS = {
    "a key of the head that is not known": ("doubt: none", "dout: none", "`doubt` is missing", "doubt: none"),
    "a key of the body unknown": ("label: first", "lable: first", "`lable` is not known", "`label`"),
    "a key far from all": ("label: first", "xyz: first", "`xyz` is not known", "Take it away"),
    "no source": ("source: a text, article 1\n", "", "`source` is missing", "text, article, bulletin"),
    "an empty source": ("source: a text, article 1", 'source: ""', "`source` is empty", "text, article"),
    "never checked": ("last_checked_on: 2026-11-22\n", "", "`last_checked_on` is missing", "2026-11-22"),
    "checked yesterday": ("2026-11-22", "yesterday", "Expected date", "without quotes"),
    "a day in quotes": ("from: 2025-01-01", 'from: "2025-01-01"', "Expected date", "without quotes"),
    "a day that is none": ("from: 2025-01-01", "from: 2025-02-30", "no day 2025-02-30", "2026-11-22"),
    "a moment": ("from: 2025-01-01", "from: 2025-01-01 10:00:00", "is not read here", "quotes"),
    "a float": ('rate: "9.5"', "rate: 9.5", "9.5 is not read exactly", '"9.5"'),
    "a decimal comma": ('rate: "9.5"', 'rate: "9,5"', '"9,5" is no number', '"9.5"'),
    "a comma without quotes": ('rate: "10"', "rate: 9,5", '"9,5" is no number', '"9.5"'),
    "an Arabic comma": ('rate: "9.5"', 'rate: "9٫5"', "is no number", '"9.5"'),
    "a whole number without quotes": ('rate: "10"', "rate: 10", "10 is not between quotes", '"10"'),
    "not a number": ('rate: "9.5"', 'rate: "NaN"', '"NaN" is no number', "digits and a point"),
    "a bare not-a-number": ('rate: "9.5"', "rate: .nan", "is not read exactly", "quotes"),
    "without end": ('rate: "9.5"', 'rate: "Infinity"', "is no number", "digits"),
    "with an exponent": ('rate: "9.5"', 'rate: "1e1"', "is no number", "digits"),
    "negative": ('rate: "9.5"', 'rate: "-9.5"', "less than 5", "Compare"),
    "absurd": ('rate: "9.5"', 'rate: "97.43"', "more than 15", "Compare"),
    "a word that is no flag": ("rates:\n", "is_open: maybe\nrates:\n", "Expected bool", "true or false"),
    "a flag for a number": ("rates:\n", "most: true\nrates:\n", "Expected int", "whole number"),
    "an octal": ("rates:\n", "most: 010\nrates:\n", "is not read exactly", "quotes"),
    "sixty-odd minutes": ("rates:\n", "most: 8:30\nrates:\n", "is not read exactly", "quotes"),
    "nothing": ("label: first", "label: ~", "Nothing is written", "take the line away"),
    "the same key twice": ("label: first", "label: first, label: again", "`label` stands twice", "away"),
    "an entry of a mapping": (
        "rates:\n", 'codes:\n  a: {1: "7"}\n  b: {2: "77"}\nrates:\n', "more than 15", "Compare",
    ),
    "an alias": ("label: first", "label: &a first}\n  - {id: *a", "repeats another place", "Write it out"),
    "an object of a program": ("label: first", "label: !!python/name:os.x x", "is not read", "quotes"),
    "a tab": ("  - id: two", "\t- id: two", "This is no YAML", "Correct this line"),
    "a law that nobody declared": ("tried.rates", "tried.rate", "no law `tried.rate`", "sijil law check"),
    "the law of another folder": ("tried.rates", "tried.delays", "law of this folder", "law: tried.rates"),
    "another name than the file": ("version: A", "version: C", "not the name of the file", "version: A"),
    "a name with a point": ("version: A", "version: A.1", "'A.1' is no name", "letters, digits"),
    "an end before the start": (
        "doubt: none", "to: 2024-01-01\ndoubt: none", "ends before it starts", "last day",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "wrong", "remedy"), FAULTS.values(), ids=FAULTS)
def test_a_fault_names_file_line_and_remedy(root, kind, old, new, wrong, remedy):
    line = amend(file(root), (old, new))
    with pytest.raises(law.LawFault) as found:
        law.versions(kind)
    fault = found.value
    assert fault.file == "domains/tried/parameters/rates/A.yaml"
    assert wrong in fault.wrong
    assert remedy in fault.remedy
    if new and "missing" not in wrong:
        assert abs(fault.line - line) <= new.count("\n"), str(fault)


def test_the_line_is_that_of_the_value(root, kind):
    amend(file(root), ('rate: "10"', 'rate: "1000"'))
    with pytest.raises(law.LawFault) as found:
        law.versions(kind)
    lines = file(root).read_text().splitlines()
    assert '"1000"' in lines[found.value.line - 1]
    assert str(found.value).startswith(f"domains/tried/parameters/rates/A.yaml:{found.value.line}: ")


def test_the_line_inside_of_a_mapping_is_that_of_its_entry(root, kind):
    amend(file(root), ("rates:\n", 'codes:\n  a: {1: "7"}\n  b:\n    2: "8"\n    3: "x"\nrates:\n'))
    with pytest.raises(law.LawFault) as found:
        law.versions(kind)
    assert '3: "x"' in file(root).read_text().splitlines()[found.value.line - 1]


ARRANGEMENTS = {
    "one day, two versions": ([("2026-01-01", "2025-01-01")], "start on the same day", "another day"),
    "one name, two versions": ([("version: B", "version: A")], "not the name of the file", "version: B"),
    "an overlap": ([], "both are from 2026-01-01 on", "Let the first one end before"),
    "a gap": ([], "Nothing is in force between", "next day"),
}  # fmt: skip


@pytest.mark.parametrize(("changes", "wrong", "remedy"), ARRANGEMENTS.values(), ids=ARRANGEMENTS)
def test_versions_that_do_not_fit_together_are_refused(root, kind, changes, wrong, remedy):
    ends = {"both are": "2026-06-30", "Nothing is": "2025-10-31"}
    for start, last in ends.items():
        if wrong.startswith(start):
            amend(file(root), ("doubt: none", f"to: {last}\ndoubt: none"))
    for change in changes:
        amend(file(root, "B"), change)
    with pytest.raises(law.LawFault) as found:
        law.versions(kind)
    assert wrong in found.value.wrong
    assert remedy in found.value.remedy
    assert found.value.file.endswith("/B.yaml")
    assert found.value.line == (2 if "version" in str(changes) else 3)


def test_a_law_may_end_only_where_its_kind_says_so(root, kind, monkeypatch):
    amend(file(root, "B"), ("doubt: none", "to: 2026-12-31\ndoubt: none"))
    with pytest.raises(law.LawFault, match="may not end"):
        law.versions(kind)
    ending = dataclasses.replace(kind, may_end=True)
    monkeypatch.setitem(registry._kinds, kind.name, ending)
    assert law.on(ending, day("2026-12-31")).version == "B"
    with pytest.raises(law.NotInForce):
        law.on(ending, day("2027-01-01"))


# -- a version of several files --------------------------------------------------------------------


def test_a_folder_reads_as_one_file(root, tmp_path):
    folder = tmp_path / "V"
    folder.mkdir()
    (folder / "head.yaml").write_text(HEAD.format(version="V", day="2027-01-01") + "rates: []\n")
    (folder / "codes.yaml").write_text('# by town\na: {1: "7"}\nb:\n  2: "8"\n')
    joined = law.read_law(law.read_page(folder))
    alone = law.read_law(law.read_text(law.read_page(folder).text, "one text"))
    assert alone.digest == joined.digest
    assert joined.body.codes["b"][2] == 8


def test_a_fault_in_a_folder_names_the_file_in_it(tmp_path):
    (tmp_path / "head.yaml").write_text(HEAD.format(version="V", day="2027-01-01") + "rates: []\n")
    (tmp_path / "codes.yaml").write_text('a: {1: "7"}\nb:\n  2: "88"\n')
    with pytest.raises(law.LawFault) as found:
        law.read_law(law.read_page(tmp_path, "V"))
    assert (found.value.file, found.value.line) == ("V/codes.yaml", 3)


@pytest.mark.parametrize("heads", [0, 2])
def test_a_folder_has_one_head(tmp_path, heads):
    for n in range(3):
        text = HEAD.format(version="V", day="2027-01-01") if n < heads else "a: b\n"
        (tmp_path / f"{n}.yaml").write_text(text)
    with pytest.raises(law.LawFault, match=f"{heads} files"):
        law.read_page(tmp_path)


# -- the digest ------------------------------------------------------------------------------------

SAME = {
    "a label": ("label: first", "label: another"),
    "a source": ("source: a text", "source: the same text"),
    "a doubt": ("doubt: not sure", "doubt: less sure"),
    "the day of a check": ("2026-11-22", "2026-11-23"),
    "a zero at the end": ('"9.5"', '"9.50"'),
    "a comment": ("rates:\n", "# said again\nrates:\n"),
    "a default written out": ("rates:\n", "is_open: true\nrates:\n"),
    "another order of names": ('{id: one, rate: "9.5", label', '{rate: "9.5", id: one, label'),
}
OTHER = {
    "a number": ('"9.5"', '"9.6"'),
    "a code": ("id: one", "id: uno"),
    "a flag": ("rates:\n", "is_open: false\nrates:\n"),
    "the first day": ("2025-01-01", "2025-01-02"),
    "an entry less": ('  - {id: one, rate: "9.5", label: first}\n', ""),
}


@pytest.mark.parametrize("change", SAME.values(), ids=SAME)
def test_what_people_read_is_not_in_the_digest(root, kind, change):
    before = law.load(kind, "A").digest
    amend(file(root), change)
    law.current().forget()
    assert law.load(kind, "A").digest == before


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
def test_what_decides_is_in_the_digest(root, kind, change):
    before = law.load(kind, "A").digest
    amend(file(root), change)
    law.current().forget()
    assert law.load(kind, "A").digest != before


def test_a_field_added_to_the_schema_changes_no_digest(root, kind, monkeypatch):
    before = law.load(kind, "A").digest
    more = msgspec.defstruct("More", [("added", int, 0)], bases=(Rates,), frozen=True)
    monkeypatch.setitem(registry._kinds, kind.name, dataclasses.replace(kind, schema=more))
    law.current().forget()
    assert law.load("tried.rates", "A").digest == before


# -- the lock --------------------------------------------------------------------------------------


def findings():
    return {f.version: f for f in law.examine() if f.name == "tried.rates"}


def test_a_version_is_sealed_once(root):
    assert "sijil law seal tried.rates A" in findings()["A"].seen
    sealed = law.seal("tried.rates", "A")
    assert findings()["A"].well
    assert f"tried.rates A {sealed.digest}" in (root / "law.lock").read_text()
    with pytest.raises(law.LawFault, match="sealed already"):
        law.seal("tried.rates", "A")


def test_a_sealed_version_that_is_edited_is_told_and_cannot_be_sealed_again(root):
    law.seal("tried.rates", "A")
    amend(file(root), ('"9.5"', '"9.6"'))
    law.current().forget()
    assert not findings()["A"].well
    assert "domains/tried/parameters/rates/A.yaml was edited" in findings()["A"].seen
    with pytest.raises(law.LawFault, match="never edited"):
        law.seal("tried.rates", "A")


def test_words_of_a_sealed_version_may_be_mended(root):
    law.seal("tried.rates", "A")
    amend(file(root), ("label: first", "label: the first"))
    law.current().forget()
    assert findings()["A"].well


def test_a_sealed_version_that_is_gone_is_told(root):
    law.seal("tried.rates", "A")
    file(root).unlink()
    law.current().forget()
    assert "its file is gone" in findings()["A"].seen


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_looked_at(root, kind):
    amend(file(root), ('"9.5"', '"9,5"'))
    found = [f for f in law.examine() if f.name == "tried.rates"]
    assert [(f.version, f.well) for f in found] == [("", False)]
    assert "A.yaml:8: " in found[0].seen


def test_a_broken_lock_is_told(root):
    (root / "law.lock").write_text("tried.rates A\n")
    found = [f.seen for f in law.examine()]
    assert found == ["law.lock:1: This line is no seal. Restore the file: git checkout."]


@pytest.mark.parametrize(
    ("pin", "seen"),
    [
        (law.Pin("tried.rates", "C", "0" * 64), "it is not there"),
        (law.Pin("tried.gone", "A", "0" * 64), "it is not there"),
        (law.Pin("tried.rates", "A", "0" * 64), "not what decisions were made by"),
    ],
)
def test_a_pin_that_cannot_be_read_as_it_was_is_told(root, pin, seen):
    good = law.pin("tried.rates", day("2026-01-01"))
    found = law.check_pins([good, pin, pin])
    assert [(f.version, f.well) for f in found] == [(pin.version, False)]
    assert seen in found[0].seen


# -- what was enacted ------------------------------------------------------------------------------

LATER = HEAD.format(version="C", day="2027-01-01") + BODY


@pytest.fixture
def enacted(root):
    reader = Listed()
    with reading(root, reader):
        yield reader


def test_an_enacted_version_is_loaded_like_a_shipped_one(enacted, kind):
    before = law.load(kind, "B")
    new = enacted.add(LATER)
    assert law.load(kind, "C").pin == new.pin
    assert law.on(kind, day("2026-12-31")) is before
    assert law.on(kind, day("2027-01-01")).version == "C"
    assert not law.load(kind, "C").is_shipped


def test_the_same_text_is_read_once(enacted, kind):
    enacted.add(LATER)
    first = law.load(kind, "C")
    enacted.add(HEAD.format(version="D", day="2028-01-01") + BODY)
    assert law.load(kind, "C") is first


def test_a_text_that_is_not_what_was_enacted_is_refused(enacted, kind):
    enacted.add(LATER)
    kept = enacted.kept[0]
    enacted.kept[0] = law.EnactedText(kept.name, kept.version, kept.digest, LATER.replace('"9.5"', '"9.6"'))
    with pytest.raises(law.LawFault, match="not what was enacted"):
        law.load(kind, "C")


def test_a_release_may_ship_what_was_enacted_before(enacted, kind, root):
    enacted.add(LATER)
    file(root, "C").write_text(LATER)
    assert [v.version for v in law.versions(kind)] == ["A", "B", "C"]
    assert law.load(kind, "C").is_shipped


def test_a_release_that_ships_another_text_under_an_enacted_name_is_refused(enacted, kind, root):
    enacted.add(LATER)
    file(root, "C").write_text(LATER.replace('"9.5"', '"9.6"'))
    with pytest.raises(law.LawFault, match="two versions C"):
        law.versions(kind)


def test_an_enacted_version_is_not_sealed(enacted):
    enacted.add(LATER)
    with pytest.raises(law.LawFault, match="enacted here"):
        law.seal("tried.rates", "C")


def test_the_generation_is_asked_every_few_seconds_at_most(root, kind):
    reader = Listed()
    with law.use_shelf(law.Shelf(root, reader, look_every=60)):
        for _ in range(5):
            law.on(kind, day("2026-01-01"))
    assert reader.asked == 1


def test_while_one_thread_asks_the_others_go_on(root, kind):
    asking, answer = threading.Event(), threading.Event()

    class Slow(Listed):
        def generation(self):
            if self.asked:
                asking.set()
                assert answer.wait(10)
            return super().generation()

    with law.use_shelf(law.Shelf(root, Slow(), look_every=0)):
        law.on(kind, day("2026-01-01"))
        thread = threading.Thread(target=law.on, args=(kind, day("2026-01-01")))
        thread.start()
        assert asking.wait(10)
        assert law.on(kind, day("2026-01-01")).version == "B"
        answer.set()
        thread.join()


def test_without_a_reader_nothing_is_asked(root, kind):
    assert law.current().reader is None
    assert law.on(kind, day("2030-01-01")).version == "B"


def test_threads_get_the_same_version(root, kind):
    found = []
    threads = [threading.Thread(target=lambda: found.append(law.load(kind, "A"))) for _ in range(8)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert len(set(map(id, found))) == 1


# -- families and delays ---------------------------------------------------------------------------


def test_each_folder_of_a_family_is_a_law(root, monkeypatch):
    family = law.LawKind("tried.*", Rates, FOLDER.parent)
    monkeypatch.setitem(registry._kinds, "tried.*", family)
    assert law.names(family) == ("tried.rates",)
    assert law.load(family, "A", "rates").name == "tried.rates"


DELAYS = HEAD.replace("rates", "delays").format(version="D", day="2025-01-01") + "delays:\n  answer: "


@pytest.fixture
def delays(root):
    folder = root / "domains/tried/parameters/delays"
    folder.mkdir()

    def write(text):
        (folder / "D.yaml").write_text(DELAYS + text + "\n")
        law.current().forget()

    return write


def test_a_delay_is_found_by_domain_and_name(delays):
    delays("{days: 60}")
    found = law.delay("tried.answer", day("2026-01-01"))
    assert (found.days, found.counted_in, found.at_end, found.article) == (60, "calendar", "flag", "")
    delays("{days: 30, counted_in: working, at_end: accept, article: law 55-19 article 19}")
    found = law.delay("tried.answer", day("2026-01-01"))
    assert (found.is_working, found.at_end) == (True, law.AtEnd.ACCEPT)
    with pytest.raises(LookupError):
        law.delay("tried.question", day("2026-01-01"))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("{days: 0}", "Expected int"),
        ("{days: -1}", "Expected int"),
        ("{days: 36600}", "Expected int"),
        ("{days: 60, at_end: accept}", "without an article"),
        ('{days: 60, at_end: accept, article: " "}', "without an article"),
        ("{days: 60, at_end: refuse}", "`refuse` is not known"),
        ("{days: 60, counted_in: weeks}", "`weeks` is not known"),
    ],
)
def test_a_delay_that_makes_no_sense_is_refused(delays, text, wrong):
    delays(text)
    with pytest.raises(law.LawFault) as found:
        law.delay("tried.answer", day("2026-01-01"))
    assert wrong in found.value.wrong
    assert found.value.line == 8


def test_a_delay_is_not_lost_by_a_typo(delays, root):
    delays("{days: 60}")
    later = DELAYS.replace("2025-01-01", "2026-01-01", 1).replace("version: D", "version: E")
    (root / "domains/tried/parameters/delays/E.yaml").write_text(
        later.replace("answer:", "anwser: {days: 30}")
    )
    law.current().forget()
    keep_names(law.load("tried.delays", "D"))
    with pytest.raises(law.Wrong, match="`answer` is missing"):
        keep_names(law.load("tried.delays", "E"))


def test_a_choice_is_told_with_the_words_it_takes(delays):
    delays("{days: 60, counted_in: weeks}")
    with pytest.raises(law.LawFault) as found:
        law.delay("tried.answer", day("2026-01-01"))
    assert found.value.remedy == "Write one of: calendar, working."
