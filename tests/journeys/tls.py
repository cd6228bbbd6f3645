"""The web process as it is deployed: behind a proxy that speaks TLS, asked by a browser without scripts."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Served = TypeVar("Served")

NAME = "sijil.example"
ROOT = Path(__file__).resolve().parents[2]
CLIENT = "203.0.113.7"  # whom the small proxy says it speaks for
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@contextlib.contextmanager
def web(database: str, folder: Path) -> Iterator[int]:
    """Serve the test database by ``sijil web`` as behind a proxy; return its port."""
    port, url = free_port(), urlsplit(os.environ["SIJIL_DATABASE_URL"])
    environ = {
        **os.environ,
        "SIJIL_DATABASE_URL": url._replace(path=f"/{database}").geturl(),
        "SIJIL_PORT": str(port),
        "SIJIL_DEMO": "0",
        "SIJIL_STAFF_SECOND_FACTOR": "0",
        "SIJIL_WEB_WORKERS": "1",
        "SIJIL_PUBLIC_URL": f"https://{NAME}",
        "SIJIL_TRUSTED_PROXIES": "127.0.0.1",
        "PYTHONPATH": str(ROOT / "src"),
    }
    log = folder / "web.log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "sijil.console", "web"]
        process = subprocess.Popen(command, env=environ, stdout=out, stderr=out)
    try:
        wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        process.wait(60)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path, *, within: float = 120) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())


def certificate(folder: Path) -> tuple[Path, Path]:
    """Make a key and a certificate that vouches for itself; return their files."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)]),
    )
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(NAME), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, private = folder / "fullchain.pem", folder / "privkey.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain, private


@contextlib.contextmanager
def small_proxy(behind: int, chain: Path, private: Path) -> Iterator[int]:
    """Speak TLS in front of a port, one request a connection."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, private)
    loop, port = asyncio.new_event_loop(), free_port()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def run(coroutine: Coroutine[Any, Any, Served]) -> Served:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(20)

    serving = asyncio.start_server(lambda r, w: _pass_on(r, w, behind), "127.0.0.1", port, ssl=context)
    try:
        server = run(serving)
        yield port
        run(_close(server))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    await server.wait_closed()
    if others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=5)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, behind: int) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    own = f"X-Forwarded-For: 6.6.6.6, {CLIENT}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    told = re.sub(rb"(?im)^connection:.*\r\n", b"", head)[:-2] + own.encode()
    server_reader, server_writer = await asyncio.open_connection("127.0.0.1", behind)
    server_writer.write(told)
    sending = asyncio.create_task(_pump(reader, server_writer))
    await _pump(server_reader, writer)
    sending.cancel()
    for one in (writer, server_writer):
        one.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()


@contextlib.contextmanager
def nginx(behind: int, chain: Path, private: Path, folder: Path) -> Iterator[int]:
    """Run nginx with the file that is shipped, its names, ports and certificate replaced."""
    port, plain, text = free_port(), free_port(), (ROOT / "deploy/nginx/sijil.conf").read_text()
    for told, ours in (
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("listen [::]:80;", ""),
        ("listen [::]:443 ssl;", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("/etc/sijil/tls/fullchain.pem", str(chain)),
        ("/etc/sijil/tls/privkey.pem", str(private)),
    ):
        assert told in text
        text = text.replace(told, ours)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}\n{text}\n}}\n"
    )
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    assert program
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process, folder / "error.log")
        yield port
    finally:
        process.terminate()
        process.wait(30)


class Browser:
    """A browser without scripts: it keeps cookies, says where it comes from, sends the token of each form."""

    def __init__(self, port: int, chain: Path) -> None:
        context = ssl.create_default_context(cafile=str(chain))
        self._client = httpx.Client(verify=context, base_url=f"https://127.0.0.1:{port}", timeout=60)
        self._client.headers["Host"] = NAME
        self._client.cookies.set("language", "en")
        self._token = ""

    def get(self, path: str, **headers: str) -> httpx.Response:
        answer = self._client.get(path, headers=headers)
        if found := TOKEN.search(answer.text):
            self._token = found[1]
        return answer

    def post(self, path: str, data: dict[str, str] | None = None, **more: object) -> httpx.Response:
        """Open the page, then send its form as a browser does behind TLS."""
        self._token = ""
        for page in (path, "/", "/sign-in/"):  # an address that only takes forms shows none
            if not self._token:
                self.get(page)
        fields = {name: str(value) for name, value in (data or {}).items()}
        headers = {"Origin": f"https://{NAME}", "Referer": f"https://{NAME}{path}"}
        return self._client.post(
            path,
            data={**fields, "csrfmiddlewaretoken": self._token},
            headers=headers,
            **more,  # type: ignore[arg-type]
        )

    @property
    def cookies(self) -> set[str]:
        return {cookie.name for cookie in self._client.cookies.jar}

    def close(self) -> None:
        self._client.close()
