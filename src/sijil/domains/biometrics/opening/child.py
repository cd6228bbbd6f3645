"""The child: reads a capture from standard input, answers what can be judged of it and what is kept.

A program of its own that imports nothing of the product. It is given one line, ``MODALITY MOST_PIXELS
LONGEST_SIDE RATIO``, then the file. Answer: one line ``opened WIDTH HEIGHT DIGEST ROWS`` or ``refused WHY``,
then ROWS rows of grey dots (``WIDTH_MEASURED`` each) to measure, then the file to keep. Whatever else happens
is for the parent an image that could not be opened.
"""

from __future__ import annotations

import hashlib
import struct
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

from PIL import (
    Image,
    ImageOps,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
)

WIDTH_MEASURED = 480  # every measure is taken at this width, so that it does not depend on the camera
LOADED = (
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
)  # nothing can be loaded later
BROKEN = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, struct.error, zlib.error)


class Not(Exception):
    """Refused, with the word for why."""


class Asked(NamedTuple):
    """``modality``: what it is to show. The rest as the law of limits of the day says."""

    modality: str
    most_pixels: int
    longest_side: int
    ratio: int


def opened(content: bytes, asked: Asked) -> bytes:
    """Return the answer for one file. Raises: Not."""
    image = read(content, asked.most_pixels)
    grey, kept = b"", b""
    if max(image.size) <= asked.ratio * min(image.size):  # else it is refused by its size alone
        grey, kept = measured(image), written(image, asked)
    head = (image.width, image.height, pixel_digest(image), len(grey) // WIDTH_MEASURED)
    return "opened {} {} {} {}\n".format(*head).encode() + grey + kept


def read(content: bytes, most_pixels: int) -> Image.Image:
    """Return the upright colours of a PNG, JPEG or JPEG 2000; judged by the header before it is decoded."""
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "JPEG2000")) as image:
            if image.width * image.height > most_pixels:
                raise Not("image_too_large")
            return ImageOps.exif_transpose(image).convert("RGB")
    except MemoryError:
        raise Not("image_too_large") from None
    except BROKEN:
        raise Not("image_unreadable") from None


def measured(image: Image.Image) -> bytes:
    height = max(1, round(image.height * WIDTH_MEASURED / image.width))
    return image.convert("L").resize((WIDTH_MEASURED, height), Image.Resampling.BOX).tobytes()


def pixel_digest(image: Image.Image) -> str:
    """Return a digest of size and pixels: equal for the same picture whatever its file and metadata."""
    head = f"{image.width}x{image.height}".encode()
    return hashlib.sha256(head + b"\0" + image.tobytes()).hexdigest()


def written(image: Image.Image, asked: Asked) -> bytes:
    """Return the file to keep, without metadata: JPEG (face) or lossless grey PNG (iris)."""
    image = image.copy()
    image.thumbnail((asked.longest_side, asked.longest_side), Image.Resampling.LANCZOS)
    image.info.clear()
    out = BytesIO()
    if asked.modality == "face":
        image.save(out, "JPEG", quality=92)
    else:
        image.convert("L").save(out, "PNG")
    return out.getvalue()


def main(shut_in: Callable[[], None]) -> None:
    Image.MAX_IMAGE_PIXELS = None  # the header is judged by the law's own limit
    Image.preinit()
    shut_in()
    line, _, content = sys.stdin.buffer.read().partition(b"\n")
    modality, *limits = line.decode().split()
    try:
        sys.stdout.buffer.write(opened(content, Asked(modality, *map(int, limits))))
    except Not as why:
        sys.stdout.buffer.write(b"refused %s\n" % str(why).encode())
