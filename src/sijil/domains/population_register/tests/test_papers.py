"""Which papers prove whom: no deposit and no number without them."""

import dataclasses
import datetime as dt
from itertools import product

import pytest
import yaml

from sijil.domains.population_register import queries, services
from sijil.domains.population_register.rules import PAPERS, missing_papers
from sijil.domains.population_register.services import (
    change_person_state,
    list_missing_papers,
    register_person,
)
from sijil.domains.population_register.tests.samples import (
    FATIMA,
    NOW,
    OFFICER,
    WORKER,
    known,
    paper_of,
    received,
    submitted,
)
from sijil.domains.population_register.types import Nationality, PaperKind
from sijil.kernel import law
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused

TODAY = legal_day(NOW)
TABLE = law.on(PAPERS, TODAY).body
ROWS = {row.id: row for row in TABLE.people}
ADULT, CHILD = PartialDate(1988, 3, 14), PartialDate(2019, 5, 2)


def somebody(row, papers, *, number="A100200", until="2027-01-31", guardian="4351920833"):
    """Return a person of a row who holds some papers."""
    who = ROWS[row].who
    first, second = (*papers, "", "")[:2]
    foreign = who.nationality is Nationality.RESIDENT_FOREIGNER
    return dataclasses.replace(
        FATIMA,
        nationality=who.nationality,
        birth=ADULT if who.adult else CHILD,
        paper_kind=first,
        paper_number=number if first else "",
        more={
            **FATIMA.more,
            "protected": "yes" if who.protected else "",
            "second_paper_kind": second,
            "second_paper_number": number if second else "",
            "residence_until": until if foreign else "",
            "guardian_idcs": guardian,
        },
    )


def missing(identity, on=TODAY):
    return [
        (one.code.removeprefix("population_register."), one.field)
        for one in missing_papers(identity, TABLE, on)
    ]


ENOUGH = [(row.id, papers) for row in TABLE.people for papers in product(*row.papers)]


@pytest.mark.parametrize(("row", "papers"), ENOUGH)
def test_one_paper_of_each_line_is_enough(row, papers):
    assert missing(somebody(row, papers)) == []


@pytest.mark.parametrize(("row", "papers"), ENOUGH)
def test_without_the_paper_of_a_line_it_is_named(row, papers):
    for left_out, line in zip(papers, ROWS[row].papers, strict=True):
        rest = [paper for paper in papers if paper != left_out]
        [one] = missing_papers(somebody(row, rest), TABLE, TODAY)
        assert one.code == "population_register.paper_missing"
        assert one.facts["papers"].split(", ") == list(line)


@pytest.mark.parametrize(("row", "papers"), ENOUGH)
def test_a_paper_without_its_number_proves_nothing(row, papers):
    """Two witnesses have no number: their attestation is asked for at the deposit."""
    found = missing(somebody(row, papers, number=""))
    numbered = [paper for paper in papers if paper != PaperKind.WITNESSES]
    assert [code for code, _ in found] == ["paper_incomplete"] * len(numbered)


def test_a_foreigner_is_not_proved_by_a_national_card():
    assert missing(somebody("foreign_adult", ["cnie"])) == [("paper_missing", "paper_kind")]


@pytest.mark.parametrize(
    ("until", "found"),
    [
        ("2026-11-22", []),
        ("2026-11-21", [("paper_expired", "residence_until")]),
        ("", [("paper_incomplete", "residence_until")]),
    ],
)
def test_a_residence_title_is_good_until_its_last_day(until, found):
    assert missing(somebody("foreign_adult", ["residence_title"], until=until)) == found


def test_a_paper_that_is_good_stands_for_one_that_is_not():
    expired = somebody("foreign_minor", ["passport", "birth_extract"], until="2020-01-01")
    assert missing(expired) == []


@pytest.mark.parametrize("row", [row.id for row in TABLE.people])
def test_who_represents_the_person_is_named(row):
    papers = [line[-1] for line in ROWS[row].papers]
    is_needed = ROWS[row].guardian or "guardianship" in papers
    expected = [("guardian_missing", "guardian_idcs")] if is_needed else []
    assert missing(somebody(row, papers, guardian="")) == expected


def test_the_day_of_majority_changes_the_papers():
    child = dataclasses.replace(
        somebody("moroccan_minor", ["birth_extract"]), birth=PartialDate(2008, 11, 23)
    )
    assert missing(child) == [("paper_missing", "second_paper_kind")]
    assert missing(child, dt.date(2026, 11, 23)) == []


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[0] | {"id": "again"}],
        lambda rows: [rows[0] | {"papers": [["cnie"], ["cnie"]]}, *rows[1:]],
        lambda rows: [rows[0] | {"papers": []}, *rows[1:]],
        lambda rows: [rows[0] | {"papers": [["library_card"]]}, *rows[1:]],
    ],
)
def test_a_table_that_leaves_somebody_out_is_no_law(change):
    page = law.versions(PAPERS)[-1].page.value
    text = yaml.safe_dump({**page, "people": change(page["people"])}, allow_unicode=True)
    with pytest.raises(law.LawFault):
        law.read_law(law.read_text(text, "PAPERS-2021.yaml"))


# --- at the deposit -----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("row", list(ROWS))
def test_a_file_is_received_with_the_papers_and_not_without(row):
    guardian = known()
    papers = [line[0] for line in ROWS[row].papers]
    number = received(somebody(row, papers, guardian=guardian))
    assert queries.get_status(number).state == "deposited"

    with pytest.raises(Refused) as refused:
        received(somebody(row, papers[1:] or ["family_booklet"], guardian=guardian))
    assert refused.value.code == "population_register.paper_missing"


@pytest.mark.django_db
def test_a_refused_deposit_changes_nothing_and_says_all_that_is_missing():
    identity = somebody("protected_foreigner", ["cnie"], guardian="")
    number = submitted(identity)
    services.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=NOW)

    with pytest.raises(Refused) as refused:
        services.deposit_request(number=number, actor=OFFICER, now=NOW)

    told = [one.code for one in (refused.value, *refused.value.also)]
    assert told == ["population_register.paper_missing"] * 2 + ["population_register.guardian_missing"]
    assert queries.get_status(number).state == "pre_registered"


def unfit(guardian):
    child = somebody("moroccan_minor", ["birth_extract", "guardianship"], guardian=guardian)
    return [one.code.removeprefix("population_register.") for one in list_missing_papers(child, TODAY)]


@pytest.mark.django_db
def test_a_guardian_is_in_the_register():
    assert unfit("4351920833") == ["guardian_unknown"]
    assert unfit(known()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["declare_death", "suspend"])
def test_a_guardian_who_is_dead_or_suspended_does_not_do(action):
    guardian = known()
    change_person_state(person=guardian.key, action=action, reason="told", actor=OFFICER, now=NOW)
    assert unfit(guardian) == ["guardian_unfit"]


@pytest.mark.django_db
def test_a_guardian_is_of_age_and_under_no_guardianship():
    assert unfit(known(dataclasses.replace(FATIMA, birth=PartialDate(2008, 11, 23)))) == [
        "guardian_too_young"
    ]
    protected = dataclasses.replace(FATIMA, more={**FATIMA.more, "protected": "yes"})
    assert unfit(known(protected)) == ["guardian_unfit"]


# --- at the number ------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Enacted:
    """A version of the table enacted on this installation."""

    texts_: tuple[law.EnactedText, ...]

    def generation(self):
        return len(self.texts_)

    def texts(self):
        return self.texts_


def stricter(since):
    """Return the table that takes no birth extract of a Moroccan adult, from a day on."""
    page = law.versions(PAPERS)[-1].page.value
    rows = [row | {"papers": [["cnie"]]} if row["id"] == "moroccan_adult" else row for row in page["people"]]
    content = yaml.safe_dump(
        {**page, "version": "PAPERS-TEST", "from": since, "people": rows}, allow_unicode=True
    )
    digest = law.read_law(law.read_text(content, "PAPERS-TEST.yaml")).digest
    return law.Shelf(reader=Enacted((law.EnactedText(PAPERS.name, "PAPERS-TEST", digest, content),)))


@pytest.mark.django_db
def test_a_law_that_changes_after_the_deposit_does_not_undo_it():
    extract = somebody("moroccan_adult", ["birth_extract"], guardian="")
    number = received(extract)
    tomorrow = NOW + dt.timedelta(days=1)

    with law.use_shelf(stricter(legal_day(tomorrow))):
        with pytest.raises(Refused, match="paper_missing"):
            received(extract, now=tomorrow)
        assert register_person(number=number, actor=WORKER, now=tomorrow).idcs


@pytest.mark.django_db
def test_no_number_without_papers_however_the_file_was_received(monkeypatch):
    monkeypatch.setattr(services.requests, "require_papers", lambda *_: None)
    number = received(somebody("foreign_adult", ["cnie"], guardian=""))

    with pytest.raises(Refused, match="paper_missing"):
        register_person(number=number, actor=WORKER, now=NOW)
    assert queries.get_status(number).state == "deposited"
