"""What a person said on one page and the next one needs: sealed in the session, whose table names nobody.

keep(request, "new_staff", {...})    read(request, "new_staff")    take(request, ...), the last time
"""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest

from sijil.kernel.sealing import SealBroken, keyring

CONTEXT = "accounts"


def keep(request: HttpRequest, what: str, value: dict[str, Any]) -> None:
    sealed = keyring().seal_json(CONTEXT, value, aad=f"session.{what}")
    request.session[what] = base64.b64encode(sealed).decode()


def read(request: HttpRequest, what: str) -> dict[str, Any]:
    """Return what was kept, empty if nothing was."""
    try:
        sealed = base64.b64decode(request.session.get(what, ""))
        return dict(keyring().unseal_json(CONTEXT, sealed, aad=f"session.{what}"))
    except SealBroken:
        return {}


def take(request: HttpRequest, what: str) -> dict[str, Any]:
    """Return what was kept, and keep it no more."""
    value = read(request, what)
    request.session.pop(what, None)
    return value
