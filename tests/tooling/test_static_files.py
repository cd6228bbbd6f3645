"""Static files: made once for what the sources are, whole or not at all, and served for a slow line."""

import contextlib
import gzip
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.templatetags.static import static
from pytest_django.live_server_helper import LiveServer

from sijil.processes import static_files

PAGES = Path(settings.SOURCE) / "pages/static/pages"


def files(root):
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def named(found, pattern):
    return next(name for name in found if re.fullmatch(pattern, name))


def test_a_collection_is_joined_minified_and_named_by_its_content(tmp_path):
    static_files.collect(tmp_path / "static" / "a")
    found = files(tmp_path / "static" / "a")
    sheet = found[named(found, r"pages/sijil\.\w{12}\.css")].decode()
    assert "@import" not in sheet
    assert "\n" not in sheet
    assert len(sheet) > 15_000
    for address in set(re.findall(r'url\("([^"]+)"\)', sheet)):
        assert re.search(r"\.\w{12}\.(woff2|svg)$", address)
        assert found[f"pages/{address}"]
    assert 0 < len(found[named(found, r"pages/sijil\.\w{12}\.js")]) < (PAGES / "sijil.js").stat().st_size
    assert not [name for name in found if "sheets/" in name]


def test_every_part_of_the_sheet_is_joined():
    named_in_sheet = re.findall(r"sheets/\w+\.css", (PAGES / "sijil.css").read_text())
    assert sorted(named_in_sheet) == sorted(f"sheets/{p.name}" for p in (PAGES / "sheets").iterdir())


def test_two_starts_at_once_make_one_collection(tmp_path, monkeypatch):
    made, fill = [], static_files._fill
    monkeypatch.setattr(static_files, "_fill", lambda draft: (made.append(draft), fill(draft)))
    root = tmp_path / "static" / "a"
    threads = [threading.Thread(target=static_files.collect, args=(root,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert "staticfiles.json" in files(root)


KILLED = """
import os, signal, sys
from pathlib import Path
import django
django.setup()
from sijil.processes import static_files

def half(draft):
    (draft / "pages").mkdir(parents=True)
    (draft / "pages" / "half.css").write_text("a{")
    os.kill(os.getpid(), signal.SIGKILL)

static_files._fill = half
static_files.collect(Path(sys.argv[1]))
"""


def test_a_collection_killed_half_way_is_never_served_and_made_anew(tmp_path):
    root = tmp_path / "static" / "a"
    environ = os.environ | {"PYTHONPATH": str(settings.SOURCE.parent)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(root)], env=environ, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert not root.exists()
    static_files.collect(root)
    assert "pages/half.css" not in files(root)
    assert "staticfiles.json" in files(root)


def test_what_is_there_is_left_and_the_one_before_is_kept(tmp_path):
    for name in "abc":
        static_files.collect(tmp_path / name)
    (tmp_path / "c" / "mark").touch()
    static_files.collect(tmp_path / "c")
    assert (tmp_path / "c" / "mark").exists()
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["b", "c"]


def test_new_code_has_another_collection(tmp_path):
    sheet = tmp_path / "pages/static/pages/sijil.css"
    sheet.parent.mkdir(parents=True)
    sheet.write_text("a{color:red}")
    before = static_files.mark(tmp_path)
    assert static_files.mark(tmp_path) == before
    sheet.write_text("a{color:tan}")
    assert static_files.mark(tmp_path) != before
    assert settings.STATIC_ROOT.name == static_files.mark(settings.SOURCE)


def test_no_file_is_served_that_the_mark_does_not_know():
    served = [Path(source.path(name)) for finder in get_finders() for name, source in finder.list([])]
    assert {path.relative_to(settings.SOURCE).parts[1] for path in served} == {"static"}


@pytest.fixture(scope="module")
def ask(django_db_setup, django_db_blocker):
    """Return a function that asks a real server: path, what compression is accepted."""
    with django_db_blocker.unblock():
        server = LiveServer("127.0.0.1", start=False)
        server.thread.static_handler = lambda application: application
        server.start()

    def asked(path, accepts=""):
        connection = http.client.HTTPConnection(server.thread.host, server.thread.port, timeout=20)
        connection.request("GET", path, headers={"Accept-Encoding": accepts} if accepts else {})
        with contextlib.closing(connection):
            answer = connection.getresponse()
            return answer, answer.read()

    yield asked
    server.stop()


@pytest.mark.parametrize("name", ["pages/sijil.css", "pages/sijil.js", "portal/household.css"])
def test_a_file_is_sent_compressed_and_for_ever(ask, name):
    answer, body = ask(static(name), "gzip")
    plain, whole = ask(static(name))
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert "immutable" in answer.headers["Cache-Control"]
    assert int(re.search(r"max-age=(\d+)", answer.headers["Cache-Control"])[1]) > 365 * 86400
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert (plain.status, plain.headers["Content-Encoding"]) == (200, None)
    assert gzip.decompress(body) == whole


def test_a_font_is_sent_for_ever_and_not_compressed_again(ask):
    answer, body = ask(static("pages/fonts/plex-arabic-400.woff2"), "gzip")
    assert (answer.status, answer.headers["Content-Encoding"], body[:4]) == (200, None, b"wOF2")
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_plain_name_is_asked_for_again_soon(ask):
    """The page of an error of ours names its sheet itself."""
    answer, _ = ask("/static/pages/sijil.css", "gzip")
    assert (answer.status, "immutable" in answer.headers["Cache-Control"]) == (200, False)


def test_a_page_is_sent_compressed_to_who_accepts_it(ask):
    answer, body = ask("/accessibility/", "gzip, br")
    plain, whole = ask("/accessibility/")
    assert (answer.headers["Content-Encoding"], plain.headers["Content-Encoding"]) == ("gzip", None)
    assert gzip.decompress(body) == whole
    assert len(body) < len(whole) * 2 / 3
    assert static("pages/sijil.css") in whole.decode()


def test_the_description_of_the_api_is_sent_compressed(ask):
    answer, body = ask("/v1/openapi.json", "gzip")
    assert (answer.status, answer.headers["Content-Encoding"]) == (200, "gzip")
    assert len(body) < 25_000


def test_a_form_shows_another_token_at_each_answer(ask):
    shown = [re.search(rb'csrfmiddlewaretoken" value="(\w+)"', ask("/sign-in/")[1])[1] for _ in range(2)]
    assert shown[0] != shown[1]
