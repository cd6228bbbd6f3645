"""What wraps the data keys, chosen by ``SIJIL_KEY_STORE``. Apart from ``sealing``, which rules use."""

from __future__ import annotations

from sijil.kernel.adapters import Port
from sijil.kernel.sealing import KeyStore

KEY_STORES = Port[KeyStore]("key_store", KeyStore, {"file": "sijil.kernel.sealing:FileKeyStore"})
