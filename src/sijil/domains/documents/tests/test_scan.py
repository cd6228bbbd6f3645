"""What is looked at for viruses, and what is not taken."""

import datetime as dt
import logging

import pytest

from sijil.domains.documents import errors, services
from sijil.domains.documents.adapters import SCANNERS, ScanFailed
from sijil.domains.documents.adapters.demo import EICAR
from sijil.domains.documents.tests.papers import picture
from sijil.kernel.adapters import Port
from sijil.kernel.errors import Refused

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def scanner(monkeypatch):
    def use(find):
        class Scanner:
            seen = []

            def find_virus(self, content):
                self.seen.append(content)
                return find(content)

        made = Scanner()
        monkeypatch.setattr(Port, "get", lambda port: made if port is SCANNERS else None)
        return made

    return use


def refusal(contents):
    with pytest.raises(Refused) as refused:
        services.judge(contents, now=NOW)
    return refused.value


def test_a_clean_paper_passes_and_the_test_file_does_not():
    assert [paper.pages for paper in services.judge([picture()], now=NOW)] == [1]
    refused = refusal([picture(), picture() + EICAR])
    assert (refused.error, refused.field) == (errors.FILE_INFECTED, "file")


@pytest.mark.parametrize("fault", [ScanFailed("away"), ValueError("Aicha's file")])
def test_what_could_not_be_scanned_is_not_taken(scanner, caplog, fault):
    scanner(lambda _: (_ for _ in ()).throw(fault))
    with caplog.at_level(logging.WARNING, "sijil.documents"):
        assert refusal([picture()]).error is errors.SCAN_UNAVAILABLE
    assert "Aicha" not in caplog.text


def test_what_is_too_large_for_a_paper_is_refused_without_the_scanner(scanner):
    seen = scanner(lambda _: "").seen
    assert refusal([picture(), b"%PDF-" + bytes(11 * 1024 * 1024)]).error is errors.FILE_TOO_LARGE
    assert seen == []
