"""``sijil score FILE``: every line answered, nothing lost, clear words for what cannot be read."""

from decimal import Decimal

import pytest
import score_page
from tests.tooling.score.files import NAMES, ROOT, read, run, write

from sijil import console
from sijil.console.score import reading
from sijil.domains.scoring.tests.households import R1, U1

RICH = R1 | {"phone_internet_year": 12_000_000}


def test_each_line_gets_its_score_or_its_refusal(tmp_path):
    rows = [
        U1 | {"household": "u"},
        R1 | {"household": "r"},
        U1 | {"household": "bad", "rooms": ""},
        RICH | {"household": "q"},
    ]
    done = run(write(tmp_path, rows), "--on", "2026-11-22")
    lines = {line["household"]: line for line in read(done.stdout)}
    assert done.exit_code == 1
    assert "in 4 = done 3 + refused 1" in done.stderr
    assert (lines["u"]["score"], lines["u"]["asd"], lines["u"]["amo_tadamon"]) == (
        "9.4321175",
        "eligible",
        "not_eligible",
    )
    assert (lines["r"]["score"], lines["r"]["asd"], lines["r"]["amo_tadamon"]) == (
        "9.0468567",
        "eligible",
        "eligible",
    )
    assert (lines["bad"]["state"], lines["bad"]["refusal"], lines["bad"]["field"]) == (
        "refused",
        "scoring.input_missing",
        "rooms",
    )
    assert "rooms is missing" in lines["bad"]["sentence"]
    assert (lines["q"]["state"], lines["q"]["asd"]) == ("quarantined", "pending")


def test_the_parts_of_a_line_add_up_to_its_score(tmp_path):
    done = run(write(tmp_path, [U1 | {"household": "u"}, R1 | {"household": "r"}]))
    assert done.exit_code == 0
    for line in read(done.stdout):
        parts = [Decimal(v) for k, v in line.items() if k.startswith("part_") and v]
        assert sum(parts) == Decimal(line["score"])
        assert len(parts) == {"u": 37, "r": 30}[line["household"]]


def test_columns_may_come_in_any_order_and_with_a_byte_order_mark(tmp_path):
    path = write(tmp_path, [U1 | {"household": "u"}], names=NAMES[::-1], encoding="utf-8-sig")
    assert read(run(path).stdout)[0]["score"] == "9.4321175"


@pytest.mark.parametrize(
    "cell", ["2.0", "two", "1_0", "²", "1e1", "-1", "-2", "999999999999999999999", "NaN"]
)
def test_what_is_no_answer_is_refused_by_its_field(tmp_path, cell):
    line = read(run(write(tmp_path, [U1 | {"household": "u", "rooms": cell}])).stdout)[0]
    assert (line["state"], line["refusal"], line["field"]) == (
        "refused",
        "scoring.input_out_of_bounds",
        "rooms",
    )


@pytest.mark.parametrize(
    ("names", "word"),
    [
        (NAMES[:-1], "phone_internet_year"),
        ([*NAMES, "yachts"], "yachts"),
        ([*NAMES, "rooms"], "rooms"),
        (NAMES[1:], "household"),
    ],
)
def test_a_wrong_header_names_the_column(tmp_path, names, word):
    done = run(write(tmp_path, [U1], names=names))
    assert done.exit_code == 2
    assert repr(word) in done.stderr
    assert done.stdout == ""


def test_a_missing_or_foreign_file_is_said_so(tmp_path):
    assert "cannot be read: No such file" in run(tmp_path / "nothing.csv").stderr
    (tmp_path / "latin.csv").write_bytes("household,é\n".encode("latin-1"))
    done = run(tmp_path / "latin.csv")
    assert (done.exit_code, "not UTF-8" in done.stderr) == (2, True)


def test_an_answer_file_is_never_left_half_written(tmp_path):
    out = tmp_path / "out.csv"
    assert run(write(tmp_path, [U1 | {"household": "u"}]), "-o", out).exit_code == 0
    assert read(out.read_text())[0]["score"] == "9.4321175"
    assert run(write(tmp_path, [], names=["a"]), "-o", tmp_path / "no.csv").exit_code == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_more_lines_than_a_chunk_keep_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 7)
    rows = [(U1 if k % 3 else R1) | {"household": str(k)} for k in range(30)]
    done = run(write(tmp_path, rows), "--no-contributions")
    assert [line["household"] for line in read(done.stdout)] == [str(k) for k in range(30)]
    assert "in 30 = done 30 + refused 0" in done.stderr


def test_parquet_gives_what_csv_gives(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [U1 | {"household": "u"}, R1 | {"household": "r"}]
    table = pyarrow.table({n: [row.get(n) for row in rows] for n in NAMES})
    parquet.write_table(table, tmp_path / "in.parquet")
    found = [read(run(path).stdout) for path in (tmp_path / "in.parquet", write(tmp_path, rows))]
    assert [[line.pop("line") for line in lines] for lines in found] == [["1", "2"], ["2", "3"]]
    assert found[0] == found[1]


def test_parquet_without_its_library_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    done = run(tmp_path / "in.parquet")
    assert (done.exit_code, "analyst" in done.stderr) == (2, True)


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (float("nan"), ""), (2.0, "2"), (True, "1"), (2.5, "2.5"), (3, "3")]
)
def test_a_parquet_value_reads_as_its_cell(value, cell):
    assert reading._text(value) == cell


def test_the_reference_page_is_current():
    assert (ROOT / "docs/reference/score-inputs.md").read_text() == score_page.reference_page()


def test_the_command_is_on_the_line():
    assert "score" in console.COMMANDS
