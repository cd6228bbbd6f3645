"""Sealed identity and blind indexes: a stolen database names nobody.

Sealing is AES-256-GCM with a data key per context (a domain); data keys are wrapped by a key store
(``SIJIL_KEY_STORE``: a file by default; PKCS#11 or Vault fit the same two methods). A sealed value is
``version (1 byte) | key id (2) | nonce (12) | ciphertext and tag``; the associated data ties it to
its table, column and row, so that a value moved to another row does not open.

A blind index is HMAC-SHA-256 over ``field \\0 normalised value``, cut to 16 bytes: equal values meet,
nothing else can be read. Index keys do not change with the data keys; changing them means indexing anew.

Keys live beside the database, never inside it and never in SQL.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sijil.kernel.files import put, put_once

_VERSION = 1


class SealBroken(Exception):
    """A sealed value does not open: wrong key, wrong row, or tampered. Never shown as empty."""


class KeyStore(Protocol):
    """What a key store must do: wrap and unwrap 32-byte data keys. Made with the folder of the keys."""

    def wrap(self, key: bytes) -> bytes: ...
    def unwrap(self, wrapped: bytes) -> bytes: ...


class FileKeyStore:
    """The master key in a file readable by its owner only; made at the first start."""

    def __init__(self, folder: Path) -> None:
        path = folder / "master.key"
        put_once(path, secrets.token_bytes(32))
        self._box = AESGCM(path.read_bytes())

    def wrap(self, key: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._box.encrypt(nonce, key, b"sijil data key")

    def unwrap(self, wrapped: bytes) -> bytes:
        return self._box.decrypt(wrapped[:12], wrapped[12:], b"sijil data key")


class Keyring:
    """The data and index keys of every context, wrapped, in ``keyring.json``."""

    def __init__(self, folder: Path, store: KeyStore | None = None) -> None:
        self._path = folder / "keyring.json"
        self._store = store or FileKeyStore(folder)
        self._wrapped: dict[str, dict[str, str]] = {}
        self._boxes: dict[tuple[str, int], AESGCM] = {}
        self._index_keys: dict[str, bytes] = {}
        self._read()

    def seal(self, context: str, plain: bytes, *, aad: str) -> bytes:
        """Return the sealed form of ``plain``, tied to ``aad`` (``table.column:row``)."""
        key_id = self._current(context)
        nonce = os.urandom(12)
        head = bytes([_VERSION]) + key_id.to_bytes(2, "big")
        return head + nonce + self._box(context, key_id).encrypt(nonce, plain, aad.encode())

    def unseal(self, context: str, sealed: bytes, *, aad: str) -> bytes:
        """Return the plain form. Raises: SealBroken."""
        sealed = bytes(sealed)
        if len(sealed) < 31 or sealed[0] != _VERSION:
            raise SealBroken(f"{context}: not a sealed value ({aad})")
        try:
            box = self._box(context, int.from_bytes(sealed[1:3], "big"))
            return box.decrypt(sealed[3:15], sealed[15:], aad.encode())
        except (InvalidTag, KeyError) as error:
            raise SealBroken(f"{context}: the value does not open ({aad})") from error

    def unseal_many(self, context: str, sealed: Iterable[bytes], aads: Iterable[str]) -> list[bytes]:
        """Return the plain forms of many values: :meth:`unseal`, with little beside the opening itself."""
        opened, heads = [], dict[bytes, AESGCM]()
        for value, aad in zip(sealed, aads, strict=True):
            box = heads.get(value[:3])
            if box is None:
                opened.append(self.unseal(context, value, aad=aad))
                heads[value[:3]] = self._box(context, int.from_bytes(value[1:3], "big"))
                continue
            try:
                opened.append(box.decrypt(value[3:15], value[15:], aad.encode()))
            except InvalidTag as error:
                raise SealBroken(f"{context}: the value does not open ({aad})") from error
        return opened

    def seal_json(self, context: str, value: Any, *, aad: str) -> bytes:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return self.seal(context, text.encode(), aad=aad)

    def unseal_json(self, context: str, sealed: bytes, *, aad: str) -> Any:
        return json.loads(self.unseal(context, sealed, aad=aad))

    def blind_index(self, context: str, field: str, value: str) -> bytes:
        """Return 16 bytes that stand for ``value`` (already normalised) of ``field``."""
        message = field.encode() + b"\0" + value.encode()
        return hmac.digest(self._index_key(context), message, hashlib.sha256)[:16]

    def is_current(self, context: str, sealed: bytes) -> bool:
        """Tell whether a value is sealed by the current data key (used when sealing anew)."""
        return int.from_bytes(bytes(sealed)[1:3], "big") == self._current(context)

    def rotate(self, context: str) -> int:
        """Add a data key and make it current; older ones still open. Return its id."""
        return self._add(context)

    def _current(self, context: str) -> int:
        ids = [int(name) for name in self._wrapped.get(context, {}) if name != "index"]
        return max(ids) if ids else self._add(context)

    def _box(self, context: str, key_id: int) -> AESGCM:
        if (context, key_id) not in self._boxes:
            if str(key_id) not in self._wrapped.get(context, {}):
                self._read()
            wrapped = self._wrapped[context][str(key_id)]
            self._boxes[context, key_id] = AESGCM(self._store.unwrap(base64.b64decode(wrapped)))
        return self._boxes[context, key_id]

    def _index_key(self, context: str) -> bytes:
        if context not in self._index_keys:
            self._current(context)
            self._index_keys[context] = self._store.unwrap(base64.b64decode(self._wrapped[context]["index"]))
        return self._index_keys[context]

    def _add(self, context: str) -> int:
        with _file_lock(self._path.with_suffix(".lock")):
            self._read()
            keys = self._wrapped.setdefault(context, {})
            if "index" not in keys:
                keys["index"] = self._new_wrapped()
            key_id = max((int(name) for name in keys if name != "index"), default=0) + 1
            keys[str(key_id)] = self._new_wrapped()
            self._write()
        return key_id

    def _new_wrapped(self) -> str:
        return base64.b64encode(self._store.wrap(secrets.token_bytes(32))).decode()

    def _read(self) -> None:
        if self._path.exists():
            self._wrapped = json.loads(self._path.read_text())["contexts"]

    def _write(self) -> None:
        body = {"written_at": dt.datetime.now(dt.UTC).isoformat(), "contexts": self._wrapped}
        put(self._path, json.dumps(body, indent=1).encode())


class _file_lock:
    """One writer of the keyring at a time, across processes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        import fcntl

        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


_opened: Callable[[], Keyring] | None = None


def configure(opened: Callable[[], Keyring]) -> None:
    """Say how the keyring of this process is opened, once, when something is first sealed or opened."""
    global _opened
    _opened = cache(opened)


def keyring() -> Keyring:
    """Return the keyring of this process. Raises: RuntimeError when the settings named none."""
    if _opened is None:
        raise RuntimeError("No keyring: the settings name one before anything is sealed.")
    return _opened()
