"""How identity is sealed in this register: one blob per row, tied to the row."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sijil.domains.population_register.types import Identity
from sijil.kernel.sealing import keyring

CONTEXT = "population_register"
Sealed = bytes | memoryview  # how a driver hands a bytea over


def seal_identity(table: str, key: UUID, identity: Identity) -> bytes:
    """Return the sealed identity of the row ``key`` of ``table`` (``person`` or ``request``)."""
    return keyring().seal_json(CONTEXT, identity.as_json(), aad=f"{table}.sealed:{key}")


def open_identity(table: str, key: UUID, sealed: Sealed) -> Identity:
    """Return the identity. Raises: SealBroken."""
    return Identity.from_json(keyring().unseal_json(CONTEXT, bytes(sealed), aad=f"{table}.sealed:{key}"))


def seal_idcs(key: UUID, idcs: str) -> bytes:
    """Return the sealed number of the person of this id."""
    return keyring().seal(CONTEXT, idcs.encode(), aad=f"person.sealed_idcs:{key}")


def open_idcs(key: UUID, sealed: Sealed) -> str:
    """Return the number. Raises: SealBroken."""
    return keyring().unseal(CONTEXT, bytes(sealed), aad=f"person.sealed_idcs:{key}").decode()


def idcs_index(idcs: str) -> bytes:
    """Return what finds the person of a number, and keeps it unique."""
    return keyring().blind_index(CONTEXT, "idcs", idcs)


def seal_draft(number: str, values: Mapping[str, str]) -> bytes:
    return keyring().seal_json(CONTEXT, dict(values), aad=f"draft.sealed:{number}")


def open_draft(number: str, sealed: Sealed) -> dict[str, str]:
    return dict(keyring().unseal_json(CONTEXT, bytes(sealed), aad=f"draft.sealed:{number}"))


def blind_index(field: str, value: str) -> bytes:
    """Return the index of a normalised value; nothing for an empty one."""
    return keyring().blind_index(CONTEXT, field, value) if value else b""
