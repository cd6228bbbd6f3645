"""The process around an image of a face or an iris: the web process decodes nothing, whatever was sent."""

import datetime as dt
import io
import resource
import sys

import pytest
from PIL import Image

from sijil.domains.biometrics import errors, opening, samples, services
from sijil.domains.biometrics.types import Modality
from sijil.kernel import child as children
from sijil.kernel.child import shut_in
from sijil.kernel.errors import Refused

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
FACE = Modality.FACE
SENT = samples.draw(1, FACE)


def refusal(content, modality=FACE):
    with pytest.raises(Refused) as refused:
        services.judge_capture(modality=modality, content=content, now=NOW)
    assert refused.value.field == "image"
    return refused.value.error


def spent(who):
    used = resource.getrusage(who)
    return used.ru_utime + used.ru_stime


def heavy(side, mode="RGB"):
    """Return a picture that is small as a file and large as pixels."""
    out = io.BytesIO()
    Image.new(mode, (side, side), 0).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("modality", Modality)
def test_the_child_gives_what_is_opened(modality):
    content = samples.draw(3, modality)
    asked = opening.child.Asked(modality.value, 25_000_000, 1600, 2)
    here = opening.read_answer(opening.child.opened(content, asked))
    judged = services.judge_capture(modality=modality, content=content, now=NOW)
    assert judged.image == here
    assert judged.quality["unified"] >= 20


def test_nothing_is_decoded_in_the_process_that_asks(monkeypatch):
    def never(*args, **kwargs):
        raise AssertionError("decoded here")

    monkeypatch.setattr(Image, "open", never)
    monkeypatch.setattr(Image.Image, "load", never)
    assert services.judge_capture(modality=FACE, content=SENT, now=NOW).image.width == 480


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (heavy(5000), errors.IMAGE_BLANK),
        (heavy(5001, "1"), errors.IMAGE_TOO_LARGE),
        (SENT[:4000], errors.IMAGE_UNREADABLE),
    ],
    ids=["25 million pixels", "one more row", "cut"],
)
def test_a_hostile_picture_costs_the_child(content, error):
    services.judge_capture(modality=FACE, content=SENT, now=NOW)  # warm: what is read once
    here, there = spent(resource.RUSAGE_SELF), spent(resource.RUSAGE_CHILDREN)
    assert refusal(content) is error
    assert spent(resource.RUSAGE_SELF) - here < 0.15
    assert spent(resource.RUSAGE_CHILDREN) - there < shut_in.PROCESSOR_SECONDS + 1


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise MemoryError",
        "print('opened 480 640 x 640')",
        "print('refused something_else')",
        "import time; time.sleep(60)",
    ],
    ids=["killed", "failed", "lies", "unknown word", "late"],
)
def test_a_child_that_does_not_answer_is_a_refusal(monkeypatch, program):
    monkeypatch.setattr(children, "PATIENCE", 1.0)
    monkeypatch.setattr(children, "command", lambda child: (sys.executable, "-I", "-c", program))
    assert refusal(SENT) is errors.IMAGE_TOO_HARD


def test_a_child_that_says_less_than_it_promised_is_a_refusal(monkeypatch):
    program = "print('opened 480 640 ' + 'a' * 64 + ' 640')"
    monkeypatch.setattr(children, "command", lambda child: (sys.executable, "-I", "-c", program))
    assert refusal(SENT) is errors.IMAGE_TOO_HARD
