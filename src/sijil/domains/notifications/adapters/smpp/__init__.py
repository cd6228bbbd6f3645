"""SMS by SMPP 3.4 (``SIJIL_SMS_SMPP_URL``), the protocol of the operators' SMS centres.

The line stays open in each worker. Receipts come on it, and are fetched every few seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.adapters.smpp import pdu
from sijil.domains.notifications.adapters.smpp.session import Centre, Session
from sijil.domains.notifications.types import Fate, Outgoing, Report, Taken
from sijil.kernel.adapters import AdapterUnfit

_INVALID_ADDRESS = 0x0B
_FATES = {
    "DELIVRD": Fate.DELIVERED,
    "UNDELIV": Fate.FAILED,
    "EXPIRED": Fate.FAILED,
    "REJECTD": Fate.FAILED,
    "DELETED": Fate.FAILED,
}


class SmppGateway:
    """``smpp://system_id@host:2775``; ``smpps://`` with TLS. The password is a file."""

    def __init__(self) -> None:
        self._session = Session()

    @staticmethod
    def check() -> None:
        _centre()
        sender = settings.ENV.sms_sender
        if not sender.isascii() or not 0 < len(sender) <= 15:
            raise AdapterUnfit(f"SIJIL_SMS_SENDER={sender}: write a number, or 11 letters at most, in ASCII.")

    def send(self, message: Outgoing, *, now: dt.datetime) -> Taken:
        centre, sender = _centre(), settings.ENV.sms_sender
        try:
            parts = pdu.cut(message.body, message.key.int & 0xFF)
            bodies = [pdu.submit_body(part, sender=sender, to=message.to) for part in parts]
        except pdu.Malformed as error:
            raise GatewayFailed(f"smpp: {error}", permanent=True) from error
        answers = self._session.submit(centre, bodies)
        refused = answers[-1].status
        if refused:
            raise GatewayFailed(f"smpp: status {refused:#06x}", permanent=refused == _INVALID_ADDRESS)
        references = tuple(pdu.read_text(answer.body) for answer in answers)
        return Taken(references[0], parts=tuple(r for r in references if r))

    def collect(self, keep: Callable[[Report], object]) -> int:
        return self._session.collect(_centre(), lambda told: _keep(told, keep))

    def close(self) -> None:
        """Hang up."""
        self._session.close()


def _keep(told: pdu.Told, keep: Callable[[Report], object]) -> None:
    fate = _FATES.get(told.state)
    if fate is not None:
        reason = "" if fate is Fate.DELIVERED else f"{told.state} {told.error}".strip()[:40]
        keep(Report(told.reference[:80], fate, reason))


def _centre() -> Centre:
    """Return the centre of the settings. Raises: AdapterUnfit."""
    url, file = settings.ENV.sms_smpp_url, settings.ENV.sms_smpp_password_file
    parts = urlsplit(url)
    if parts.scheme not in ("smpp", "smpps") or not parts.hostname or not parts.username:
        raise AdapterUnfit(f"SIJIL_SMS_SMPP_URL={url}: smpp needs smpp://system_id@host:2775 (or smpps://).")
    try:
        password = Path(file).read_text().strip() if file else ""
    except OSError as error:
        raise AdapterUnfit(
            f"SIJIL_SMS_SMPP_PASSWORD_FILE={file}: {error.strerror}. Name a file that holds it alone."
        ) from error
    secure = parts.scheme == "smpps"
    port = parts.port or (3550 if secure else 2775)
    return Centre(parts.hostname, port, secure, unquote(parts.username), password)
