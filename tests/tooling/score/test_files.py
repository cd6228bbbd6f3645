"""``sijil score`` on files that are not as they should be: every line answered or named, no output harmed."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.tooling.score.files import NAMES, ROOT, read, run, write

from sijil.console.score import reading, writing
from sijil.console.score.seen import Seen
from sijil.domains.scoring.tests.households import U1

EXAMPLE = ROOT / "docs/examples/households.csv"
HOW_TO = ROOT / "docs/how-to/score-a-file.md"


def file_of(folder, count=1, name="in.csv"):
    return write(folder, [U1 | {"household": f"h{k}"} for k in range(count)], name=name)


def piped(path, *options):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SIJIL_", "DJANGO_"))}
    environ |= {"SIJIL_HOME": str(path.parent / "none"), "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "sijil.console", "score", "-", *map(str, options)]
    with path.open("rb") as handle:
        return subprocess.run(command, stdin=handle, env=environ, capture_output=True, text=True)


def changed(path, change):
    lines = path.read_bytes().splitlines(keepends=True)
    change(lines)
    path.write_bytes(b"".join(lines))
    return path


# --- the file (numbers 1, 12, 13, 18) -----------------------------------------------------------------------


def test_the_example_gives_what_the_how_to_says():
    block = HOW_TO.read_text().split("--no-contributions\n\n")[1].split("\n\n")[0]
    done = run(EXAMPLE, "--on", "2026-11-22", "--no-contributions")
    assert done.stdout.splitlines() == [line.strip() for line in block.splitlines()]
    assert done.exit_code == 1


@pytest.mark.parametrize("rows", [(10,), (10, 501)])
def test_a_stray_quote_stops_the_run_at_its_line(tmp_path, rows):
    path = file_of(tmp_path, 1000)

    def stray(lines):
        for row in rows:
            lines[row] = b'"' + lines[row]

    done = run(changed(path, stray), "-o", tmp_path / "out.csv")
    assert (done.exit_code, "line 11:" in done.stderr) == (2, True)
    assert not (tmp_path / "out.csv").exists()


def test_a_quoted_line_break_is_refused_also_at_the_end(tmp_path):
    path = file_of(tmp_path, 2)
    path.write_bytes(path.read_bytes() + b'"end')
    assert "line 4:" in run(path).stderr
    path = changed(file_of(tmp_path, 2), lambda lines: lines.__setitem__(1, b'"a\nb"' + lines[1][2:]))
    assert (run(path).exit_code, "line 2:" in run(path).stderr) == (2, True)


def test_quotes_that_close_are_read(tmp_path):
    path = changed(file_of(tmp_path), lambda lines: lines.__setitem__(1, b'"h ""0"""' + lines[1][2:]))
    assert read(run(path).stdout)[0]["household"] == 'h "0"'


def test_every_line_carries_its_number_and_empty_ones_are_counted(tmp_path):
    path = changed(file_of(tmp_path, 3), lambda lines: lines.insert(2, b"\r\n   \n"))
    done = run(path)
    assert [line["line"] for line in read(done.stdout)] == ["2", "5", "6"]
    assert "in 3 = done 3 + refused 0, empty lines 2" in done.stderr


@pytest.mark.parametrize(("more", "cells"), [(b",1,1", 2), (None, -3)])
def test_a_line_with_other_cells_than_the_header_is_refused_as_that(tmp_path, more, cells):
    def change(lines):
        line = lines[1].rstrip()
        lines[1] = (line + more if more else line.rsplit(b",", 3)[0]) + b"\n"

    found = read(run(changed(file_of(tmp_path, 2), change)).stdout)
    assert [line["state"] for line in found] == ["refused", "scored"]
    assert found[0]["refusal"] == "file.cells_miscounted"
    assert found[0]["sentence"] == f"The line has {len(NAMES) + cells} cells; the header has {len(NAMES)}."


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("h0", "twice"),
        ("=1+1", "unfit"),
        ("=HYPERLINK(1)", "unfit"),
        ("＝1+1", "unfit"),
        ("A\u200b", "unfit"),
        ("\u200fA", "unfit"),
        ("A\u202e1", "unfit"),
        ("A\ufeffB", "unfit"),
        ("A\tB", "unfit"),
        ("@x", "unfit"),
        ("-2", "unfit"),
    ],
)
def test_a_reference_is_one_of_its_own(tmp_path, reference, code):
    path = write(tmp_path, [U1 | {"household": r} for r in ("h0", reference, "h2")])
    done = run(path)
    found = read(done.stdout)
    assert (found[1]["refusal"], found[1]["field"]) == (f"file.reference_{code}", "household")
    assert [line["state"] for line in found] == ["scored", "refused", "scored"]
    assert not found[1]["household"].startswith(("=", "@", "-"))
    assert code != "twice" or "line 2" in found[1]["sentence"]


def test_a_reference_is_known_again_after_many_chunks():
    seen = Seen()
    for start in range(0, 100, 10):
        names = [f"r{k}" for k in range(start, start + 10)]
        assert not seen.earlier(names, list(range(start + 2, start + 12))).any()
    assert seen.earlier(["r0", "new", "r99", "new"], [200, 201, 202, 203]).tolist() == [2, 0, 101, 201]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "the file is empty"),
        (b"household;milieu\nx;1\n", "semicolons"),
        (b"household\tmilieu\nx\t1\n", "tabs"),
        ("household,é\n".encode("latin-1"), "line 1, byte 11"),
        ("household,milieu\n".encode("utf-16"), "line 1, byte 1"),
        (b"household,\x00milieu\n", "U+0000"),
        (b"household,milieu\rx,1\r", "CR without LF"),
        (b"PAR1\x00", "not a whole Parquet file"),
    ],
)
def test_a_file_and_a_pipe_are_judged_alike(tmp_path, text, words):
    path = tmp_path / "in.csv"
    path.write_bytes(text)
    by_name = run(path)
    assert (by_name.exit_code, words in by_name.stderr, by_name.stdout) == (2, True, ""), by_name.stderr
    by_pipe = piped(path)
    words = "from a pipe" if text.startswith(b"PAR1") else words
    assert (by_pipe.returncode, words in by_pipe.stderr, by_pipe.stdout) == (2, True, ""), by_pipe.stderr


def test_a_pipe_with_a_mark_gives_what_the_file_gives(tmp_path):
    path = write(tmp_path, [U1 | {"household": "u"}], encoding="utf-8-sig")
    assert piped(path).stdout == run(path).stdout != ""


def test_a_bad_byte_is_named_by_its_line(tmp_path):
    path = changed(file_of(tmp_path, 900), lambda lines: lines.__setitem__(800, b"h\xe9" + lines[800]))
    assert "line 801, byte 2" in run(path).stderr


def test_a_line_without_end_is_not_read_to_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 2000)
    path = changed(file_of(tmp_path), lambda lines: lines.append(b"x" * 2001))
    assert "line 3 is longer" in run(path).stderr


def test_only_a_header_is_no_file_of_households(tmp_path):
    done = run(write(tmp_path, []))
    assert (done.exit_code, "no household" in done.stderr) == (2, True)


def test_digits_of_every_script_are_read(tmp_path):
    path = write(tmp_path, [U1 | {"household": "u", "rooms": "٢"}])
    assert read(run(path).stdout)[0]["score"] == "9.4321175"


def test_money_may_name_its_unit_and_is_told_in_dirhams(tmp_path):
    names = [n + "_centimes" if n == "phone_internet_year" else n for n in NAMES]
    row = U1 | {"household": "u", "phone_internet_year_centimes": U1["phone_internet_year"]}
    done = run(write(tmp_path, [row], names=names))
    assert read(done.stdout)[0]["score"] == "9.4321175"
    assert "spends 3,600.00 dirhams a year" in done.stderr
    assert "is there twice" in run(write(tmp_path, [row], names=[*names, "phone_internet_year"])).stderr


# --- Parquet ------------------------------------------------------------------------------------------------


def parquet(folder, rows, name="in.parquet"):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as files

    files.write_table(pyarrow.table({n: [row.get(n) for row in rows] for n in NAMES}), folder / name)
    return folder / name


def test_parquet_is_known_by_its_content_whatever_its_name(tmp_path):
    for name in ("in.PARQUET", "in.data"):
        done = run(parquet(tmp_path, [U1 | {"household": "u"}], name))
        assert read(done.stdout)[0]["score"] == "9.4321175"


def test_a_null_reference_in_parquet_is_refused(tmp_path):
    found = read(run(parquet(tmp_path, [U1 | {"household": "u"}, dict(U1)])).stdout)
    assert [(line["line"], line["refusal"]) for line in found] == [("1", ""), ("2", "file.reference_missing")]


def test_damaged_parquet_is_an_error_of_the_input(tmp_path):
    path = parquet(tmp_path, [U1 | {"household": f"u{k}"} for k in range(500)])
    held = bytearray(path.read_bytes())
    held[4:300] = b"\xff" * 296
    path.write_bytes(held)
    done = run(path)
    assert (done.exit_code, "damaged" in done.stderr or "whole Parquet" in done.stderr) == (2, True)


def test_a_folder_is_no_file(tmp_path):
    for name in ("a.csv", "b.parquet"):
        (tmp_path / name).mkdir()
        assert (run(tmp_path / name).exit_code, "directory" in run(tmp_path / name).stderr) == (2, True)


# --- days ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2020-01-01", "2026-13-01", "tomorrow"])
def test_a_day_without_law_is_wrong_usage(tmp_path, day):
    done = run(file_of(tmp_path), "--on", day)
    assert (done.exit_code, f"--on {day}" in done.stderr, done.stdout) == (2, True, "")


def test_a_day_ahead_is_said_to_be_so(tmp_path):
    done = run(file_of(tmp_path), "--on", "9999-12-31")
    assert (done.exit_code, "is not here yet" in done.stderr) == (0, True)


# --- the output (numbers 7, 11) -----------------------------------------------------------------------------


def test_errors_of_the_output_are_told_as_such(tmp_path):
    path = file_of(tmp_path)
    for output, words in ((tmp_path / "missing/out.csv", "No such file"), (tmp_path, "is not a file")):
        done = run(path, "-o", output)
        assert (done.exit_code, words in done.stderr, "in.csv" in done.stderr) == (4, True, False)


def test_a_full_disk_is_told_and_leaves_the_old_answer(tmp_path, monkeypatch):
    path, out = file_of(tmp_path), tmp_path / "out.csv"
    out.write_text("before")
    monkeypatch.setattr(writing, "_put", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
    done = run(path, "-o", out)
    assert (done.exit_code, "No space left" in done.stderr) == (4, True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.csv", "out.csv"]
    assert out.read_text() == "before"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full device")
def test_a_full_device_is_told(tmp_path):
    done = run(file_of(tmp_path), "-o", "/dev/full")
    assert (done.exit_code, "No space left" in done.stderr) == (4, True)


def test_the_file_that_is_read_is_never_replaced(tmp_path):
    path = file_of(tmp_path)
    before = path.read_bytes()
    (tmp_path / "link.csv").symlink_to(path)
    for output in (path, tmp_path / "link.csv"):
        assert run(path, "-o", output).exit_code == 4
    assert piped(path, "-o", path).returncode == 4
    assert path.read_bytes() == before


def test_a_link_stays_a_link_and_a_mode_stays_a_mode(tmp_path):
    (tmp_path / "real.csv").write_text("before")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "link.csv").symlink_to("real.csv")
    assert run(file_of(tmp_path), "-o", tmp_path / "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert stat.S_IMODE((tmp_path / "real.csv").stat().st_mode) == 0o640
    assert "9.4321175" in (tmp_path / "real.csv").read_text()


def test_a_pipe_with_a_name_is_written_and_stays(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    assert run(file_of(tmp_path), "-o", pipe).exit_code == 0
    reader.join(20)
    assert "9.4321175" in got[0]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_a_device(tmp_path):
    assert run(file_of(tmp_path), "-o", os.devnull).exit_code == 0
    assert stat.S_ISCHR(os.stat(os.devnull).st_mode)


def test_two_runs_to_one_name_each_write_a_file_of_their_own(tmp_path):
    out = tmp_path / "out.csv"
    with writing.answering(out, tmp_path / "a") as one:
        one.write([["one"]])
        with writing.answering(out, tmp_path / "b") as two:
            two.write([["two"]])
        assert out.read_text() == "two\n"
    assert out.read_text() == "one\n"
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]


def test_a_request_to_end_leaves_nothing(tmp_path):
    with pytest.raises(SystemExit) as end, writing.answering(tmp_path / "out.csv", tmp_path / "in"):
        signal.raise_signal(signal.SIGTERM)
    assert end.value.code == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_more_lines_answered_than_came_in_is_no_success(tmp_path, monkeypatch):
    monkeypatch.setattr(reading.Source, "households", 3)
    done = run(file_of(tmp_path, 2))
    assert (done.exit_code, "3 lines came in and 2 were answered" in done.stderr) == (2, True)
