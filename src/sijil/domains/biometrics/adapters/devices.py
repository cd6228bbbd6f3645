"""What takes a face or an iris at the counter, chosen by ``SIJIL_CAPTURE_DEVICE``.

It is asked between transactions. Whatever it gives is then opened by a child and judged like any other image.
"""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from sijil.domains.biometrics import errors
from sijil.domains.biometrics.types import Modality
from sijil.kernel.adapters import Port
from sijil.kernel.errors import Refused


class CaptureDevice(Protocol):
    """One kind of device. ``is_asked``: it takes an image itself when the browser sends none."""

    is_asked: bool

    def take(self, modality: Modality, given: bytes, *, now: dt.datetime) -> bytes:
        """Return the file of an image. ``given``: what the browser sent, a file or a picture of its camera.

        Within half a minute. Raises: Refused (IMAGE_EMPTY, and the DEVICE_ errors).
        """
        ...


class BrowserDevice:
    """No device of its own: a file, or the camera of the officer's browser, which sends one as well."""

    is_asked = False

    def take(self, modality: Modality, given: bytes, *, now: dt.datetime) -> bytes:
        if not given:
            raise Refused(errors.IMAGE_EMPTY, field="image")
        return given


DEVICES = Port[CaptureDevice](
    "capture_device",
    CaptureDevice,
    {
        "browser": "sijil.domains.biometrics.adapters.devices:BrowserDevice",
        "sbi": "sijil.domains.biometrics.adapters.sbi:SbiDevice",
    },
)
