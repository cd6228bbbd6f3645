"""The folder of an installation: made by who starts something, by nobody else, and by this version only."""

import csv
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from sijil import console
from sijil.console import demo
from sijil.domains.scoring.tests.households import FORMULA, U1
from sijil.kernel.sealing import SealBroken
from sijil.processes import home as folder
from sijil.processes.failure import CannotStart
from sijil.processes.installation import Installation

ROOT = Path(__file__).resolve().parents[2]
READING = {
    "help": ["-m", "sijil.console", "--help"],
    "settings": ["-c", "import django; django.setup(); from django.urls import resolve; resolve('/')"],
    "migration check": ["-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"],
    "types": ["-c", "import mypy_django_plugin.main, sijil.config.settings"],
    "pages of docs": ["tools/pages.py", "--check"],
}


def run(home, *words):
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("SIJIL_", "PYTEST", "DJANGO_"))}
    environ |= {"PYTHONPATH": str(ROOT / "src"), "DJANGO_SETTINGS_MODULE": "sijil.config.settings"}
    environ |= {"SIJIL_HOME": str(home)}
    return subprocess.run([sys.executable, *words], cwd=ROOT, env=environ, capture_output=True, text=True)


@pytest.mark.parametrize("words", READING.values(), ids=READING)
def test_what_only_reads_leaves_no_trace(tmp_path, words):
    done = run(tmp_path / "none", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "none").exists()


def test_a_score_leaves_no_trace_and_the_demo_starts_over_afterwards(tmp_path):
    row = U1 | {"household": "u"}
    with (tmp_path / "in.csv").open("w") as file:
        writer = csv.DictWriter(file, ["household", *(i.id for i in FORMULA.inputs)], extrasaction="ignore")
        writer.writeheader()
        writer.writerow(row)
    home = tmp_path / "home"
    done = run(home, "-m", "sijil.console", "score", str(tmp_path / "in.csv"))
    assert (done.returncode, "9.4321175" in done.stdout) == (0, True), done.stderr
    assert not home.exists()
    home.mkdir()
    demo.check_home(home)


def test_nothing_is_sealed_by_being_imported(tmp_path):
    code = "import django; django.setup(); from sijil.kernel.sealing import keyring; keyring()"
    assert run(tmp_path / "none", "-c", code).returncode == 0
    assert (tmp_path / "none" / "keys" / "master.key").exists()


def test_the_first_start_makes_the_keys_for_their_owner_alone(tmp_path):
    folder.furnish(tmp_path / "new")
    keys = tmp_path / "new" / "keys"
    files = {path.relative_to(keys).as_posix() for path in keys.rglob("*") if path.is_file()}
    inbound = {f"inbound/{system}.token" for system in folder.INBOUND}
    assert files == {"master.key", "django.key", "metrics.token", *inbound}
    assert {stat.S_IMODE((keys / name).stat().st_mode) for name in files} == {0o600}
    assert folder.schema_of(tmp_path / "new") == folder.SCHEMA


def test_a_later_start_keeps_the_keys(tmp_path):
    folder.furnish(tmp_path)
    sealed = folder.open_keyring(tmp_path).seal("x", b"plain", aad="a")
    before = (tmp_path / "keys" / "django.key").read_bytes()
    folder.furnish(tmp_path)
    assert (tmp_path / "keys" / "django.key").read_bytes() == before
    assert folder.open_keyring(tmp_path).unseal("x", sealed, aad="a") == b"plain"
    with pytest.raises(SealBroken):
        folder.open_keyring(tmp_path / "other").unseal("x", sealed, aad="a")


def older(home, note=None):
    """Make what an earlier version left in a folder: keys, a demo, no number or another one."""
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "master.key").write_bytes(bytes(32))
    (home / "demo.json").write_text('{"state": "ready"}')
    if note is not None:
        (home / folder.NOTE).write_text(note)
    return {p.relative_to(home): p.read_bytes() for p in home.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    ("note", "age"), [(None, "an older"), ("1\n", "an older"), ("nonsense", "an older"), ("99", "a newer")]
)
def test_the_folder_of_another_version_is_refused_and_left_as_it_is(tmp_path, note, age):
    before = older(tmp_path, note)
    with pytest.raises(CannotStart, match=f"made by {age} version.*./run demo --fresh") as refused:
        folder.furnish(tmp_path)
    assert refused.value.exit_code == 4
    assert {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("command", ["demo", "up", "migrate", "web", "verify", "worker"])
def test_every_command_that_starts_something_asks_first(tmp_path, command, monkeypatch, capsys):
    before = older(tmp_path)
    done = run(tmp_path, "-m", "sijil.console", command)
    assert (done.returncode, "made by an older version" in done.stderr) == (4, True), done.stderr
    after = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    after.pop(Path("lock"), None)
    assert after == before


def test_a_demo_asked_to_start_over_is_of_this_version(tmp_path):
    older(tmp_path)

    class Nothing:
        def remove(self): ...

    here = Installation(None, tmp_path, print, Nothing(), None)
    demo.check_home(tmp_path)
    demo.start_over(here)
    here.furnish()
    assert folder.schema_of(tmp_path) == folder.SCHEMA


def test_migrate_makes_what_it_needs(tmp_path, monkeypatch):
    monkeypatch.setattr("sijil.processes.installation.migrate", lambda say: None)
    monkeypatch.setattr("sijil.processes.environment.environment", lambda: type("E", (), {"home": tmp_path}))
    assert console.run(["migrate"]) == 0
    assert (tmp_path / "keys" / "django.key").exists()
