"""A capture is opened by a child process that lives for it alone; here nothing of it is decoded."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from sijil.domains.biometrics import errors
from sijil.domains.biometrics.opening.child import WIDTH_MEASURED
from sijil.domains.biometrics.rules.law import LIMITS
from sijil.domains.biometrics.types import Modality, Opened
from sijil.kernel import law
from sijil.kernel.child import Child
from sijil.kernel.errors import Refused

CHILD = Child(Path(__file__).parent, ("PIL",))
_OPENED = re.compile(rb"opened (\d{1,8}) (\d{1,8}) ([0-9a-f]{64}) (\d{1,6})\n")
_REFUSED = {
    b"refused image_too_large\n": errors.IMAGE_TOO_LARGE,
    b"refused image_unreadable\n": errors.IMAGE_UNREADABLE,
}


def open_image(content: bytes, modality: Modality, on: dt.date) -> Opened:
    """Return what can be judged of a PNG or JPEG file, and the file to keep, without its metadata.

    Raises: Refused(IMAGE_EMPTY | IMAGE_TOO_HEAVY | IMAGE_TOO_LARGE | IMAGE_UNREADABLE | IMAGE_TOO_HARD),
    or FILES_WAIT when all children are at work.
    """
    limits = law.on(LIMITS, on).body
    if not content:
        raise Refused(errors.IMAGE_EMPTY, field="image")
    if len(content) > limits.megabytes * 1024 * 1024:
        raise Refused(errors.IMAGE_TOO_HEAVY, field="image", limit=limits.megabytes)
    asked = f"{modality} {limits.megapixels * 1_000_000} {limits.longest_side} {limits.ratio}\n"
    answer = CHILD.ask(asked.encode() + content, field="image")
    opened = read_answer(answer)
    if opened is None:
        raise Refused(_REFUSED.get(answer, errors.IMAGE_TOO_HARD), field="image", limit=limits.megapixels)
    return opened


def read_answer(answer: bytes) -> Opened | None:
    """Return the answer of a child as a value; None when it is none."""
    told = _OPENED.match(answer)
    if told is None:
        return None
    width, height, rows = int(told[1]), int(told[2]), int(told[4])
    end = told.end() + rows * WIDTH_MEASURED
    if len(answer) < end:
        return None
    return Opened(width, height, told[3].decode(), answer[told.end() : end], answer[end:])
