"""Signing keys kept as files beside the database, made at the first use, changed by adding one.

A folder holds private keys as PEM files readable by their owner only, named by the moment they were
made; the newest signs, all verify. Removing a file, or :func:`withdraw_key`, ends trust in what it signed.
``key_id`` is the beginning of the SHA-256 of the public key (DER), so that it can be computed by anyone.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from sijil.kernel.files import put

PrivateKey = ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


def make_ed25519() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def make_rsa() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def private_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_id(key: PrivateKey) -> str:
    """Return 16 hexadecimal digits that name the public key."""
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()[:16]


def read_keys(folder: Path) -> list[PrivateKey]:
    """Return the keys of a folder, oldest first; none if there is no folder."""
    return [_load(path) for path in sorted(folder.glob("*.pem"))]


def ensure_keys(folder: Path, make: Callable[[], PrivateKey]) -> list[PrivateKey]:
    """Return the keys of a folder, oldest first, making one if there is none (one process at a time)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return read_keys(folder) or [_write(folder, make())]


def add_key(folder: Path, make: Callable[[], PrivateKey]) -> PrivateKey:
    """Add a key, which signs from now on. Running processes see it when they start anew."""
    ensure_keys(folder, make)
    return _write(folder, make())


def read_withdrawn(folder: Path) -> list[PrivateKey]:
    """Return the keys that were withdrawn, oldest first: known, and trusted no more."""
    return [_load(path) for path in sorted(folder.glob("*.withdrawn"))]


def withdraw_key(folder: Path, name: str, make: Callable[[], PrivateKey]) -> None:
    """End trust in what the key of this ``key_id`` signed; the last one is replaced by a new one first.

    Raises: KeyError for a key that is not there.
    """
    paths = {key_id(_load(path)): path for path in folder.glob("*.pem")}
    path = paths[name]
    if len(paths) == 1:
        add_key(folder, make)
    path.replace(path.with_suffix(".withdrawn"))


def _write(folder: Path, key: PrivateKey) -> PrivateKey:
    made_at = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%fZ")
    put(folder / f"{made_at}.pem", private_pem(key))
    return key


def _load(path: Path) -> PrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey):
        raise ValueError(f"{path}: only Ed25519 and RSA keys are used")
    return key
