"""The lock, the ports and the folder of an installation; each obstacle is one sentence."""

import json
import socket

import pytest

from sijil import console
from sijil.console import demo, manage
from sijil.processes import installation
from sijil.processes.failure import CannotStart


def test_a_busy_port_is_named_with_the_option_that_changes_it():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart) as refused:
            installation.require_free("127.0.0.1", port, "--port")
    assert f"Port {port} is in use" in str(refused.value)
    assert f"--port {port + 10}" in str(refused.value)
    assert refused.value.exit_code == 5


def test_a_port_that_may_not_be_used_is_named():
    with pytest.raises(CannotStart, match=r"Cannot listen on 192\.0\.2\.1 port 80"):
        installation.require_free("192.0.2.1", 80, "--port")


def test_two_starts_on_one_folder_are_refused_with_the_process_number(tmp_path):
    import os

    with (
        installation._locked(tmp_path),
        pytest.raises(CannotStart, match=f"already runs.*process {os.getpid()}"),
    ):
        installation._locked(tmp_path)


def test_the_lock_is_free_after_the_first_one_ends(tmp_path):
    installation._locked(tmp_path).close()
    installation._locked(tmp_path).close()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="cannot be written") as refused:
        installation._locked(tmp_path / "file" / "home")
    assert refused.value.exit_code == 4


def test_a_folder_of_a_real_installation_is_never_taken_for_a_demo(tmp_path):
    (tmp_path / "keys").mkdir()
    with pytest.raises(CannotStart, match="not a demo"):
        demo.check_home(tmp_path)


@pytest.mark.parametrize("names", [[], ["lock", "logs"], ["keys", "demo.json"]])
def test_an_empty_folder_and_a_demo_are_welcome(tmp_path, names):
    for name in names:
        (tmp_path / name).touch()
    demo.check_home(tmp_path)


@pytest.mark.parametrize(
    ("content", "state"), [(None, ""), ("{half", ""), (json.dumps({"state": "loading"}), "loading")]
)
def test_the_state_of_a_demo_survives_a_broken_note(tmp_path, content, state):
    if content is not None:
        (tmp_path / "demo.json").write_text(content)
    assert demo.state_of(tmp_path) == state


def test_starting_over_deletes_all_but_the_lock(tmp_path):
    for name in ("lock", "keys", "demo.json"):
        (tmp_path / name).touch()
    (tmp_path / "files").mkdir()
    installation.Installation(None, tmp_path, print, None, None).start_over()
    assert [p.name for p in tmp_path.iterdir()] == ["lock"]


def test_starting_over_never_touches_a_database_that_is_not_the_demos(tmp_path):
    here = installation.Installation(None, tmp_path, print, None, None)
    with pytest.raises(CannotStart, match="SIJIL_DATABASE_URL"):
        demo.start_over(here)


@pytest.mark.parametrize("name", [*console.COMMANDS])
def test_every_command_has_a_manual(name, capsys):
    assert console.run([name, "--help"]) == 0
    assert capsys.readouterr().out


def test_the_help_lists_every_command(capsys):
    console.run(["--help"])
    out = capsys.readouterr().out
    assert all(name in out for name in console.COMMANDS)


def test_an_unknown_command_is_wrong_usage(capsys):
    assert console.run(["nonsense"]) == 2
    assert "nonsense" in capsys.readouterr().err


def test_an_obstacle_is_a_sentence_and_an_exit_code(monkeypatch, capsys):
    def refuse(*_):
        raise CannotStart("The moon is full.", exit_code=6)

    monkeypatch.setattr("sijil.processes.installation.migrate", refuse)
    assert console.run(["migrate"]) == 6
    assert capsys.readouterr().err == "sijil: The moon is full.\n"


def test_a_fault_of_the_product_is_not_hidden(monkeypatch):
    monkeypatch.setattr("sijil.processes.installation.migrate", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        console.run(["migrate"])


@pytest.mark.parametrize(
    "name", [*manage.INSTEAD, "makemigrations", "diffsettings", "remove_stale_contenttypes"]
)
def test_the_back_doors_of_the_framework_are_shut(name, capsys):
    assert console.run(["manage", name, "--noinput"]) == 2
    said = capsys.readouterr().err
    assert f"manage does not run {name}" in said
    assert manage.INSTEAD.get(name, "./run") in said


@pytest.mark.parametrize("name", [*manage.OFFERED])
def test_what_manage_offers_is_a_command_and_listed(name, capsys):
    from django.core.management import get_commands

    assert name in get_commands()
    assert console.run(["manage"]) == 0
    assert f"sijil manage {name}" in capsys.readouterr().out


def test_manage_checks_the_settings(capsys):
    assert console.run(["manage", "check"]) == 0
