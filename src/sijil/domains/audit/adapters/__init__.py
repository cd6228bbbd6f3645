"""Who signs the roots, and where the last one is remembered. ``file_seal`` is the default and the demo."""

from __future__ import annotations

from typing import Protocol

from sijil.domains.audit.types import Head
from sijil.kernel.adapters import Port


class Seal(Protocol):
    """What a signer must do; a PKCS#11 device or a vault fits the same methods.

    Made with the folder of this installation for it, and the name of the log.
    """

    @property
    def key_id(self) -> str: ...
    def sign(self, message: bytes) -> bytes: ...
    def is_signed(self, key_id: str, message: bytes, signature: bytes) -> bool: ...
    def read_head(self) -> Head | None: ...
    def write_head(self, head: Head) -> None: ...


SEALS = Port[Seal]("audit_seal", Seal, {"file": "sijil.domains.audit.adapters.file_seal:FileSeal"})
