"""The child: reads an upload from standard input, writes what is kept to standard output, and can do no more.

A program of its own that imports nothing of the product. Before the first byte is read it gives up memory,
time, and every new file, socket and process. Answer: one line ``kept TYPE PAGES`` or ``refused WHY``, then
the content. Whatever else happens is for the parent a file that could not be opened.
"""

from __future__ import annotations

import contextlib
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO

import pi_heif
import pypdfium2 as pdfium
from PIL import Image, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin

SMALLEST_SIDE = 200
LARGEST_SIDE = 3000
MOST_PIXELS = 12_500_000  # that are decoded: a phone's photo; 9 million at most are kept
MOST_DECLARED = 50_000_000  # of a JPEG, which is decoded at a half, a quarter or an eighth
MOST_OF_HEIC = 25_000_000  # which is decoded whole; what phones take by themselves
MOST_PAGES = 12
DOTS_PER_INCH = 150
LONGEST_PAGE = 1754  # A4 at 150 dots
GAP = 8  # grey dots between two pages
PASSWORD, SECURITY = 4, 5  # of PDFium
MOST_OF = {"JPEG": MOST_DECLARED, "PNG": MOST_PIXELS, "HEIF": MOST_OF_HEIC}
BROKEN = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, RuntimeError, struct.error, zlib.error
)  # fmt: skip
LOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin, TiffImagePlugin)  # nothing can be loaded later
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=0)


class Not(Exception):
    """Refused, with the word for why."""


def draw(content: bytes) -> tuple[str, int, bytes]:
    """Return type, pages and content of what is kept. Raises: Not."""
    if content.startswith(b"%PDF-"):
        return draw_pdf(content)
    form = "PNG" if content.startswith(b"\x89PNG") else "HEIF" if content[4:8] == b"ftyp" else "JPEG"
    kept = "PNG" if form == "PNG" else "JPEG"
    return f"image/{kept.lower()}", 1, draw_picture(content, form, kept)


def draw_picture(content: bytes, form: str, kept: str) -> bytes:
    """Return the pixels alone: upright, 3,000 at most on a side, without metadata or trailing bytes."""
    try:
        with Image.open(BytesIO(content), formats=[form]) as image:
            check_size(image, form)
            upright = ImageOps.exif_transpose(image)
    except (Image.DecompressionBombError, MemoryError):
        raise Not("image_too_big") from None
    except BROKEN:
        raise Not("image_broken") from None
    if upright.mode not in ("L", "RGB"):
        upright = upright.convert("RGB")
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    return written(upright, kept)


def check_size(image: Image.Image, form: str) -> None:
    """Judge by the header, before anything is decoded; a large JPEG is decoded smaller."""
    width, height = image.size
    if min(width, height) < SMALLEST_SIDE:
        raise Not("image_too_small")
    if width * height > MOST_OF[form]:
        raise Not("image_too_big")
    if form == "HEIF":
        return
    part = next(part for part in (1, 2, 4, 8) if width * height <= MOST_PIXELS * part * part)
    if part > 1:
        image.draft(None, (width // part, height // part))
        if image.width * image.height > MOST_PIXELS + 4 * (width + height):
            raise Not("image_too_big")


def written(image: Image.Image, form: str) -> bytes:
    image.info.clear()
    out = BytesIO()
    image.save(out, form, **({"quality": 88} if form == "JPEG" else {"compress_level": 6}))
    return out.getvalue()


def draw_pdf(content: bytes) -> tuple[str, int, bytes]:
    """Return the pages as one picture, one below the other: no link, script or attachment is left."""
    try:
        with contextlib.closing(pdfium.PdfDocument(content)) as paper:
            if len(paper) > MOST_PAGES:
                raise Not("pdf_too_long")
            with contextlib.suppress(pdfium.PdfiumError):
                paper.init_forms()  # what was typed into a form is drawn too
            pages = list(drawn(paper))
    except pdfium.PdfiumError as error:
        code = getattr(error, "err_code", None)
        raise Not("pdf_locked" if code in (PASSWORD, SECURITY) else "pdf_broken") from None
    if not pages:
        raise Not("pdf_broken")
    return "image/jpeg", len(pages), written(joined(pages), "JPEG")


def drawn(paper: pdfium.PdfDocument) -> Iterator[Image.Image]:
    for page in paper:
        width, height = page.get_size()
        longest = max(width, height)
        if min(width, height) < 1 or longest > 100 * min(width, height):
            raise Not("pdf_broken")
        scale = min(DOTS_PER_INCH / 72, LONGEST_PAGE / longest)
        yield page.render(scale=scale, rev_byteorder=True).to_pil()
        page.close()


def joined(pages: list[Image.Image]) -> Image.Image:
    width = max(page.width for page in pages)
    height = sum(page.height for page in pages) + GAP * (len(pages) - 1)
    whole, top = Image.new("RGB", (width, height), (128, 128, 128)), 0
    for page in pages:
        whole.paste(page, ((width - page.width) // 2, top))
        top += page.height + GAP
    return whole


def main(shut_in: Callable[[], None]) -> None:
    Image.MAX_IMAGE_PIXELS = MOST_DECLARED
    Image.preinit()
    shut_in()
    try:
        kind, pages, kept = draw(sys.stdin.buffer.read())
    except Not as why:
        sys.stdout.buffer.write(b"refused %s\n" % str(why).encode())
        return
    sys.stdout.buffer.write(b"kept %s %d\n" % (kind.encode(), pages))
    sys.stdout.buffer.write(kept)
