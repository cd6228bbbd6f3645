"""What is spoken with clamd: clean, a virus with its name, and everything that is no answer."""

import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from sijil.domains.documents.adapters import ScanFailed, clamd
from sijil.domains.documents.adapters.clamd import ClamdScanner
from sijil.domains.documents.adapters.demo import OWN, DemoScanner
from sijil.domains.documents.tests import scanners
from sijil.kernel import adapters
from sijil.kernel.adapters import AdapterUnfit

PAPER = b"a paper" * 50_000


@pytest.fixture(params=["tcp", "unix"])
def server(request, monkeypatch):
    with tempfile.TemporaryDirectory() as folder:  # the path of a socket is short
        path = Path(folder) / "c" if request.param == "unix" else ""
        with scanners.clamd(path) as running:
            port = running.server_address[1] if not path else ""
            monkeypatch.setattr(settings.ENV, "clamd", str(path) or f"127.0.0.1:{port}")
            yield running
            running.over.set()


def test_clean_infected_and_alive(server):
    assert ClamdScanner().find_virus(PAPER) == ""
    assert ClamdScanner().find_virus(PAPER + OWN + PAPER) == "Sijil.Test.Own"
    assert server.scanned == [PAPER, PAPER + OWN + PAPER]
    assert ClamdScanner.find_silence() == ""


@pytest.mark.parametrize(
    "told",
    [
        b"stream: OK",  # half an answer, then the end
        b"stream: Sijil.Te",
        b"\0",
        b"OK\0",
        b"FOUND\0",
        b"stream: NOT OK\0",
        b"UNKNOWN COMMAND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"x" * 9000,
    ],
)
def test_what_is_no_answer_is_no_verdict(server, told):
    server.told = told
    with pytest.raises(ScanFailed):
        ClamdScanner().find_virus(PAPER)


def test_a_name_is_whatever_the_signature_is_called(server):
    server.told = b"stream: OK FOUND\0"
    assert ClamdScanner().find_virus(PAPER) == "OK"
    server.told = b"stream:  FOUND\0"
    assert ClamdScanner().find_virus(PAPER) == "unnamed"


def test_a_file_that_is_longer_than_clamd_takes_is_not_scanned(server):
    server.most = 100_000
    with pytest.raises(ScanFailed, match="clamd: "):
        ClamdScanner().find_virus(bytes(2_000_000))


def test_a_frozen_scanner_is_left_at_the_deadline(server, monkeypatch):
    server.is_frozen = True
    monkeypatch.setattr(clamd, "SCAN_SECONDS", 0.1)
    monkeypatch.setattr(clamd, "PING_SECONDS", 0.1)
    with pytest.raises(ScanFailed, match="TimeoutError"):
        ClamdScanner().find_virus(PAPER)
    assert "no clamd answers there" in ClamdScanner.find_silence()


class Dripping:
    """A connection that gives one letter at a time; each takes three seconds of its own clock."""

    def __init__(self, clock):
        self.clock, self.waits = clock, []

    def settimeout(self, seconds):
        self.waits.append(seconds)

    def recv(self, size):
        self.clock.append(self.clock[-1] + 3)
        return b"x"


def test_a_scanner_that_drips_has_one_deadline_for_all_of_its_answer(monkeypatch):
    moments = [0]
    monkeypatch.setattr(clamd.time, "monotonic", lambda: moments[-1])
    slow = Dripping(moments)
    with pytest.raises(TimeoutError):
        clamd._Line(slow, 10).read()
    assert slow.waits == [10, 7, 4, 1]


def test_nobody_there(monkeypatch):
    for where in ("127.0.0.1:1", "/no/such/socket"):
        monkeypatch.setattr(settings.ENV, "clamd", where)
        ClamdScanner.check()
        assert where in ClamdScanner.find_silence()
        with pytest.raises(ScanFailed, match="clamd: "):
            ClamdScanner().find_virus(PAPER)


@pytest.mark.parametrize("where", ["", "clamd", "host:", ":3310", "host:99999", "run/clamd.ctl"])
def test_a_place_that_is_none_stops_the_start(monkeypatch, where):
    monkeypatch.setattr(settings.ENV, "clamd", where)
    with pytest.raises(AdapterUnfit, match="SIJIL_CLAMD="):
        ClamdScanner.check()


def test_health_names_a_scanner_that_is_silent_and_the_start_does_not_wait_for_it(monkeypatch):
    monkeypatch.setattr(settings.ENV, "virus_scan", "clamd")
    monkeypatch.setattr(settings.ENV, "clamd", "127.0.0.1:1")
    assert adapters.list_unfit() == []
    assert [line for line in adapters.list_silent() if "SIJIL_CLAMD=127.0.0.1:1" in line]


def test_the_twin_says_what_it_is_and_knows_its_signatures_alone():
    assert DemoScanner.is_twin
    assert DemoScanner().find_virus(PAPER) == ""
    assert DemoScanner().find_virus(PAPER + OWN) == "Sijil.Test.Own"
