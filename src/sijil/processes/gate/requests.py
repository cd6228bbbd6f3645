"""A request as the gate reads it: who asks, for what, and the environ of WSGI that says so."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import IO, Any
from urllib.parse import unquote_to_bytes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Network = IPv4Network | IPv6Network

# Told by a proxy, so read from trusted ones only, and never handed on.
FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded")


@dataclass(frozen=True, slots=True)
class Request:
    """``headers``: by small names, those that came twice joined. ``address``: of the client itself."""

    method: str
    raw_path: bytes
    query: str
    headers: Mapping[str, str]
    address: str
    scheme: str
    server: tuple[str, str]
    version: str

    @property
    def path(self) -> str:
        return unquote_to_bytes(self.raw_path).decode("utf-8", "replace")

    @property
    def declared(self) -> int | None:
        """The length of the body as declared; None: it comes in chunks. Raises: ValueError."""
        if "transfer-encoding" in self.headers:
            return None
        length = self.headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit():
            raise ValueError(length)
        return int(length)

    def plain(self) -> Request:
        """Return the same request of a client that reads nothing compressed."""
        rest = {name: text for name, text in self.headers.items() if name != "accept-encoding"}
        return replace(self, headers=rest)

    def environ(self, body: IO[bytes], size: int) -> dict[str, Any]:
        """Return the environ of WSGI (PEP 3333) for a body that lies there whole."""
        told = {
            "HTTP_" + name.upper().replace("-", "_"): text
            for name, text in self.headers.items()
            if name not in ("content-type", "content-length", "transfer-encoding")
        }
        return told | {
            "REQUEST_METHOD": self.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(self.raw_path).decode("latin-1"),
            "QUERY_STRING": self.query,
            "CONTENT_TYPE": self.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(size) if size or "content-length" in self.headers else "",
            "SERVER_NAME": self.server[0],
            "SERVER_PORT": self.server[1],
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "REMOTE_ADDR": self.address,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": self.scheme,
            "wsgi.input": body,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }


def read(scope: Scope, trusted: Iterable[Network]) -> Request:
    """Read a request; address, scheme and host are the client's if every hop between is trusted."""
    headers = _headers(scope["headers"])
    told = {name: headers.pop(name, "") for name in FORWARDED}
    peer, scheme = str((scope.get("client") or ("", 0))[0]), str(scope["scheme"])
    if _is_in(peer, networks := tuple(trusted)):
        peer = _client(peer, told["x-forwarded-for"], networks)
        scheme = _last(told["x-forwarded-proto"], ("http", "https")) or scheme
        headers |= {"host": host} if (host := _last(told["x-forwarded-host"])) else {}
    name, port = scope.get("server") or ("localhost", 80)
    return Request(
        scope["method"], scope.get("raw_path") or scope["path"].encode(),
        scope["query_string"].decode("latin-1"), headers, peer, scheme,
        (str(name), str(port)), scope["http_version"],
    )  # fmt: skip


def networks_of(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by commas. Raises: ValueError."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def _headers(sent: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """A name with an underscore is dropped: in WSGI it would read as the one with a hyphen."""
    found: dict[str, str] = {}
    for raw, value in sent:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        if "_" in name:
            continue
        mark = "; " if name == "cookie" else ","
        found[name] = f"{found[name]}{mark}{text}" if name in found else text
    return found


def _client(peer: str, hops: str, trusted: tuple[Network, ...]) -> str:
    """Return the last hop that no trusted proxy is; what is left of it anybody may have written."""
    for hop in reversed([one.strip() for one in hops.split(",") if one.strip()]):
        if not _is_address(hop):
            break
        peer = hop
        if not _is_in(hop, trusted):
            break
    return peer


def _last(text: str, known: Iterable[str] = ()) -> str:
    """Return what the nearest proxy added."""
    found = text.rpartition(",")[2].strip()
    return found if not known or found in known else ""


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(text: str, networks: tuple[Network, ...]) -> bool:
    if not networks or not _is_address(text):
        return False
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)
