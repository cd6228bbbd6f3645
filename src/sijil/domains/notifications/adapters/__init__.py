"""Gateways that carry messages, chosen by ``SIJIL_SMS_GATEWAY`` and ``SIJIL_EMAIL_GATEWAY``.

``Gateway`` is what each must do. One whose provider tells by itself whether a message arrived has an inbound
half too: ``Reporting`` reads what comes to ``POST /v1/inbound/sms`` (or email), ``Collecting`` fetches it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from sijil.domains.notifications.types import Channel, Outgoing, Report, Taken
from sijil.kernel.adapters import Port

_HERE = "sijil.domains.notifications.adapters"


class Gateway(Protocol):
    """What carries a message. ``message.key`` is the same at each try: give it to the provider.

    One that may be called by several threads at once says by how many: ``at_once = 8``.
    """

    def send(self, message: Outgoing, *, now: dt.datetime) -> Taken:
        """Hand the message over, within half a minute. Raises: GatewayFailed."""
        ...


@runtime_checkable
class Reporting(Protocol):
    """The inbound half of a gateway whose provider calls us."""

    def read_reports(self, body: bytes, media_type: str) -> Sequence[Report]:
        """Return the delivery reports in what came in. Raises: ReportUnreadable."""
        ...


@runtime_checkable
class Collecting(Protocol):
    """The inbound half of a gateway that is asked, or whose line stays open."""

    def collect(self, keep: Callable[[Report], object]) -> int:
        """Give each report to ``keep``, then tell the provider that it is kept; return how many.

        Raises: GatewayFailed.
        """
        ...


class GatewayFailed(Exception):
    """It was not taken. ``reason`` holds no recipient and no text; ``permanent``: trying again is useless."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class ReportUnreadable(Exception):
    """What came in is no report of this gateway."""


SMS = Port[Gateway](
    "sms_gateway",
    Gateway,
    {
        "demo": f"{_HERE}.demo:DemoGateway",
        "file": f"{_HERE}.file:FileGateway",
        "http": f"{_HERE}.http:HttpGateway",
        "smpp": f"{_HERE}.smpp:SmppGateway",
    },
)
EMAIL = Port[Gateway](
    "email_gateway",
    Gateway,
    {
        "demo": f"{_HERE}.demo:DemoGateway",
        "file": f"{_HERE}.file:FileGateway",
        "smtp": f"{_HERE}.smtp:SmtpGateway",
    },
)
GATEWAYS = {Channel.SMS: SMS, Channel.EMAIL: EMAIL}


def get_gateway(channel: str) -> Gateway:
    """Return the gateway of a channel. Raises: AdapterUnfit."""
    return GATEWAYS[Channel(channel)].get()
