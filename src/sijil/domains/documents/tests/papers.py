"""Papers to send: good ones and hostile ones, made here byte by byte; what a program reads in ours."""

import zlib
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image


def read(pdf):
    """Return the text layer of every page."""
    with pdfium.PdfDocument(pdf) as paper:
        return "\n".join(page.get_textpage().get_text_range() for page in paper)


def picture(form="JPEG", size=(640, 420), mode="RGB", **options):
    image, out = Image.new(mode, size, 120), BytesIO()
    image.putpixel((3, 3), 7)
    image.save(out, form, **options)
    return out.getvalue()


def heic(name):
    """Return a picture as a phone takes it: photo, sideways, small; by an encoder that we do not ship."""
    return (Path(__file__).parent / "heic" / f"{name}.heic").read_bytes()


def thing(number, body):
    return b"%d 0 obj " % number + body + b" endobj\n"


def stream(number, data, head=b""):
    return thing(number, b"<</Length %d %s>>stream\n" % (len(data), head) + data + b"\nendstream")


def packed(number, data, head=b""):
    return stream(number, zlib.compress(data, 9), b"/Filter/FlateDecode " + head)


def pdf(*, catalog=b"", page=b"", drawn=b"0 0 1 rg 0 0 300 421 re f", more=b"", pages=1, pack=stream):
    """Return a PDF whose pages show a blue field below on the left."""
    kids = b" ".join(b"%d 0 R" % (10 + each) for each in range(pages))
    parts = [
        b"%PDF-1.7\n",
        thing(1, b"<</Type/Catalog/Pages 2 0 R " + catalog + b">>"),
        thing(2, b"<</Type/Pages/Kids[" + kids + b"]/Count %d>>" % pages),
        pack(4, drawn),
    ]
    body = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R " + page + b">>"
    parts += [thing(10 + each, body) for each in range(pages)]
    return b"".join([*parts, more, b"trailer<</Root 1 0 R>>\n%%EOF\n"])


def nested(levels=9, times=12):
    """Return a PDF of 3 kB that asks for 12 to the ninth fields."""
    forms = b""
    for level in range(levels):
        below = b"/F%d Do " % (level + 1) * times if level < levels - 1 else b"0 0 500 500 re f "
        forms += stream(
            100 + level,
            below,
            b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F%d %d 0 R>>>>"
            % (level + 1, 101 + level),
        )
    return pdf(page=b"/Resources<</XObject<</F0 100 0 R>>>>", drawn=b"/F0 Do", more=forms)
