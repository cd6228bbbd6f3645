"""Reading an image that somebody sent, and writing it anew without its metadata."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

from PIL import Image, ImageOps

from sijil.domains.biometrics import errors
from sijil.domains.biometrics.rules.law import LIMITS
from sijil.domains.biometrics.types import Modality
from sijil.kernel import law
from sijil.kernel.errors import Refused

_BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def read_image(content: bytes, on: dt.date) -> Image.Image:
    """Return the upright RGB image of a PNG or JPEG file; its size is checked before it is decoded.

    Raises: Refused(IMAGE_EMPTY | IMAGE_TOO_HEAVY | IMAGE_TOO_LARGE | IMAGE_UNREADABLE).
    """
    limits = law.on(LIMITS, on).body
    if not content:
        raise Refused(errors.IMAGE_EMPTY, field="image")
    if len(content) > limits.megabytes * 1024 * 1024:
        raise Refused(errors.IMAGE_TOO_HEAVY, field="image", limit=limits.megabytes)
    try:
        opened = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if opened.width * opened.height > limits.megapixels * 1_000_000:
            raise Refused(errors.IMAGE_TOO_LARGE, field="image", limit=limits.megapixels)
        opened.load()
        return ImageOps.exif_transpose(opened).convert("RGB")
    except _BOMBS as error:
        raise Refused(errors.IMAGE_TOO_LARGE, field="image", limit=limits.megapixels) from error
    except _BROKEN as error:
        raise Refused(errors.IMAGE_UNREADABLE, field="image") from error


def pixel_digest(image: Image.Image) -> str:
    """Return a digest of size and pixels: equal for the same picture whatever its file and metadata."""
    head = f"{image.width}x{image.height}".encode()
    return hashlib.sha256(head + b"\0" + image.tobytes()).hexdigest()


def write_image(image: Image.Image, modality: Modality, on: dt.date) -> tuple[bytes, str]:
    """Return the file to keep, without metadata, and its type: JPEG (face) or lossless grey PNG (iris)."""
    longest = law.on(LIMITS, on).body.longest_side
    kept = image.copy()
    kept.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    if modality is Modality.FACE:
        kept.save(file, "JPEG", quality=92)
        return file.getvalue(), "image/jpeg"
    kept.convert("L").save(file, "PNG")
    return file.getvalue(), "image/png"
