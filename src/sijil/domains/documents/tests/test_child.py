"""The process around the drawing: what it costs, what it cannot do, how it ends. Costs: processor seconds."""

import resource
import subprocess
import sys
from itertools import repeat

import pytest

from sijil.domains.documents import drawing, errors
from sijil.domains.documents.drawing import child
from sijil.domains.documents.tests.papers import heic, nested, packed, pdf, picture
from sijil.domains.documents.types import MediaType
from sijil.kernel import child as children
from sijil.kernel.child import shut_in
from sijil.kernel.errors import Refused

MOST = shut_in.PROCESSOR_SECONDS + 1.0  # what is written in C ends with the second


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def refusal(content):
    with pytest.raises(Refused) as refused:
        drawing.draw(content)
    assert refused.value.field == "file"
    return refused.value.error


def black(side, mode):
    return picture("PNG", size=(side, side), mode=mode)


@pytest.mark.parametrize(
    ("content", "media", "pages"),
    [
        (picture(), MediaType.JPEG, 1),
        (picture("PNG"), MediaType.PNG, 1),
        (pdf(pages=2), MediaType.JPEG, 2),
        (heic("photo"), MediaType.JPEG, 1),
    ],
)
def test_the_child_gives_what_is_drawn(content, media, pages):
    kept = drawing.draw(content)
    assert (kept.media_type, kept.pages) == (media, pages)
    assert kept.content == child.draw(content)[2]


@pytest.mark.parametrize(
    ("content", "error", "most"),
    [
        (b"%PDF-1.4 obj " + b"<<" * 8_000 + b" /Type /Page %%EOF", errors.PDF_BROKEN, 1),
        (b"%PDF-1.4 obj " + b"<<" * 2_600_000 + b" /Type /Page %%EOF", errors.PDF_BROKEN, 1),
        (black(6300, "1"), errors.IMAGE_TOO_BIG, 1),
        (black(6300, "RGB"), errors.IMAGE_TOO_BIG, 1),
        (nested(), errors.FILE_TOO_HARD, MOST),
        (pdf(drawn=b"0 0 m 500 800 l s\n" * 10_000_000, pack=packed), errors.FILE_TOO_HARD, MOST),
    ],
    ids=["16 kB of <<", "5 MB of <<", "1 bit", "colours", "forms in forms", "swells"],
)
def test_a_hostile_file_costs_little_and_is_refused(content, error, most):
    before = spent()
    assert refusal(content) is error
    assert spent() - before < most


MEASURED = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(done.returncode)
"""  # a process of its own: what the children of this one used at most is not only the drawing's


def test_a_picture_that_swells_inside_a_pdf_stays_within_the_memory(monkeypatch, tmp_path):
    image = packed(
        90, bytes(200_000_000),
        b"/Type/XObject/Subtype/Image/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceRGB",
    )  # fmt: skip
    content = pdf(page=b"/Resources<</XObject<</I 90 0 R>>>>", drawn=b"595 0 0 842 0 0 cm /I Do", more=image)
    used = tmp_path / "used"
    told = (sys.executable, "-I", "-c", MEASURED, str(used), *children.command(drawing.CHILD))
    monkeypatch.setattr(children, "command", lambda child: told)
    try:
        assert drawing.draw(content).pages == 1
    except Refused as refused:
        assert refused.error is errors.FILE_TOO_HARD  # noqa: PT017  (either way out is right)
    assert int(used.read_text()) * 1024 < shut_in.MEMORY


def run(monkeypatch, program):
    monkeypatch.setattr(children, "command", lambda child: (sys.executable, "-I", "-c", program))


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise MemoryError",
        "print('kept text/html 1')",
        "print('refused something_else')",
        "import time; time.sleep(60)",
    ],
    ids=["killed", "failed", "lies", "unknown word", "late"],
)
def test_a_child_that_does_not_answer_is_a_refusal(monkeypatch, program):
    monkeypatch.setattr(children, "PATIENCE", 1.0)
    run(monkeypatch, program)
    assert refusal(picture()) is errors.FILE_TOO_HARD


FORBIDDEN = {
    "a file": "open('/etc/hostname')",
    "a socket": "__import__('socket').socket()",
    "a process": "__import__('os').posix_spawn('/bin/true', ['true'], {}); open('/dev/null')",
    "memory": "bytes(700 * 1024 * 1024)",
}


@pytest.mark.parametrize("means", ["shut_in", "but_threads"])
@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_child_can_open_nothing(what, means):
    start = f"import sys, socket, os; sys.path[:0] = sys.argv[1:]; import child, shut_in; shut_in.{means}()"
    program = f"{start}\ntry:\n {FORBIDDEN[what]}\nexcept (OSError, MemoryError) as e: print('no')"
    told = list(children.command(drawing.CHILD))
    told[4] = program
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout == "no\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a HEIC picture is refused")
def test_the_decoder_of_heic_has_its_thread_and_no_process():
    """The limit that counts processes does not hold an administrator; the filter does."""
    program = """
import os, subprocess, sys, threading
sys.path[:0] = sys.argv[1:]
import shut_in
shut_in.but_threads()
told = []
one = threading.Thread(target=told.append, args=["thread"])
one.start(), one.join()
for act in (os.fork, lambda: os.execv("/bin/true", ["true"]), lambda: os.kill(os.getppid(), 0)):
    try:
        act()
    except PermissionError:
        told.append("no")
print(*told)
"""
    told = [*children.command(drawing.OF_PHONES)[:4], program, *children.command(drawing.OF_PHONES)[5:]]
    done = subprocess.run(told, capture_output=True, text=True, check=True)
    assert done.stdout == "thread no no no\n"


def test_when_all_are_at_work_the_next_is_told_to_come_again(monkeypatch):
    monkeypatch.setattr(children, "WAIT_FOR_PLACE", 0.01)
    for _ in repeat(None, children.TOGETHER):
        children._places.acquire()
    try:
        assert refusal(picture()) is children.FILES_WAIT
    finally:
        children._places.release(children.TOGETHER)
