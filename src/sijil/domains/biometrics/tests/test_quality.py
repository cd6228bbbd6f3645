"""Image checks: every fault is refused with its own remedy; good images pass with named scores."""

import datetime as dt
import io
import zlib

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from sijil.domains.biometrics import errors, samples
from sijil.domains.biometrics.opening import child, open_image, read_answer
from sijil.domains.biometrics.rules.needed import missing_modalities, needed_modalities
from sijil.domains.biometrics.rules.quality import check_quality
from sijil.domains.biometrics.types import Modality
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused

DAY = dt.date(2026, 11, 22)
FACE, LEFT, RIGHT = Modality


ASKED = child.Asked("face", 25_000_000, 1600, 2)


def picture(modality=FACE, seed=1):
    return child.read(samples.draw(seed, modality), ASKED.most_pixels)


def opened(content, modality=FACE):
    """Open a file as the child does, without the process around it."""
    return read_answer(child.opened(content, ASKED._replace(modality=modality.value)))


def as_file(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def fault(image, modality=FACE):
    with pytest.raises(Refused) as refused:
        check_quality(opened(as_file(image), modality), modality, DAY)
    assert refused.value.field == "image"
    return refused.value.error


def unreadable(content):
    with pytest.raises(Refused) as refused:
        open_image(content, FACE, DAY)
    assert refused.value.field == "image"
    return refused.value.error


@pytest.mark.parametrize("modality", Modality)
@pytest.mark.parametrize("seed", range(4))
def test_generated_images_pass(modality, seed):
    scores = check_quality(opened(samples.draw(seed, modality), modality), modality, DAY)
    assert scores["unified"] == min(scores.values()) >= 20
    assert ("iris_pupil_contrast" in scores) == (modality is not FACE)


def test_generated_images_are_the_same_for_a_seed_and_differ_by_take():
    assert samples.draw(7, LEFT) == samples.draw(7, "iris_left")
    assert (
        len(
            {
                samples.draw(7, LEFT),
                samples.draw(7, RIGHT),
                samples.draw(7, LEFT, take=1),
                samples.draw(8, LEFT),
            }
        )
        == 4
    )


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (lambda i: i.filter(ImageFilter.GaussianBlur(4)), errors.IMAGE_BLURRED),
        (lambda i: ImageEnhance.Brightness(i).enhance(0.15), errors.IMAGE_TOO_DARK),
        (lambda i: ImageEnhance.Brightness(i).enhance(2.2), errors.IMAGE_TOO_BRIGHT),
        (lambda i: ImageEnhance.Contrast(i).enhance(0.15), errors.IMAGE_FLAT),
        (lambda i: Image.new("RGB", i.size, (120, 120, 120)), errors.IMAGE_BLANK),
        (lambda i: Image.new("RGB", i.size, (0, 0, 0)), errors.IMAGE_BLANK),
        (lambda i: i.resize((300, 300)), errors.IMAGE_TOO_SMALL),
    ],
)
@pytest.mark.parametrize("modality", [FACE, LEFT])
def test_a_spoilt_image_is_refused_with_its_remedy(modality, spoil, error):
    assert fault(spoil(picture(modality)), modality) is error


def test_an_eye_without_a_pupil_is_refused():
    noise = np.random.default_rng(1).normal(150, 35, (480, 640)).clip(0, 255).astype(np.uint8)
    assert fault(Image.fromarray(noise).convert("RGB"), LEFT) is errors.PUPIL_NOT_SEEN


@pytest.mark.parametrize("size", [(9000, 400), (480, 40_000), (480, 961)])
def test_a_strip_is_refused_before_it_is_measured(size):
    assert fault(Image.new("RGB", size)) is errors.IMAGE_TOO_NARROW


@pytest.mark.parametrize(
    "content",
    [b"not an image", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, b"\xff\xd8\xff\xe0", b"%PDF-1.7", b"<svg/>"],
    ids=["text", "png", "jpeg", "pdf", "svg"],
)
def test_what_is_not_an_image_is_refused(content):
    assert unreadable(content) is errors.IMAGE_UNREADABLE


def test_a_cut_file_is_refused():
    whole = samples.draw(1, LEFT)
    assert unreadable(whole[: len(whole) // 2]) is errors.IMAGE_UNREADABLE


def test_other_formats_are_refused():
    assert unreadable(as_file(picture(), "GIF")) is errors.IMAGE_UNREADABLE


def test_an_empty_and_a_heavy_file_are_refused():
    assert unreadable(b"") is errors.IMAGE_EMPTY
    assert unreadable(b"\0" * (5 * 1024 * 1024 + 1)) is errors.IMAGE_TOO_HEAVY


def png_claiming(width, height):
    """Return a small PNG file whose header claims a huge image."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("side", [5_001, 10_000, 60_000])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(side):
    assert unreadable(png_claiming(side, side)) is errors.IMAGE_TOO_LARGE


def test_metadata_is_not_kept():
    exif = Image.Exif()
    exif[0x010E] = "Fatima Cherkaoui, 12 rue X"
    sent = as_file(picture(), "JPEG", exif=exif)
    kept = opened(sent).kept
    assert (b"Cherkaoui" in sent, b"Cherkaoui" in kept, kept[:3]) == (True, False, b"\xff\xd8\xff")


def test_a_turned_photograph_is_put_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = opened(as_file(picture(), "JPEG", exif=exif))
    assert (turned.width, turned.height) == (640, 480)


def test_a_large_face_is_kept_smaller_and_an_iris_without_loss():
    kept = opened(as_file(picture().resize((2400, 3200)))).kept
    assert Image.open(io.BytesIO(kept)).size == (1200, 1600)
    eye = opened(samples.draw(1, LEFT), LEFT).kept
    assert Image.open(io.BytesIO(eye)).tobytes() == picture(LEFT).convert("L").tobytes()


def test_the_digest_sees_pixels_and_nothing_else():
    eye = opened(samples.draw(1, LEFT), LEFT).digest
    again = opened(as_file(picture(LEFT), compress_level=1), LEFT).digest
    assert eye == again != opened(samples.draw(2, LEFT), LEFT).digest


@pytest.mark.parametrize(
    ("birth", "needed"),
    [
        ("2021-11-22", 3),
        ("2021-11-23", 0),
        ("2025", 0),
        ("1960", 3),
        ("2021", 3),
        ("2022", 0),
        ("2026-11-01", 0),
    ],
)
def test_pictures_are_asked_from_the_age_of_five(birth, needed):
    assert len(needed_modalities(PartialDate.parse(birth), DAY)) == needed


def test_an_exception_stands_for_a_capture():
    birth = PartialDate(1960)
    assert missing_modalities(birth, DAY, [FACE], []) == (LEFT, RIGHT)
    assert missing_modalities(birth, DAY, [FACE, LEFT], [RIGHT]) == ()
