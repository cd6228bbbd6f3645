"""``./run`` over a machine of make-believe: which sentence, which exit code, what is left behind."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "awk", "df", "rm", "mkdir", "tail", "chmod", "id", "env")

# A Python that makes environments out of itself and notes what it was asked to do.
FAKE = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$*" in
--version) echo "Python $VERSION" ;;
*version_info*) [ "$VERSION" != "3.9.2" ] ;;
*sysconfig*) mkdir -p "$SITE" && echo "$SITE" ;;
"-m venv "*) mkdir -p "$3/bin" && for name in python uv; do
    cat "$0" >"$3/bin/$name" && chmod +x "$3/bin/$name"; done ;;
*"pip install"*) [ -z "${OFFLINE:-}" ] || { echo "Temporary failure in name resolution" >&2; exit 1; } ;;
*) echo "ran: $*" ;;
esac
"""


@pytest.fixture
def machine(tmp_path):
    """Return a function that runs ./run of a small clone with only the fake Python on the path."""
    clone, programs = tmp_path / "clone", tmp_path / "bin"
    programs.mkdir()
    shutil.copytree(ROOT / "requirements", clone / "requirements")
    shutil.copy2(ROOT / "run", clone / "run")
    for name in TOOLS:
        (programs / name).symlink_to(shutil.which(name))
    (programs / "python3").write_text(FAKE)
    (programs / "python3").chmod(0o755)

    def run(*arguments, **environ):
        environ = {"PATH": str(programs), "VERSION": "3.11.2", "SITE": str(tmp_path / "site"), **environ}
        environ |= {"CALLS": str(tmp_path / "calls"), "HOME": str(tmp_path)}
        return subprocess.run(
            ["./run", *arguments], cwd=clone, env=environ, capture_output=True, text=True, check=False
        )

    run.clone, run.programs, run.calls = clone, programs, tmp_path / "calls"
    return run


def test_help_names_every_command(machine):
    said = machine("help").stdout
    text = (ROOT / "run").read_text()
    commands = [
        line.strip(" )\n") for line in text.split("case $command in")[1].splitlines() if line.endswith(")")
    ]
    names = [name for group in commands for name in group.split(" | ") if name.isidentifier() or "-" in name]
    assert {n for n in names if not n.startswith("-") and n not in {"setup", "help"}} <= set(said.split())


def test_an_unknown_command_is_wrong_usage(machine):
    ended = machine("dance")
    assert ended.returncode == 2
    assert "there is no command 'dance'" in ended.stderr


def test_the_first_start_makes_the_environment_and_then_runs(machine):
    ended = machine("demo", "--fresh")
    assert ended.returncode == 0, ended.stderr
    assert "Set-up 3/3" in ended.stdout
    assert "ran: -m sijil.console demo --fresh" in ended.stdout
    assert not (machine.clone / ".venv/unfinished").exists()


def test_a_second_start_sets_nothing_up(machine):
    machine("demo")
    machine.calls.write_text("")
    ended = machine("demo")
    assert "Set-up" not in ended.stdout
    assert "pip" not in machine.calls.read_text()


def test_what_the_tests_need_also_serves_the_demo(machine):
    machine("setup", "dev")
    assert "Set-up" not in machine("demo").stdout


def test_changed_requirements_are_installed(machine):
    machine("demo")
    (machine.clone / "requirements/base.txt").write_text("changed")
    assert "Set-up 3/3" in machine("demo").stdout


def test_a_moved_clone_makes_its_environment_anew(machine):
    machine("demo")
    (machine.clone / ".venv/root").write_text("/elsewhere\n")
    (machine.clone / ".venv/made-for-base").write_text("stale")
    assert "Set-up 1/3" in machine("demo").stdout


def test_an_interrupted_set_up_is_made_anew(machine):
    (machine.clone / ".venv").mkdir()
    (machine.clone / ".venv/unfinished").touch()
    (machine.clone / ".venv/half").touch()
    assert "Set-up 1/3" in machine("demo").stdout
    assert not (machine.clone / ".venv/half").exists()


def test_without_network_a_sentence_and_the_reason(machine):
    ended = machine("demo", OFFLINE="1")
    assert ended.returncode == 3
    assert "is the network there?" in ended.stderr
    assert "Temporary failure in name resolution" in ended.stderr
    assert machine("demo").returncode == 0


@pytest.mark.parametrize("version", ["3.9.2", None])
def test_an_old_or_missing_python_is_named(machine, version):
    if version is None:
        (machine.programs / "python3").unlink()
    ended = machine("demo", VERSION=version or "")
    assert ended.returncode == 7
    assert "Python 3.11 or newer is needed" in ended.stderr
    assert not (machine.clone / ".venv").exists()


def test_a_python_can_be_named(machine, tmp_path):
    shutil.move(machine.programs / "python3", tmp_path / "mine")
    assert machine("setup", SIJIL_PYTHON=str(tmp_path / "mine")).returncode == 0


def test_a_folder_that_cannot_be_written_is_a_sentence(machine):
    (machine.clone / ".venv-setup.log").mkdir()  # like a read-only folder, for root too
    ended = machine("demo")
    assert ended.returncode == 4
    assert "cannot be written" in ended.stderr
    assert not (machine.clone / ".venv").exists()


def test_a_full_disk_is_a_sentence(machine):
    (machine.programs / "df").unlink()
    (machine.programs / "df").write_text("#!/bin/sh\necho head\necho x x x 200000\n")
    (machine.programs / "df").chmod(0o755)
    ended = machine("demo")
    assert ended.returncode == 4
    assert "only 195 MB free" in ended.stderr


def test_in_ci_a_missing_browser_fails_instead_of_skipping(machine):
    if os.geteuid() == 0:
        (machine.programs / "id").unlink()
        (machine.programs / "id").write_text("#!/bin/sh\necho 1000\n")
        (machine.programs / "id").chmod(0o755)
    assert "skipped" in machine("test").stdout
    ended = machine("test", CI="true")
    assert ended.returncode == 1
    assert "may not be skipped" in ended.stderr


def test_tests_come_after_the_checks_and_last(machine):
    (machine.programs / "chromium").symlink_to("/bin/true")
    lines = [line for line in machine("test").stdout.splitlines() if line.startswith("ran:")]
    assert lines[-2:] == ["ran: tools/check.py", "ran: -m pytest -n 2"]


def test_arguments_of_test_go_to_pytest(machine):
    (machine.programs / "chromium").symlink_to("/bin/true")
    assert machine("test", "-k", "idcs").stdout.splitlines()[-1] == "ran: -m pytest -k idcs"


def test_continuous_integration_runs_the_command_of_the_readme():
    assert "CI=true exec ./run test" in (ROOT / ".ci/run").read_text()
    assert "./run test" in (ROOT / "README.md").read_text()


def test_the_script_is_plain_posix():
    assert subprocess.run(["sh", "-n", str(ROOT / "run")], check=False).returncode == 0
    assert "[[" not in (ROOT / "run").read_text()
