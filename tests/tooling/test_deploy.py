"""What an administrator copies: parsed, checked where the tools are there, the backup taken and restored."""

import configparser
import os
import re
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
import yaml

from sijil.processes.binaries import find_binaries
from sijil.processes.home import SCHEMA, check_schema
from sijil.processes.postgres import Postgres
from sijil.verify import pages as verification

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())


def unit(path):
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    parser.optionxform = str
    parser.read(path)
    return parser


@pytest.mark.parametrize("path", [u for u in UNITS if u.suffix == ".service"], ids=lambda path: path.name)
def test_a_unit_runs_without_rights_and_writes_to_its_own_folders(path):
    service = unit(path)["Service"]
    assert (service["User"], service["NoNewPrivileges"], service["ProtectSystem"]) == (
        "sijil",
        "yes",
        "strict",
    )
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_finds_nothing_to_say(tmp_path):
    for path in UNITS:
        text = re.sub(r"(?m)^ExecStart=.*", "ExecStart=/bin/true", path.read_text())
        (tmp_path / path.name).write_text(re.sub(r"(?m)^(User|Group|Documentation)=.*\n", "", text))
    done = subprocess.run(
        ["systemd-analyze", "verify", *sorted(str(p) for p in tmp_path.iterdir())],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "sijil" in line]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_the_image_runs_as_nobody_special_and_copies_what_is_there():
    lines = (DEPLOY / "container/Containerfile").read_text().replace("\\\n", " ").splitlines()
    told = [line.split(None, 1) for line in lines if line and not line.startswith("#")]
    order = [word for word, _ in told]
    assert [rest for word, rest in told if word == "USER"] == ["10001"]
    assert order.index("USER") < order.index("ENTRYPOINT")
    for word, rest in told:
        if word == "COPY":
            assert all((DEPLOY.parent / name).exists() for name in rest.split()[:-1]), rest
    assert "ADD" not in order


def test_the_compose_file_gives_no_rights_and_listens_on_this_machine_alone():
    service = yaml.safe_load((DEPLOY / "container/compose.yaml").read_text())["services"]["sijil"]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    build = service["build"]
    context = (DEPLOY / "container" / build["context"]).resolve()
    assert (context / build["dockerfile"]).is_file()


def test_the_proxy_passes_every_call_of_verification_on_and_keeps_the_figures():
    text = (DEPLOY / "nginx/sijil.conf").read_text()
    passed = set(re.findall(r"location = (\S+) \{ proxy_pass http://sijil_verify; \}", text))
    assert passed == {*verification.openapi()["paths"], "/docs", "/openapi.json"} - {"/healthz"}
    assert set(re.findall(r"location = (\S+) \{ return 404; \}", text)) == {"/metrics", "/readyz"}


@pytest.mark.parametrize(
    ("who", "password", "passed_on"),
    [("sijil:p%40ss%2fw%C3%A9%25@", "p@ss/wé%", "sijil@"), ("sijil@", "", "sijil@"), ("", "", "")],
)
def test_the_password_is_no_argument_of_the_backup(tmp_path, who, password, passed_on):
    for name in ("tools", "home/keys", "dumps", "keys"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "home/schema").touch()
    dump = tmp_path / "tools/pg_dump"
    dump.write_text(
        '#!/bin/sh\nprintf "%s\\n" "${PGPASSWORD-}" "$@" >"$SIJIL_HOME/seen"\n'
        'for one; do :; done\n: >"${one#--file=}"\n'
    )
    dump.chmod(0o755)
    environ = {
        "PATH": f"{tmp_path}/tools:{os.environ['PATH']}",
        "SIJIL_HOME": f"{tmp_path}/home",
        "SIJIL_DATABASE_URL": f"postgresql://{who}db.example:5433/sijil?sslmode=require",
    }
    command = [DEPLOY / "backup/sijil-backup", tmp_path / "dumps", tmp_path / "keys"]
    subprocess.run(command, env=environ, check=True)
    seen = (tmp_path / "home/seen").read_text().splitlines()
    assert seen[0] == password
    assert f"--dbname=postgresql://{passed_on}db.example:5433/sijil?sslmode=require" in seen[1:]


def test_what_is_backed_up_can_be_restored(open_place):
    tools = find_binaries(os.environ).folder
    if not (tools / "pg_dump").exists():
        pytest.skip("this PostgreSQL brings no pg_dump")
    server = Postgres(open_place / "home", durable=False)
    url = server.start()
    try:
        (server.home / "keys").mkdir()
        (server.home / "keys/master.key").write_text("a key")
        (server.home / "schema").write_text(f"{SCHEMA}\n")
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        folders = [open_place / "dumps", open_place / "keys"]
        for folder in folders:
            folder.mkdir()
        environ = {"PATH": f"{tools}:{os.environ['PATH']}", "SIJIL_HOME": str(server.home)}
        command = [DEPLOY / "backup/sijil-backup", *folders]
        said = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.split()
        with psycopg.connect(url) as connection:
            connection.execute("DROP TABLE kept")
        subprocess.run(
            [tools / "pg_restore", "--no-owner", "--no-privileges", f"--dbname={url}", said[0]], check=True
        )
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
        restored = open_place / "restored"
        restored.mkdir()
        subprocess.run(["tar", "-C", restored, "-xzf", said[1]], check=True)
        assert (restored / "keys/master.key").read_text() == "a key"
        check_schema(restored)
        assert Path(said[1]).stat().st_mode & 0o077 == 0
    finally:
        server.stop()
