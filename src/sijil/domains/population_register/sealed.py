"""How identity is sealed in this register: one blob per row, tied to the row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sijil.domains.population_register.types import Identity
from sijil.kernel.sealing import keyring

CONTEXT = "population_register"
Sealed = bytes | memoryview  # how a driver hands a bytea over


def seal_identity(table: str, key: UUID, identity: Identity) -> bytes:
    """Return the sealed identity of the row ``key`` of ``table`` (``identity`` or ``request``)."""
    return keyring().seal_json(CONTEXT, identity.as_json(), aad=f"{table}.sealed:{key}")


def open_identity(table: str, key: UUID, sealed: Sealed) -> Identity:
    """Return the identity. Raises: SealBroken."""
    return Identity.from_json(keyring().unseal_json(CONTEXT, bytes(sealed), aad=f"{table}.sealed:{key}"))


def seal_paper(version: UUID, paper: str) -> bytes:
    """Return the sealed name of the paper that a version rests on; nothing for none."""
    return keyring().seal(CONTEXT, paper.encode(), aad=f"identity.sealed_paper:{version}") if paper else b""


def open_paper(version: UUID, sealed: Sealed) -> str:
    """Return the name of the paper, if there is one. Raises: SealBroken."""
    if not sealed:
        return ""
    return keyring().unseal(CONTEXT, bytes(sealed), aad=f"identity.sealed_paper:{version}").decode()


def seal_act(row: UUID, number: str) -> bytes:
    """Return the sealed number of what showed a filiation; nothing for none."""
    return keyring().seal(CONTEXT, number.encode(), aad=act_aad(row)) if number else b""


def open_act(row: UUID, sealed: Sealed) -> str:
    """Return that number, if there is one. Raises: SealBroken."""
    return keyring().unseal(CONTEXT, bytes(sealed), aad=act_aad(row)).decode() if sealed else ""


def act_aad(row: UUID) -> str:
    """Return what ties the number of an act to its row."""
    return f"filiation.sealed_paper:{row}"


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


def in_clear(identity: Identity) -> dict[str, Any]:
    """Return what stands of an identity in clear beside its seal."""
    return {
        "sex": identity.sex,
        "birth_year": identity.birth.year,
        "commune_code": identity.commune_code,
    }


def found_by(identity: Identity) -> dict[str, Any]:
    """Return what a request tells of an identity in clear, and is found by."""
    return in_clear(identity) | {
        "language": identity.language,
        "has_contact": bool(identity.phone or identity.email),
        "phone_index": blind_index("phone", identity.phone),
        "paper_index": blind_index("paper_number", identity.paper_number),
    }
