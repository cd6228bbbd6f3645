"""The private PostgreSQL: made, started, stopped, killed, moved, refused."""

import os
import signal
import stat
import tempfile
from pathlib import Path

import psycopg
import pytest

from sijil.processes import roles
from sijil.processes.binaries import find_binaries
from sijil.processes.failure import CannotStart
from sijil.processes.owner import server_user
from sijil.processes.postgres import Postgres, _copied


@pytest.fixture
def home(open_place):
    folder = Path(tempfile.mkdtemp(dir=open_place))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def server(home):
    server = Postgres(home, durable=False, environ={}, state=home / "state")
    yield server
    server.stop()


def ask(url, statement):
    with psycopg.connect(url, autocommit=True) as connection:
        return (
            connection.execute(statement).fetchone()
            if "SELECT" in statement
            else connection.execute(statement)
        )


def test_start_makes_a_database_and_a_second_start_keeps_it(server):
    ask(server.start(), "CREATE TABLE kept AS VALUES (42)")
    server.stop()
    assert ask(server.start(), "SELECT column1 FROM kept") == (42,)


def test_the_address_is_written_for_the_settings_and_forgotten_at_the_stop(server):
    url = server.start()
    note = server.home / "postgres.url"
    assert note.read_text().strip() == url
    server.stop()
    assert not note.exists()


def test_it_listens_on_a_socket_only_its_owner_enters(server):
    url = server.start()
    folder = Path(url.split("host=")[1].replace("%2F", "/"))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert ask(url, "SELECT current_setting('listen_addresses')") == ("",)


def test_data_is_as_of_the_last_commit_after_a_kill(server):
    server.durable = True
    ask(server.start(), "CREATE TABLE kept AS VALUES (7)")
    os.kill(server.pid, signal.SIGKILL)
    server._process.wait(10)
    assert server.exit_status() == -signal.SIGKILL
    assert ask(server.start(), "SELECT column1 FROM kept") == (7,)


def test_a_server_left_by_a_killed_supervisor_is_stopped_first(server):
    first = server.start() and server.pid
    again = Postgres(server.home, durable=False, environ={}, state=server.home / "state")
    try:
        assert ask(again.start(), "SELECT 1") == (1,)
        assert server._process.wait(10) is not None
        assert again.pid != first
    finally:
        again.stop()


@pytest.mark.parametrize("pid", [os.getpid(), 4_000_000], ids=["alive", "gone"])
def test_a_stale_pid_file_is_no_obstacle_even_when_the_number_lives(server, pid):
    server.start()
    server.stop()
    note = server.data / "postmaster.pid"
    note.write_text(f"{pid}\n{server.data}\n0\n5432\n/nowhere\n\n  1 1\nready   \n")
    note.chmod(0o644)
    assert ask(server.start(), "SELECT 1") == (1,)


def test_an_interrupted_making_of_the_cluster_is_made_anew(server):
    server.place.mkdir(parents=True)
    (server.place / "data.new").mkdir()
    (server.place / "data.new" / "half").touch()
    assert ask(server.start(), "SELECT 1") == (1,)
    assert not (server.place / "data.new").exists()


def roles_of(server):
    return set(
        ask(
            server.url,
            "SELECT array_agg(rolname::text) FROM pg_roles WHERE rolname LIKE 'sijil%' AND NOT rolsuper",
        )[0]
    )


def test_a_first_start_ended_amid_the_roles_is_finished_by_the_second(server, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(roles, "MAKE", (*roles.MAKE[:2], "SELECT 1 / 0", *roles.MAKE[2:]))
        with pytest.raises(psycopg.errors.DivisionByZero):
            server.start()
    server.stop()
    server.start()
    assert roles_of(server) == set(roles.PRIVATE.values())


def test_a_first_start_ended_between_roles_and_database_is_finished_by_the_second(server):
    server.start()
    ask(server.superuser_url.replace("/sijil?", "/postgres?"), "DROP DATABASE sijil")
    server.stop()
    server.start()
    assert roles_of(server) == set(roles.PRIVATE.values())
    owner = "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'sijil'"
    assert ask(server.url, owner) == ("sijil",)


def test_a_long_path_gets_a_short_socket_folder(home):
    deep = home / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    server = Postgres(deep, durable=False, environ={}, state=home / "state")
    try:
        url = server.start()
        folder = server._socket
        assert len(str(folder)) < 60
        assert ask(url, "SELECT 1") == (1,)
    finally:
        server.stop()
    assert not folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root steps down to another user")
def test_below_a_closed_home_the_data_goes_to_the_state_folder_and_no_mode_changes(home):
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(closed / "sijil", durable=False, environ={}, state=home / "state")
    try:
        assert ask(server.start(), "SELECT 1") == (1,)
        assert server.data.is_relative_to(home / "state")
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    finally:
        server.stop()
    assert Postgres(closed / "sijil", state=home / "state").data == server.data


def test_binaries_out_of_reach_are_copied_once(home):
    (home / "inst" / "bin").mkdir(parents=True)
    (home / "inst" / "bin" / "postgres").write_text("x")
    first = _copied(home / "inst", home / "state")
    assert (first / "bin" / "postgres").read_text() == "x"
    assert _copied(home / "inst", home / "state") == first


def fake_binaries(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("initdb", "postgres"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


def test_an_explicit_folder_comes_first(tmp_path):
    found = find_binaries({"SIJIL_PG_BIN": str(fake_binaries(tmp_path / "bin", "16.3 (Debian 16.3-1)"))})
    assert (found.major, found.origin) == (16, "SIJIL_PG_BIN")


def test_an_old_version_is_refused_by_its_number(tmp_path):
    with pytest.raises(CannotStart, match="15 or newer is needed; found 14"):
        find_binaries({"SIJIL_PG_BIN": str(fake_binaries(tmp_path / "bin", "14.9"))})


def test_an_explicit_folder_without_programs_is_named(tmp_path):
    with pytest.raises(CannotStart, match="SIJIL_PG_BIN names"):
        find_binaries({"SIJIL_PG_BIN": str(tmp_path)})


def test_data_of_another_major_version_names_both(server, tmp_path):
    server.start()
    server.stop()
    server._environ = {"SIJIL_PG_BIN": str(fake_binaries(tmp_path / "bin", "15.1"))}
    with pytest.raises(CannotStart, match=r"made by PostgreSQL \d+.*found 15"):
        server.start()


def test_a_server_that_cannot_start_shows_the_end_of_its_log(server):
    server.start()
    server.stop()
    (server.data / "postgresql.conf").write_text("nonsense_setting = 1\n")
    with pytest.raises(CannotStart, match="nonsense_setting"):
        server.start()


def test_a_home_that_is_a_file_is_refused_with_a_sentence(home):
    (home / "file").touch()
    with pytest.raises(CannotStart, match="SIJIL_HOME"):
        Postgres(home / "file" / "sijil", state=home / "state").start()


def test_the_server_never_runs_as_root(home):
    assert server_user(home / "data").uid != 0
