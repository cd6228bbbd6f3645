"""What is looked at for viruses, and what is not taken."""

import datetime as dt
import logging

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from sijil.domains.documents import errors, queries, services
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.adapters import SCANNERS, ScanFailed
from sijil.domains.documents.adapters.demo import EICAR
from sijil.domains.documents.models import Document, UnscannedPaper
from sijil.domains.documents.tests.papers import picture
from sijil.domains.documents.types import Scanning
from sijil.kernel.actors import PUBLIC
from sijil.kernel.adapters import Port
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
OWNER = "request:K7QD4M2X9T"


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


def failing(fault):
    def find(_):
        raise fault

    return find


@pytest.mark.parametrize("fault", [ScanFailed("away"), ValueError("Aicha's file")])
def test_what_could_not_be_scanned_is_not_taken(scanner, caplog, fault):
    scanner(failing(fault))
    with caplog.at_level(logging.WARNING, "sijil.documents"):
        assert refusal([picture()]).error is errors.SCAN_UNAVAILABLE
    assert "Aicha" not in caplog.text
    assert not Document.objects.exists()


def test_a_virus_is_logged_by_its_name_and_nothing_is_kept(scanner, caplog):
    scanner(lambda _: "Evil\nroot: all is well")
    with caplog.at_level(logging.WARNING, "sijil.documents"):
        assert refusal([picture()]).error is errors.FILE_INFECTED
    assert caplog.messages == ["a virus was refused: Evilroot: all is well"]
    assert not Document.objects.exists()


def test_what_is_too_large_for_a_paper_is_refused_without_the_scanner(scanner):
    seen = scanner(lambda _: "").seen
    assert refusal([picture(), b"%PDF-" + bytes(11 * 1024 * 1024)]).error is errors.FILE_TOO_LARGE
    assert seen == []


# --- papers that may wait for the scanner ------------------------------------------------------------------


@pytest.fixture
def waiting(scanner, monkeypatch):
    """A paper that was kept while the scanner was away."""
    monkeypatch.setattr(settings.ENV, "unscanned_papers", "queue")
    scanner(failing(ScanFailed("away")))
    return keep(picture())


def keep(content, at=NOW):
    [paper] = services.judge([content], now=at)
    given = {"owner": OWNER, "kind": "cnie", "filename": "a.jpg", "actor": PUBLIC, "now": at}
    return services.receive(paper=paper, **given)


def opened(document):
    return queries.get_document(document, subject="K7QD4M2X9T", act=PAPER_READ, actor=PUBLIC, now=NOW).content


def test_a_paper_that_waits_is_opened_for_nobody_and_holds_the_file_up(waiting):
    with pytest.raises(Refused, match="paper_unscanned"):
        opened(waiting)
    with pytest.raises(Refused, match="paper_unscanned"):
        services.require_scanned(owner=OWNER)
    assert queries.get_scanning() == Scanning(1, NOW)
    assert services.scan_waiting(now=NOW) == 0  # still away
    assert queries.get_scanning().waiting == 1


def test_the_upload_itself_is_scanned_later_and_a_clean_paper_opens(waiting, scanner):
    seen = scanner(lambda _: "").seen
    assert services.scan_waiting(now=NOW) == 1
    assert seen == [picture()]  # as it came, not as it was drawn
    assert opened(waiting)
    services.require_scanned(owner=OWNER)
    assert not UnscannedPaper.objects.exists()


def test_of_a_virus_found_later_nothing_of_the_upload_is_kept_and_the_paper_stays_closed(
    waiting, scanner, caplog
):
    scanner(lambda _: "Evil")
    with caplog.at_level(logging.WARNING, "sijil.documents"):
        assert services.scan_waiting(now=NOW) == 1
    assert "Evil" in caplog.text
    assert [(bytes(row.sealed), row.virus) for row in UnscannedPaper.objects.all()] == [(b"", "Evil")]
    for refused in (lambda: opened(waiting), lambda: services.require_scanned(owner=OWNER)):
        with pytest.raises(Refused, match="paper_infected"):
            refused()
    assert services.scan_waiting(now=NOW) == 0
    scanner(lambda _: "")
    keep(picture(size=(700, 420)), at=NOW + dt.timedelta(minutes=1))  # given again
    services.require_scanned(owner=OWNER)


def test_a_paper_that_waits_may_be_taken_back(waiting):
    services.remove(waiting, owner=OWNER, actor=PUBLIC, now=NOW)
    assert queries.get_scanning().waiting == 0


def test_a_known_virus_never_waits(waiting, scanner):
    scanner(lambda content: "Evil")
    assert refusal([picture(size=(700, 420))]).error is errors.FILE_INFECTED


def test_the_database_keeps_no_upload_with_a_virus(waiting):
    with pytest.raises(IntegrityError, match="keeps_no_virus"), transaction.atomic():
        UnscannedPaper.objects.update(virus="Evil")
