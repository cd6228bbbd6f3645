"""Gateways that carry messages, chosen by name: ``SIJIL_SMS_GATEWAY``, ``SIJIL_EMAIL_GATEWAY``.

A new one is a class with ``send`` and a line in ``GATEWAYS``.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from importlib import import_module
from typing import Protocol

from sijil.domains.notifications.types import Outgoing

GATEWAYS = {
    "demo": "sijil.domains.notifications.adapters.demo:DemoGateway",
    "file": "sijil.domains.notifications.adapters.file:FileGateway",
    "smtp": "sijil.domains.notifications.adapters.smtp:SmtpGateway",
}


class Gateway(Protocol):
    """What carries a message. ``message.key`` is the same at each try: give it to the provider."""

    def send(self, message: Outgoing, *, now: dt.datetime) -> str:
        """Hand the message over; return the provider's reference. Raises: GatewayFailed."""
        ...


class GatewayFailed(Exception):
    """It was not taken. ``reason`` holds no recipient and no text; ``permanent``: trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


@cache
def get_gateway(name: str) -> Gateway:
    """Return the gateway of this name. Raises: LookupError, with the names there are."""
    if name not in GATEWAYS:
        raise LookupError(f"No gateway {name!r}; there are: {', '.join(sorted(GATEWAYS))}.")
    module, _, cls = GATEWAYS[name].partition(":")
    gateway: Gateway = getattr(import_module(module), cls)()
    return gateway
