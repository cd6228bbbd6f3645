"""The checks find what they look for, and nothing else."""

import json
from pathlib import Path

import bench.__main__ as runner
import new_domain
import pytest
import secrets_check
import shape
import sheets

FOUND = [
    ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
    ("key = 'AKIA" + "ABCDEFGHIJKLMNOP'", "a cloud key"),
    ("token: ghp_" + "a" * 36, "an access token"),
    ("eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 20, "a signed token"),
    ("postgresql://sijil:" + "hunter22@db/sijil", "a password in an address"),
    ("open('/home/" + "someone/data.csv')", "a path of one machine"),
    ("see /ro" + "ot/notes", "a path of one machine"),
    ("https://mirror.example/py" + "pi/simple", "a package registry's address"),
    ("--extra-index" + "-url x", "a package index option"),
]


@pytest.mark.parametrize(("line", "what"), FOUND, ids=[what for _, what in FOUND])
def test_a_secret_is_found_and_named(line, what):
    assert what in list(secrets_check.in_line(line))


@pytest.mark.parametrize(
    "line",
    ["/var/lib/sijil", "postgresql://sijil@/sijil?host=/tmp", "href='/home/'", "Path('/usr/lib/postgresql')"],
)
def test_a_harmless_line_is_not_found(line):
    assert list(secrets_check.in_line(line)) == []


def test_a_reason_allows_a_line(tmp_path):
    (tmp_path / "a.txt").write_text("AKIA" + "ABCDEFGHIJKLMNOP secrets-check: allowed, an example\n")
    assert list(secrets_check.look(tmp_path / "a.txt")) == []


@pytest.mark.parametrize("name", [".env", "server.pem", "id_ed25519", ".env.local"])
def test_a_file_with_the_name_of_a_secret_is_found(tmp_path, name):
    (tmp_path / name).touch()
    assert any("secret by custom" in finding for finding in secrets_check.look(tmp_path / name))


def test_the_tree_holds_no_secret():
    assert [finding for path in secrets_check.files() for finding in secrets_check.look(path)] == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "/* A. */\na {\n  /* why; */\n  color: red;\n}\n@media print {\n  a {\n    margin: 0;\n  }\n}\n",
            0,
        ),
        ("/* A. */\na {\n  color: red; margin: 0;\n}\n", 1),
        ("/* A. */\na { color: red; }\n", 1),
        ("/* A. */\na {\n  background: url(" + "a" * 120 + ");\n}\n", 1),
        ("a {\n}\n" * 201, 2),
    ],
)
def test_a_sheet_has_a_declaration_a_line(tmp_path, text, wrong):
    (tmp_path / "a.css").write_text(text)
    assert len(list(sheets.problems(tmp_path / "a.css"))) == wrong


def test_a_function_is_measured_without_its_docstring(tmp_path):
    (tmp_path / "a.py").write_text(
        'def f():\n    """Doc\n\n    more."""\n    # why\n    x = 1\n\n    return x\n'
    )
    assert [f.lines for f in shape.functions(tmp_path / "a.py")] == [2]


def test_a_cycle_between_packages_is_seen():
    assert shape.in_cycle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == ["b", "c"]


def test_the_house_has_no_cycle():
    code, _ = shape.python_files()
    assert shape.in_cycle(shape.graph(code)) == []


@pytest.mark.parametrize(
    ("values", "share", "expected"), [([1, 2, 3, 4], 0.5, 3), ([], 0.95, 0), (list(range(100)), 0.95, 95)]
)
def test_percentiles(values, share, expected):
    assert shape.percentile(values, share) == expected


@pytest.mark.parametrize("name", ["Utils", "utils", "audit", "class", "two words", "9lives", ""])
def test_a_name_that_says_nothing_or_is_taken_makes_no_domain(name):
    with pytest.raises(new_domain.Refusal):
        new_domain.check_name(name, new_domain.ROOT / "src/sijil/domains" / (name or "none"))


@pytest.mark.parametrize(
    ("plural", "singular"), [("grievances", "grievance"), ("subsidies", "subsidy"), ("access", "access")]
)
def test_the_words_of_a_domain_come_from_its_name(plural, singular):
    assert new_domain.placeholders(plural)["singular"] == singular


def test_only_figures_are_read_from_the_talk_of_a_measurement():
    talk = 'warming up\n{"name": "x", "unit": "s", "ours": 2, "floor": 1, "ratio": 2}\n{"other": 1}\n42\n'
    assert [figure["name"] for figure in runner.read_figures(talk)] == ["x"]


def test_the_page_of_benchmarks_shows_each_figure_beside_its_floor():
    figure = {
        "name": "idcs",
        "unit": "per s",
        "ours": 1234.5,
        "floor": 2000,
        "ratio": 0.617,
        "detail": {"clients": 8},
    }
    measured = {"on": "2026-01-05", "cores": "2", "processor": "any", "python": "3.11"}
    assert "| idcs | per s | 1,234 | 2,000 | 0.62 | clients: 8 |" in runner.page(
        {"idcs": {"measured": measured, "figures": [figure]}}
    )


def test_a_room_says_its_tests_and_its_branches(tmp_path: Path) -> None:
    measured = tmp_path / "coverage.json"
    one = {"summary": {"covered_branches": 3, "num_branches": 4}}
    none = {"summary": {"covered_branches": 0, "num_branches": 0}}
    files = {
        "src/sijil/kernel/ids.py": one,
        "src/sijil/api/main.py": none,
        "src/sijil/kernel/tests/a.py": one,
    }
    measured.write_text(json.dumps({"files": files}))
    assert shape.branches(measured) == {"kernel": 0.75}
    assert shape.branches(tmp_path / "nothing.json") == {}
    kernel = next(room for room in shape.rooms() if room.name == "kernel")
    assert kernel.code > 1000
    assert kernel.ratio == kernel.tests / kernel.code
