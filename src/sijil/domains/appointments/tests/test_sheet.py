"""The register as a table: each line ends in one way, and a spreadsheet does no harm."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sijil.domains.appointments import queries, rules, services
from sijil.domains.appointments.errors import SHEET_COLUMNS, SHEET_UNREADABLE
from sijil.domains.appointments.tests.conftest import ADMINISTRATOR, AGDAL, NINE, NOW, SOUISSI, TEN
from sijil.domains.appointments.types import ImportReport, Outcome, Shut
from sijil.kernel.actors import PUBLIC
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.usefixtures("centres")
PLACES = ["04", "04.421", "04.421.01.0"]
HEAD = ",".join(rules.COLUMNS)
KNOWN = HEAD.split(",phone")[0]


def line(code: str = "N1", **values: str) -> str:
    cells = {
        "code": code, "kind": "annex", "name_ar": "مركز", "name_fr": "Centre", "region_code": "04",
        "province_code": "04.421", "commune_codes": "04.421.01.0", "desks": "2",
    } | values  # fmt: skip
    return ",".join(cells.get(column, "") for column in rules.COLUMNS)


def brought(*lines: str, tell: bool = False, dry_run: bool = False, head: str = HEAD) -> ImportReport:
    content = "\n".join([head, *lines]).encode()
    return services.import_centres(
        lines=rules.read_sheet(content),
        places=PLACES,
        tell=tell,
        dry_run=dry_run,
        actor=ADMINISTRATOR,
        now=NOW,
    )


def refusal(text: str) -> tuple[str, str | None]:
    [read] = rules.read_sheet(f"{HEAD}\n{text}".encode())
    assert read.refused is not None
    return read.refused.code.partition(".")[2], read.refused.field


def test_what_is_written_and_read_again_changes_nothing() -> None:
    content = rules.write_sheet(queries.list_every_centre())
    lines = rules.read_sheet(content)
    places = {code for one in lines for _, code in services.places_of(one)}
    report = services.import_centres(
        lines=lines, places=places, tell=False, dry_run=False, actor=ADMINISTRATOR, now=NOW
    )
    assert (len(report.lines), report.count(Outcome.UNCHANGED)) == (496, 496)
    assert content.startswith(b"\xef\xbb\xbf")


def test_each_line_ends_in_one_way_and_all_are_counted() -> None:
    report = brought(line("N1"), line("N2", desks="0"), line("N3"))
    assert [end.outcome.value for end in report.lines] == ["added", "refused", "added"]
    assert [end.number for end in report.lines] == [2, 3, 4]
    assert sum(report.count(outcome) for outcome in Outcome) == len(report.lines)
    again = brought(line("N1"), line("N3", name_fr="Autre", kind="caidat"))
    assert [(end.outcome.value, end.fields) for end in again.lines] == [
        ("unchanged", ()),
        ("changed", ("kind", "name_fr")),
    ]
    assert queries.find_centre("N2") is None


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    assert brought(line("N1"), dry_run=True) == brought(line("N1"))
    assert brought(line("N1", desks="5"), dry_run=True).count(Outcome.CHANGED) == 1
    assert queries.get_centre("N1").desks == 2


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"kind": "shop"}, "choice_unknown", "kind"),
        ({"name_ar": "\u200f"}, "field_missing", "name_ar"),
        ({"name_fr": "x" * 201}, "text_too_long", "name_fr"),
        ({"desks": "100"}, "desks_unfit", "desks"),
        ({"latitude": "33.9"}, "position_unfit", "longitude"),
        ({"latitude": "48.85", "longitude": "-2.35"}, "position_unfit", "latitude"),
        ({"latitude": "NaN", "longitude": "-6"}, "position_unfit", "latitude"),
        ({"monday": "16:30-08:30"}, "hours_unfit", "monday"),
        ({"sunday": "08:30-12:00 11:00-14:00"}, "hours_unfit", "sunday"),
        ({"friday": "matin"}, "hours_unfit", "friday"),
        ({"opens_on": "31/12/2026"}, "day_unfit", "opens_on"),
        ({"opens_on": "2026-02-30"}, "day_unfit", "opens_on"),
        ({"opens_on": "2026-12-02", "ends_on": "2026-12-01"}, "day_unfit", "ends_on"),
        ({"kind": "mobile", "opens_on": "2026-12-01"}, "mobile_days", "ends_on"),
        ({"phone": "12"}, "phone_invalid", "phone"),
        ({"commune_codes": ""}, "field_missing", "commune_codes"),
        ({"province_code": "=1+1"}, "code_unfit", "province_code"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(values: dict[str, str], code: str, field: str) -> None:
    assert refusal(line(**values)) == (code, field)


def test_a_place_that_is_not_there_is_refused() -> None:
    [end] = brought(line(commune_codes="04.421.01.0 04.999")).lines
    assert end.refused is not None
    assert (end.refused.field, end.refused.facts["value"]) == ("commune_codes", "04.999")


def test_the_same_centre_on_two_lines_is_refused_once() -> None:
    report = brought(line("N1"), line("N1", desks="3"))
    assert [end.outcome.value for end in report.lines] == ["added", "refused"]


@pytest.mark.parametrize("text", [line() + ",more", line().rsplit(",", 1)[0]])
def test_a_line_with_another_number_of_cells_is_refused(text: str) -> None:
    assert refusal(text) == ("line_cells", "line")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfec\x00", "مركز".encode("cp1256"), HEAD.encode() + b'\n"open', b"x" * (2 * 1024**2 + 1)],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as refused:
        rules.read_sheet(content)
    assert refused.value.error is SHEET_UNREADABLE


@pytest.mark.parametrize("head", ["", "code,kind", HEAD.replace(",sunday", ""), HEAD + ",code"])
def test_columns_that_are_missing_or_there_twice_are_refused(head: str) -> None:
    with pytest.raises(Refused) as refused:
        rules.read_sheet(head.encode())
    assert refused.value.error is SHEET_COLUMNS


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_of_any_spreadsheet_is_read(sign: str, end: str) -> None:
    text = end.join([HEAD, line(), "," * HEAD.count(","), line("N2")]).replace(",", sign) + end
    lines = rules.read_sheet(b"\xef\xbb\xbf" + text.encode())
    assert [(one.number, one.code, one.refused) for one in lines] == [(2, "N1", None), (4, "N2", None)]


def test_noughts_and_commas_that_a_spreadsheet_changed_are_taken_as_meant() -> None:
    [read] = rules.read_sheet(
        f"{HEAD};\n".replace(",", ";").encode()[:-2]
        + ("\n" + line(region_code="4", province_code="4.421", latitude="X", monday="8:30-12:00"))
        .replace(",", ";")
        .replace(";X;;", ";33,97159;-6,84981;")
        .encode()
    )
    assert read.refused is None
    assert (read.values["region_code"], read.values["province_code"]) == ("04", "04.421")
    assert (read.values["latitude"], read.values["week"]) == (
        Decimal("33.97159"),
        ("08:30-12:00", "", "", "", "", "", ""),
    )


@pytest.mark.parametrize("name", ["=1+1", "+cmd", "-2+3", "@SUM(A1)"])
def test_a_spreadsheet_calculates_nothing_that_is_written(name: str) -> None:
    brought(line(name_fr=name, phone="0537000000", latitude="33.5", longitude="-6.5"))
    written = rules.write_sheet([queries.get_centre("N1")]).decode("utf-8-sig")
    assert f",'{name}," in written
    assert ",'+212537000000,33.5,-6.5," in written
    [end] = brought(*written.splitlines()[1:]).lines
    assert end.outcome is Outcome.UNCHANGED


def test_a_column_that_is_not_there_leaves_what_is_known() -> None:
    brought(line(phone="0537000000", monday="08:30-12:00"))
    [end] = brought(line().split(",,")[0] + ",,", head=KNOWN).lines
    assert end.outcome is Outcome.UNCHANGED
    assert queries.get_centre("N1").phone == "+212537000000"


def test_a_centre_where_people_are_booked_does_not_close_in_silence() -> None:
    brought(line())
    services.book(slot_id="N1@2026-11-23T08:30", request_number="A", actor=PUBLIC, now=NOW)
    services.book(slot_id="N1@2026-11-25T08:30", request_number="B", actor=PUBLIC, now=NOW)
    closing = line(ends_on="2026-11-24")
    for dry_run in (True, False):
        [end] = brought(closing, dry_run=dry_run).lines
        assert end.outcome is Outcome.REFUSED
        assert [(one.booking.request_number, one.why) for one in end.displaced] == [("B", Shut.CENTRE)]
        assert queries.get_booking("B").state == "booked"
    with kept_notices() as told:
        [end] = brought(closing, tell=True).lines
    assert end.outcome is Outcome.CHANGED
    assert [(one.file, one.reason) for one in told] == [("B", "centre_closed")]
    assert (queries.get_booking("A").state, queries.get_booking("B").state) == ("booked", "displaced")
    assert [str(slot.on) for slot in queries.list_free_slots("N1", now=NOW)][-1] == "2026-11-24"


def test_hours_of_its_own_are_offered_and_others_fall() -> None:
    services.book(slot_id=NINE, request_number="A", actor=PUBLIC, now=NOW)
    services.book(slot_id=TEN, request_number="B", actor=PUBLIC, now=NOW)
    own = line(AGDAL, monday="10:00-12:00 14:00-15:00")
    with kept_notices():
        [end] = brought(own, tell=True).lines
    assert [(one.booking.request_number, one.why) for one in end.displaced] == [("A", Shut.HOURS)]
    times = [slot.at.isoformat("minutes") for slot in queries.list_slots(AGDAL, NOW.date(), 3)]
    assert times == ["10:00", "10:20", "10:40", "11:00", "11:20", "11:40", "14:00", "14:20", "14:40"]
    assert queries.list_hours(NOW.date(), queries.get_centre(AGDAL)) == [
        ((1,), "10:00", "12:00"),
        ((1,), "14:00", "15:00"),
    ]


def test_counters_that_are_added_are_free_at_once_and_none_is_taken_from_who_booked() -> None:
    brought(line())
    for number in "AB":
        services.book(slot_id="N1@2026-11-23T08:30", request_number=number, actor=PUBLIC, now=NOW)
    brought(line(desks="3"))
    assert queries.list_slots("N1", NOW.date(), 2)[0].free == 1
    brought(line(desks="1"))
    assert queries.list_slots("N1", NOW.date(), 2)[0].free == 0
    assert queries.get_booking("B").state == "booked"


def test_a_centre_whose_last_day_passed_leaves_the_lists_and_comes_back() -> None:
    brought(line(ends_on="2026-11-21"))
    assert "N1" not in [c.code for c in queries.list_centres("04.421.01.0")]
    assert queries.find_centre("N1") is not None
    brought(line(ends_on="2026-11-22"))
    assert queries.get_centre("N1").ends_on is not None
    assert services.close_ended(now=NOW.replace(day=23)) == 1
    assert "N1" not in [c.code for c in queries.list_centres("04.421.01.0")]
    brought(line())
    assert "N1" in [c.code for c in queries.list_centres("04.421.01.0")]
    assert SOUISSI in [c.code for c in queries.list_centres("04.421.01.0")]  # left out, and stays
