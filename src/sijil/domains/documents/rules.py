"""What is taken as a document: decided by the content alone; a picture is drawn anew, so nothing rides
along.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Annotated

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from sijil.domains.documents import errors
from sijil.domains.documents.types import Accepted, Kind, MediaType
from sijil.kernel import law
from sijil.kernel.errors import Refused

SMALLEST_SIDE = 200
MOST_PIXELS = 40_000_000
LARGEST_SIDE = 3000
MOST_INFLATED = 64 * 1024 * 1024
_FOLDER = Path(__file__).parent / "parameters"
_ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z0-9])")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"<<((?:(?!endobj|stream).)*)>>\s*stream\r?\n", re.DOTALL)


class KindText(law.Body, frozen=True):
    """A kind of paper as it is written: which law asks for it, its names."""

    source: str
    names: law.Text


class KindTexts(law.Body, frozen=True):
    """The file ``kinds.yaml``."""

    kinds: dict[str, KindText]


class Limits(law.Body, frozen=True):
    """The law ``documents.limits``."""

    megabytes: Annotated[int, msgspec.Meta(ge=1, le=100)]
    documents_of_one_owner: Annotated[int, msgspec.Meta(ge=1, le=1000)]


LIMITS = law.declare(law.LawKind("documents.limits", Limits, _FOLDER / "limits"))


@cache
def kinds() -> Mapping[str, Kind]:
    """Return the kinds of papers by code, in the order of the file."""
    entries = law.read_words(_FOLDER / "kinds.yaml", KindTexts).kinds
    return {code: Kind(code, entry.names.mapping()) for code, entry in entries.items()}


def limits_on(day: dt.date) -> Limits:
    """Return the limits in force on ``day``."""
    return law.on(LIMITS, day).body


def accept(content: bytes, *, megabytes: int) -> Accepted:
    """Return the content to keep. Raises: Refused with the reason, on the field ``file``."""
    if not content:
        raise Refused(errors.FILE_EMPTY, field="file")
    if len(content) > megabytes * 1024 * 1024:
        raise Refused(errors.FILE_TOO_LARGE, field="file", megabytes=megabytes)
    if content.startswith(b"%PDF-"):
        return _accept_pdf(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _accept_image(content, MediaType.JPEG, "JPEG")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _accept_image(content, MediaType.PNG, "PNG")
    raise Refused(errors.TYPE_REFUSED, field="file")


def _accept_image(content: bytes, media_type: MediaType, form: str) -> Accepted:
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            _check_size(image)
            return Accepted(media_type, _draw_anew(image, form), 1)
    except Image.DecompressionBombError:
        raise Refused(errors.IMAGE_TOO_BIG, field="file") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, zlib.error):
        raise Refused(errors.IMAGE_BROKEN, field="file") from None


def _check_size(image: Image.Image) -> None:
    if min(image.size) < SMALLEST_SIDE:
        raise Refused(errors.IMAGE_TOO_SMALL, field="file")
    if image.width * image.height > MOST_PIXELS:
        raise Refused(errors.IMAGE_TOO_BIG, field="file")


def _draw_anew(image: Image.Image, form: str) -> bytes:
    """Return the pixels alone: turned upright, 3,000 at most on a side, without metadata or trailing
    bytes.
    """
    image.load()
    upright = ImageOps.exif_transpose(image)
    if upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    out = BytesIO()
    bare.save(out, form, **({"quality": 88} if form == "JPEG" else {"compress_level": 6}))
    return out.getvalue()


def _accept_pdf(content: bytes) -> Accepted:
    if b"%%EOF" not in content[-2048:] or b"obj" not in content:
        raise Refused(errors.PDF_BROKEN, field="file")
    pages = 0
    for part in _readable_parts(content):
        named = _HEX.sub(lambda found: bytes([int(found[1], 16)]), part)
        if _ENCRYPTED.search(named):
            raise Refused(errors.PDF_LOCKED, field="file")
        if _ACTIVE.search(named):
            raise Refused(errors.PDF_ACTIVE, field="file")
        pages += len(_PAGE.findall(named))
    if pages == 0:
        raise Refused(errors.PDF_BROKEN, field="file")
    return Accepted(MediaType.PDF, content, pages)


def _readable_parts(content: bytes) -> Iterator[bytes]:
    """Give the structure of a PDF: what lies outside its streams, and its compressed object streams."""
    last, inflated = 0, 0
    for found in _STREAM.finditer(content):
        if found.start() < last:
            continue
        yield content[last : found.end()]
        end = content.find(b"endstream", found.end())
        last = end if end >= 0 else len(content)
        if b"/ObjStm" in _HEX.sub(lambda hit: bytes([int(hit[1], 16)]), found[1]):
            part = _inflate(content[found.end() : last], MOST_INFLATED - inflated)
            inflated += len(part)
            yield part
    yield content[last:]


def _inflate(data: bytes, most: int) -> bytes:
    """Return an object stream in clear. One that is not plain deflate, or too large, is refused: it
    hides what it holds.
    """
    machine = zlib.decompressobj()
    try:
        plain = machine.decompress(data, most)
    except zlib.error:
        raise Refused(errors.PDF_BROKEN, field="file") from None
    if machine.unconsumed_tail:
        raise Refused(errors.PDF_BROKEN, field="file")
    return plain
