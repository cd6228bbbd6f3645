"""Ed25519 keys and the last root in one folder, beside the database and never inside it.

Whoever holds only the database cannot sign, and cannot cut off the end of the log unseen: the last root
is remembered here. Whoever holds both can; so copy ``head.json`` to another place, as often as you can.
"""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sijil.domains.audit.types import Head
from sijil.kernel.files import put
from sijil.kernel.signing import ensure_keys, key_id, make_ed25519


class FileSeal:
    """The keys of ``folder`` (the newest signs, all verify) and the head of the log ``name``."""

    key_id: str = ""

    def __init__(self, folder: Path, name: str) -> None:
        keys = [key for key in ensure_keys(folder, make_ed25519) if isinstance(key, Ed25519PrivateKey)]
        self._keys = {key_id(key): key for key in keys}
        self.key_id = key_id(keys[-1])
        self._head = folder / f"{name}.head.json"

    def sign(self, message: bytes) -> bytes:
        return self._keys[self.key_id].sign(message)

    def is_signed(self, key_id: str, message: bytes, signature: bytes) -> bool:
        """Tell whether a key of ours signed this message."""
        key = self._keys.get(key_id)
        if key is None:
            return False
        try:
            key.public_key().verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def read_head(self) -> Head | None:
        if not self._head.exists():
            return None
        return Head(**json.loads(self._head.read_text()))

    def write_head(self, head: Head) -> None:
        put(self._head, json.dumps({"number": head.number, "digest": head.digest}).encode())
