"""Devices that speak MOSIP's Secure Biometric Interface 1.0 on the loopback of this machine.

Discovery (``MOSIPDISC``) and registration capture (``RCAPTURE``) over HTTP on the ports 4501 to 4600 of
127.0.0.1. What a device answers counts when a certificate signed it that ``SIJIL_SBI_TRUST`` vouches for, and
when it answers this very question. For a counter whose web process runs on the machine of the device; the
browser of another machine reaches no loopback but its own.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
from django.conf import settings

from sijil.domains.biometrics import errors
from sijil.domains.biometrics.adapters.sbi import answers
from sijil.domains.biometrics.types import Modality
from sijil.kernel.adapters import AdapterUnfit
from sijil.kernel.errors import Refused

PORTS = range(4501, 4601)
CAPTURE_SECONDS = 20.0  # of the device, and a little more for its answer
DISCOVERY_SECONDS = 3.0  # of all ports together
LONGEST_ANSWER = 20 * 1024 * 1024
SCORE = "60"  # that a device tries to reach; whether an image is good enough is judged here
_SIDES = {Modality.IRIS_LEFT: ("Left", "1"), Modality.IRIS_RIGHT: ("Right", "2")}


class SbiDevice:
    """A device that is found by itself; a file that the browser sends is taken as well."""

    is_asked = True

    @staticmethod
    def check() -> None:
        try:
            answers.read_roots(settings.ENV.sbi_trust)
        except (OSError, ValueError) as error:
            raise AdapterUnfit(
                f"SIJIL_SBI_TRUST={settings.ENV.sbi_trust}: no certificates (PEM) to read "
                f"({type(error).__name__}). Name the file of those that vouch for the devices."
            ) from error

    def take(self, modality: Modality, given: bytes, *, now: dt.datetime) -> bytes:
        if given:
            return given
        kind = "Face" if modality is Modality.FACE else "Iris"
        port, device = self._find(kind)
        asked = str(uuid4())
        answer = _ask("RCAPTURE", port, "capture", _question(device, kind, modality, asked, now), _PATIENCE)
        roots = answers.read_roots(settings.ENV.sbi_trust)
        return answers.image_of(answer, kind, _SIDES.get(modality, ("",))[0], asked, roots, now)

    def _find(self, kind: str) -> tuple[int, Mapping[str, Any]]:
        """Return where the first device of a kind is that is ready, and what it said of itself."""
        until, is_busy = time.monotonic() + DISCOVERY_SECONDS, False
        for port in PORTS:
            if (left := until - time.monotonic()) <= 0:
                break
            for device in answers.devices_of(_try_discovery(port, kind, left), kind):
                if device.get("deviceStatus") == "Ready":
                    return port, device
                is_busy = True
        raise Refused(errors.DEVICE_BUSY if is_busy else errors.DEVICE_MISSING, field="image")


_PATIENCE = CAPTURE_SECONDS + 5


def _question(
    device: Mapping[str, Any], kind: str, modality: Modality, asked: str, now: dt.datetime
) -> dict[str, object]:
    side, sensor = _SIDES.get(modality, ("", "0"))
    bio = {
        "type": kind,
        "count": "1",
        "bioSubType": [side] if side else [],
        "exception": [],
        "requestedScore": SCORE,
        "deviceId": device.get("deviceId", ""),
        "deviceSubId": sensor,
        "previousHash": answers.EMPTY_HASH,
    }
    return {
        "env": settings.ENV.sbi_env,
        "purpose": "Registration",
        "specVersion": "1.0",
        "timeout": str(int(CAPTURE_SECONDS * 1000)),
        "captureTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "transactionId": asked,
        "bio": [bio],
    }


def _try_discovery(port: int, kind: str, seconds: float) -> object:
    """Return what a port answers, None where nothing of ours listens."""
    try:
        return _ask("MOSIPDISC", port, "device", {"type": kind}, min(seconds, 1.0))
    except Refused:
        return None


def _ask(verb: str, port: int, path: str, question: dict[str, object], seconds: float) -> object:
    """Return the JSON of an answer, read to its end within ``seconds``. Raises: Refused(DEVICE_FAILED)."""
    until = time.monotonic() + seconds
    try:
        with httpx.stream(
            verb, f"http://127.0.0.1:{port}/{path}", json=question, timeout=seconds, trust_env=False
        ) as answer:
            content = b""
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LONGEST_ANSWER or time.monotonic() > until:
                    raise Refused(errors.DEVICE_FAILED, field="image", code="late")
        return answers.read_json(content)
    except (httpx.HTTPError, ValueError) as error:
        raise Refused(errors.DEVICE_FAILED, field="image", code=type(error).__name__) from error
