"""What is taken and what is refused, by content."""

import zlib
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sijil.domains.documents import errors, rules
from sijil.domains.documents.types import MediaType
from sijil.kernel.errors import Refused


def picture(form="JPEG", size=(640, 420), mode="RGB", **options):
    image, out = Image.new(mode, size, 120), BytesIO()
    image.putpixel((3, 3), 7)
    image.save(out, form, **options)
    return out.getvalue()


def pdf(extra=b"", end=b"%%EOF\n"):
    body = b"%PDF-1.7\n1 0 obj <</Type /Catalog /Pages 2 0 R " + extra + b">> endobj\n"
    return body + b"2 0 obj <</Type /Pages /Kids [3 0 R]>> endobj\n3 0 obj <</Type /Page>> endobj\n" + end


def packed(inside, wrap=zlib.compress):
    data = wrap(inside)
    head = b"9 0 obj <</Type /ObjStm /N 1 /Filter /FlateDecode /Length %d>>\nstream\n" % len(data)
    return b"%PDF-1.7\n" + head + data + b"\nendstream endobj\n%%EOF\n"


def refusal(content, **options):
    with pytest.raises(Refused) as refused:
        rules.accept(content, **{"megabytes": 5} | options)
    assert refused.value.field == "file"
    return refused.value.error


@pytest.mark.parametrize(("form", "media"), [("JPEG", MediaType.JPEG), ("PNG", MediaType.PNG)])
def test_a_picture_is_taken(form, media):
    accepted = rules.accept(picture(form), megabytes=5)
    assert accepted.media_type is media
    assert Image.open(BytesIO(accepted.content)).size == (640, 420)


def test_place_and_time_of_a_photo_are_removed():
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "SecretCamera", "2026:11:03 09:00:00"
    photo = picture(exif=exif)
    assert b"SecretCamera" in photo
    assert b"SecretCamera" not in rules.accept(photo, megabytes=5).content


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    accepted = rules.accept(picture(exif=exif), megabytes=5)
    assert Image.open(BytesIO(accepted.content)).size == (420, 640)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_follows_the_picture_is_dropped(form):
    content = rules.accept(picture(form) + b"<script>hidden</script>", megabytes=5).content
    assert b"hidden" not in content


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "I;16"])
def test_unusual_colours_become_plain(mode):
    accepted = rules.accept(picture("PNG", mode=mode), megabytes=5)
    assert Image.open(BytesIO(accepted.content)).mode in ("L", "RGB")


def test_a_huge_photo_is_made_smaller():
    accepted = rules.accept(picture(size=(4000, 3000)), megabytes=5)
    assert Image.open(BytesIO(accepted.content)).size == (3000, 2250)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", errors.FILE_EMPTY),
        (b"hello", errors.TYPE_REFUSED),
        (b"<html>%PDF-1.7", errors.TYPE_REFUSED),
        (b"GIF89a" + bytes(500), errors.TYPE_REFUSED),
        (b"\xff\xd8\xff" + bytes(500), errors.IMAGE_BROKEN),
        (picture()[:900], errors.IMAGE_BROKEN),
        (picture("PNG")[:200], errors.IMAGE_BROKEN),
        (picture(size=(199, 900)), errors.IMAGE_TOO_SMALL),
        (picture("PNG", size=(8000, 6000), mode="1"), errors.IMAGE_TOO_BIG),
        (b"%PDF-1.7\nnothing here", errors.PDF_BROKEN),
        (pdf(end=b""), errors.PDF_BROKEN),
        (pdf().replace(b"/Type /Page>>", b"/Type /Font>>"), errors.PDF_BROKEN),
        (pdf(b"/Encrypt 5 0 R"), errors.PDF_LOCKED),
        (pdf(b"/OpenAction <</S /JavaScript /JS (x)>>"), errors.PDF_ACTIVE),
        (pdf(b"/OpenAction <</S /J#61vaScript>>"), errors.PDF_ACTIVE),
        (pdf(b"/AA <</O <</S /Launch /F (cmd.exe)>>>>"), errors.PDF_ACTIVE),
        (pdf(b"/Names <</EmbeddedFiles 7 0 R>>"), errors.PDF_ACTIVE),
        (packed(b"<</Type /Page /AA <</S /Launch>>>>"), errors.PDF_ACTIVE),
        (packed(b"<</Type /Page>>", wrap=bytes), errors.PDF_BROKEN),
    ],
)
def test_refused(content, error):
    assert refusal(content) is error


def test_pages_are_counted_also_inside_packed_objects():
    assert rules.accept(pdf(), megabytes=5).pages == 1
    assert rules.accept(packed(b"<</Type /Page>> <</Type/Page>> <</Type /Pages>>"), megabytes=5).pages == 2


def test_words_that_only_look_like_orders_pass():
    assert rules.accept(pdf(b"/Title (JavaScript course) /JSON 1"), megabytes=5).media_type is MediaType.PDF


@pytest.mark.parametrize(("extra", "error"), [(0, None), (1, errors.FILE_TOO_LARGE)])
def test_the_limit_is_exact(extra, error):
    short = pdf(b"/Pad ()")
    content = short.replace(b"()", b"(" + b"x" * (1024 * 1024 - len(short) + extra) + b")")
    assert len(content) == 1024 * 1024 + extra
    assert refusal(content, megabytes=1) is error if error else rules.accept(content, megabytes=1)


def test_an_object_stream_that_swells_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(rules, "MOST_INFLATED", 1000)
    assert refusal(packed(bytes(100_000))) is errors.PDF_BROKEN


@settings(max_examples=150, deadline=None)
@given(
    head=st.sampled_from([b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b""]),
    tail=st.binary(max_size=400),
)
def test_no_bytes_make_anything_but_an_answer_or_a_refusal(head, tail):
    try:
        accepted = rules.accept(head + tail + b"%%EOF", megabytes=1)
    except Refused as refused:
        assert refused.field == "file"  # noqa: PT017  (either way out is right)
    else:
        assert accepted.content


def test_every_kind_has_its_names_in_four_languages():
    for kind in rules.kinds().values():
        assert set(kind.names) == {"ar", "fr", "zgh", "en"}
        assert kind.name("ar")
        assert kind.name("xx") == kind.names["ar"]
