"""One running installation: the lock on its folder, its database, its processes, its ports.

with Installation.open(say) as here:
    here.furnish()                  # keys and folders
    here.start_database()
    here.prepare()                  # tables
    here.serve(when_ready=...)      # until Ctrl-C
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import http.client
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from sijil.processes import commands, grants
from sijil.processes.beats import Beats
from sijil.processes.environment import Environment, environment
from sijil.processes.failure import CannotStart
from sijil.processes.home import furnish, room_of
from sijil.processes.postgres import Postgres
from sijil.processes.supervisor import Child, Supervisor

Say = Callable[[str], None]


@dataclass
class Installation:
    """The folder ``home``, locked by this process, and the database that serves it."""

    settings: Environment
    home: Path
    say: Say
    database: Postgres | None
    _lock: IO[str] = field(repr=False)

    def __enter__(self) -> Installation:
        return self

    def __exit__(self, *_: object) -> None:
        if self.database:
            self.database.stop()
        self._lock.close()

    def furnish(self) -> None:
        """Make the keys and folders that are missing. Raises: CannotStart if another version made them."""
        furnish(self.home)

    def start_database(self) -> None:
        """Start the private PostgreSQL, unless SIJIL_DATABASE_URL names another one."""
        if self.database is None:
            self.say("Database: the server in SIJIL_DATABASE_URL.")
            return
        known = (self.database.data / "PG_VERSION").exists()
        self.say("Database: starting …" if known else "Database: making a private PostgreSQL …")
        self.database.start()

    def prepare(self) -> None:
        """Bring the tables up to date. Safe to repeat; a private database notes what it has."""
        url = self.database.url if self.database else ""
        if not url or noted_mark(url) != migrations_mark():
            migrate(self.say)
            if url:
                note_mark(url)

    def serve(self, *, when_ready: Callable[[], None], stop_when_ready: bool = False) -> None:
        """Run every process until interrupted. Raises: CannotStart, KeyboardInterrupt."""
        refuse_faults_of_law()  # nothing that is started again and again would heal it
        supervisor = Supervisor(
            self._children(),
            foundation=self.database,
            say=self.say,
            beats=Beats(self.home),
            room=room_of(self.home, self.settings),
        )
        try:
            supervisor.start(later=["worker"])
            self._wait_for_pages(supervisor)
            supervisor.start()
            when_ready()
            if not stop_when_ready:
                supervisor.run()
        finally:
            self.say("Stopping …")
            supervisor.stop()
            self.say("Stopped.")

    def _children(self) -> dict[str, Child]:
        environ = {
            **os.environ,
            "SIJIL_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": commands.SETTINGS,
        }
        lines = {
            "web": commands.web_command(self.settings),
            "verify": commands.console_command("verify"),
            "worker": commands.console_command("worker"),
        }
        logs = self.home / "logs"
        return {name: Child(line, log=logs / f"{name}.log", environ=environ) for name, line in lines.items()}

    def _wait_for_pages(self, supervisor: Supervisor, *, within: float = 90) -> None:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            supervisor.watch()
            if all(answers(self.settings.host, port, path) for port, path in self.doors):
                return
            time.sleep(0.1)
        raise CannotStart(
            f"The pages did not answer within {within:.0f} s; see the logs in {self.home / 'logs'}."
        )

    @property
    def doors(self) -> tuple[tuple[int, str], ...]:
        """Return each port, and what is asked there to see whether it is open."""
        return (self.settings.port, "/livez"), (self.settings.verify_port, "/healthz")

    def start_over(self) -> None:
        """Delete everything in the folder but the lock: the database, the keys, the sealed files."""
        if self.database:
            self.database.remove()
        for path in self.home.iterdir():
            if path.name == "lock":
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()


@contextlib.contextmanager
def open_installation(say: Say) -> Iterator[Installation]:
    """Lock the folder and check the ports; stop the database when the block ends.

    Raises: CannotStart when the folder is in use or cannot be written, or a port is taken.
    """
    settings = environment()
    home = settings.home.absolute()
    signal.signal(signal.SIGINT, _interrupt)  # a shell may have left it ignored
    signal.signal(signal.SIGTERM, _interrupt)
    signal.signal(signal.SIGHUP, _interrupt)
    lock = _locked(home)
    try:
        for port, option in ((settings.port, "--port"), (settings.verify_port, "--verify-port")):
            require_free(settings.host, port, option)
        database = None if settings.database_url else Postgres(home)
        with Installation(settings, home, say, database, lock) as here:
            yield here
    finally:
        lock.close()


def migrate(say: Say) -> None:
    """Apply what is missing of the migrations, and give each role what it may. Raises: CannotStart."""
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    django.setup()
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        say(f"Tables: {len(plan)} migrations …")
        call_command("migrate", verbosity=0, interactive=False)
    grants.give()


def refuse_faults_of_law() -> None:
    """Say at once, in this process, what would keep web and worker from starting. Raises: CannotStart."""
    import django

    django.setup()
    from django.db import connection

    from sijil.processes.adapters import refuse_unfit
    from sijil.processes.law import refuse_faults

    try:
        refuse_faults()
        refuse_unfit()
    finally:
        connection.close()


def migrations_mark() -> str:
    """Return what the migrations of this tree, and of the libraries that bring some, amount to."""
    digest = hashlib.sha256()
    source = Path(__file__).parents[1]
    for path in [*sorted(source.rglob("migrations/*.py")), *(source / name for name in grants.WRITTEN_IN)]:
        digest.update(path.name.encode() + path.read_bytes())
    for library in ("django", "procrastinate"):
        digest.update(version(library).encode())
    return digest.hexdigest()


def noted_mark(url: str) -> str:
    """Return the mark that a database was last brought up to ("" if none)."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        ).fetchone()
    return str(found[0] or "") if found else ""


def note_mark(url: str) -> None:
    """Note that every migration of this tree is applied."""
    with psycopg.connect(url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(
            sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(migrations_mark()))
        )


def require_free(host: str, port: int, option: str) -> None:
    """Raises: CannotStart with the port and the option that changes it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStart(_port_sentence(error, host, port, option), exit_code=5) from None


def _port_sentence(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use by another program. Choose another one: {option} {port + 10}"
    return (
        f"Cannot listen on {host} port {port} ({error.strerror}). Choose another one: {option} {port + 8000}"
    )


def answers(host: str, port: int, path: str) -> bool:
    """Tell whether something speaks HTTP there."""
    asked = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    connection = http.client.HTTPConnection(asked, port, timeout=5)
    try:
        connection.request("GET", path)
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return True
    finally:
        connection.close()


def _locked(home: Path) -> IO[str]:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700 if os.geteuid() else 0o711)
        lock = (home / "lock").open("a+")
    except OSError as error:
        raise CannotStart(
            f"{home} cannot be written ({error.strerror}). Name a folder of your own: "
            "SIJIL_HOME=~/sijil ./run demo",
            exit_code=4,
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        process = lock.read().strip()
        lock.close()
        raise CannotStart(
            f"Sijil already runs on {home} (process {process}); stop it first.", exit_code=6
        ) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
