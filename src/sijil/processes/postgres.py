"""The private PostgreSQL of one installation: made once, started and stopped with it, never on the network.

    server = Postgres(home)
    url = server.start()        # makes the cluster the first time; clears what a killed start left behind
    server.stop()               # fast shutdown

It listens on a UNIX socket in a folder that only its owner enters, so no password is needed. Its superuser
makes the roles (``roles.py``) and the database; no process of ours connects as it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sijil.processes import roles
from sijil.processes.binaries import Binaries, find_binaries
from sijil.processes.children import end_with_parent, log_tail
from sijil.processes.failure import CannotStart
from sijil.processes.owner import ServerUser, server_user

STATE = Path("/var/lib/sijil")
SOCKET_PATH_LIMIT = 100  # the kernel allows 107 bytes
DATABASE = "sijil"
SUPERUSER = "sijil_cluster"
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "jit": "off",
    "log_min_error_statement": "panic",  # statements may carry values: they stay out of the log
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """One cluster below ``home``. ``durable=False``: for tests, nothing survives a power cut."""

    def __init__(
        self,
        home: Path,
        *,
        durable: bool = True,
        environ: Mapping[str, str] = os.environ,
        state: Path = STATE,
    ) -> None:
        self.home = home.absolute()
        self.durable = durable
        self.place = _place(self.home, state)
        self.data = self.place / "data"
        self.log = self.home / "logs" / "postgres.log"
        self._environ = environ
        self._state = state
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: Path | None = None

    def start(self) -> str:
        """Start the server, making the cluster and the database if needed; return its address.

        Raises: CannotStart with the reason (binaries, rights, disk, the log's last lines).
        """
        user = self._prepare_home()
        binaries = self._binaries(user)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(binaries, user)
        self._clear_leftovers()
        self._socket = user.own(self._socket) if self._socket else self._socket_folder(user)
        self._launch(binaries, user)
        self._wait_until_ready()
        self._make_database()
        (self.home / "postgres.url").write_text(self.url + "\n")
        return self.url

    @property
    def url(self) -> str:
        """The database, as the owner of its tables."""
        return self._address(roles.PRIVATE[roles.OWNER])

    @property
    def superuser_url(self) -> str:
        """The database as the superuser of the cluster: for tests and benches."""
        return self._address(SUPERUSER)

    def _address(self, user: str) -> str:
        return f"postgresql://{user}@/{DATABASE}?host={quote(str(self._socket))}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def exit_status(self) -> int | None:
        """Return None while the server runs, else how it ended (negative: the signal that killed it)."""
        return self._process.poll() if self._process else 0

    def stop(self, *, within: float = 30) -> None:
        """Stop the server: fast shutdown, then immediate, then by force. Safe to call twice."""
        self._halt(within)
        self._forget_address()

    def _halt(self, within: float) -> None:
        """End the process; its address stays, for a start that is tried again."""
        if self._process is None:
            return
        for order in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(order)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(within)
                break
        self._process = None

    def remove(self) -> None:
        """Delete the cluster (the server must be stopped)."""
        shutil.rmtree(self.place, ignore_errors=True)
        (self.home / "postgres.url").unlink(missing_ok=True)

    # --- making ------------------------------------------------------------------------------------------

    def _prepare_home(self) -> ServerUser:
        user = server_user(self.data)
        try:
            if not self.home.exists():
                self.home.mkdir(parents=True, mode=0o711 if user.dropped else 0o700)
            self.log.parent.mkdir(exist_ok=True, mode=0o700)
            if not user.reaches(self.home) and self.place.parent == self.home:
                self._move_away(user)
            self.place.parent.mkdir(parents=True, exist_ok=True, mode=0o711)
            user.own(self.place)
        except OSError as error:
            raise CannotStart(
                f"{self.home} cannot be written ({error.strerror}): name another folder in SIJIL_HOME."
            ) from None
        return user

    def _move_away(self, user: ServerUser) -> None:
        if self.data.exists():
            raise CannotStart(f"The user '{user.name}', who runs PostgreSQL, no longer reaches {self.data}.")
        self.place = _outside(self.home, self._state)
        self.data = self.place / "data"

    def _binaries(self, user: ServerUser) -> Binaries:
        version = self.data / "PG_VERSION"
        made_by = int(version.read_text()) if version.exists() else None
        found = find_binaries(self._environ, made_by=made_by)
        if user.reaches(found.folder / "postgres"):
            return found
        return Binaries(
            _copied(found.folder.parent, self._state) / "bin", found.major, found.origin + ", copied"
        )

    def _make_cluster(self, binaries: Binaries, user: ServerUser) -> None:
        new = self.place / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        base = [str(binaries.folder / "initdb"), "-D", str(new), "-U", SUPERUSER, "-A", "trust", "-E", "UTF8"]
        base += ["--lc-collate=C"]  # the order of C.UTF-8 too; keys are compared byte by byte
        base += [] if self.durable else ["--no-sync"]
        for locale in ("C.UTF-8", "C"):
            answer = self._run([*base, f"--locale={locale}"], user)
            if answer.returncode == 0:
                new.rename(self.data)
                return
        shutil.rmtree(new, ignore_errors=True)
        reason = (answer.stderr or answer.stdout).strip().splitlines()
        raise CannotStart("The database could not be made: " + " ".join(reason[-3:]))

    def _run(self, command: list[str], user: ServerUser) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.place,
            capture_output=True,
            text=True,
            check=False,
            env=_plain_environment(),
            **user.popen_options(),
        )

    # --- starting ----------------------------------------------------------------------------------------

    def _clear_leftovers(self) -> None:
        """Stop a server whose supervisor was killed; forget a pid file whose server is gone."""
        note = self.data / "postmaster.pid"
        pid = _pid_in(note)
        if pid is None:
            return
        if _is_server_of(pid, self.data):
            _end(pid, self.data)
        note.unlink(missing_ok=True)

    def _socket_folder(self, user: ServerUser) -> Path:
        near = self.place / "socket"
        if len(os.fsencode(near / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT:
            return user.own(near)
        folder = Path(tempfile.mkdtemp(prefix="sijil-"))
        return user.own(folder)

    def _launch(self, binaries: Binaries, user: ServerUser) -> None:
        options = {**SERVER_OPTIONS, "unix_socket_directories": str(self._socket)}
        options |= {} if self.durable else THROW_AWAY
        command = [str(binaries.folder / "postgres"), "-D", str(self.data)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.place,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                process_group=0,
                env=_plain_environment(),
                preexec_fn=end_with_parent(signal.SIGINT),
                **user.popen_options(),
            )

    def _wait_until_ready(self, *, within: float = 60) -> None:
        note = self.data / "postmaster.pid"
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                break
            if _pid_in(note) == self._process.pid and _status_in(note) == "ready":
                return
            time.sleep(0.02)
        self._halt(5)
        raise CannotStart("PostgreSQL did not start. The end of its log:\n" + log_tail(self.log))

    def _make_database(self) -> None:
        import psycopg

        host = str(self._socket)
        with psycopg.connect(host=host, user=SUPERUSER, dbname="postgres", autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if known is None:
                self._make_roles(connection)
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {roles.PRIVATE[roles.OWNER]}")
                with contextlib.suppress(psycopg.errors.InvalidParameterValue):  # a build without lz4
                    connection.execute(f"ALTER DATABASE {DATABASE} SET wal_compression = 'lz4'")

    def _make_roles(self, connection: Any) -> None:
        """Make the roles, all or none; a start that was ended just after has made them already."""
        query = "SELECT 1 FROM pg_roles WHERE rolname = %s"
        if connection.execute(query, [roles.PRIVATE[roles.OWNER]]).fetchone() is None:
            with connection.transaction():
                for statement in roles.MAKE:
                    connection.execute(statement)

    def _forget_address(self) -> None:
        (self.home / "postgres.url").unlink(missing_ok=True)
        if self._socket is not None and self._socket.parent != self.place:
            shutil.rmtree(self._socket, ignore_errors=True)


def _place(home: Path, state: Path) -> Path:
    """Return the folder of the cluster: the one that exists, else beside the other files of ``home``."""
    outside = _outside(home, state)
    return outside if (outside / "data").exists() else home / "postgres"


def _outside(home: Path, state: Path) -> Path:
    return state / hashlib.sha256(os.fsencode(home)).hexdigest()[:12]


def _copied(installation: Path, state: Path) -> Path:
    """Copy an installation of PostgreSQL to where every user reaches it, once; return the copy."""
    mark = hashlib.sha256(
        os.fsencode(installation) + str(installation.stat().st_mtime_ns).encode()
    ).hexdigest()[:12]
    copy = state / f"programs-{mark}"
    if not copy.exists():
        state.mkdir(parents=True, exist_ok=True, mode=0o711)
        half = Path(tempfile.mkdtemp(prefix="half-", dir=state))
        shutil.copytree(installation, half, symlinks=True, dirs_exist_ok=True)
        half.chmod(0o755)
        with contextlib.suppress(FileExistsError):
            half.rename(copy)
    return copy


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _pid_in(note: Path) -> int | None:
    try:
        return int(note.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _status_in(note: Path) -> str:
    try:
        return note.read_text().splitlines()[7].strip()
    except (OSError, IndexError):
        return ""


def _is_server_of(pid: int, data: Path) -> bool:
    """Tell whether process ``pid`` is a PostgreSQL server over ``data`` (its working folder is the data)."""
    here = Path(f"/proc/{pid}/cwd")
    if Path("/proc/self/cwd").exists():
        try:
            return here.resolve(strict=True) == data.resolve()
        except OSError:
            return False
    listing = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return str(data) in listing.stdout


def _end(pid: int, data: Path, *, within: float = 30) -> None:
    deadline = time.monotonic() + within
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
        while _is_server_of(pid, data):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGQUIT)
                return
            time.sleep(0.05)
