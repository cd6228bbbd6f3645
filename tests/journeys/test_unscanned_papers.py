"""A paper that waits for the virus scanner, on its way through the counter."""

import pytest
from django.conf import settings
from tests.journeys.test_person_enrolment import (
    A_PAPER,
    NOW,
    OFFICER,
    _country,  # noqa: F401
    given_a_pre_registration,
    when_captured,
    when_compared,
)

from sijil.domains.documents import services as documents
from sijil.domains.documents.adapters.clamd import ClamdScanner
from sijil.domains.documents.tests import scanners
from sijil.domains.population_register.acts import FILE_READ
from sijil.domains.population_register.queries import get_request
from sijil.journeys import person_enrolment
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db


def test_no_file_is_received_with_it_until_the_scanner_is_back(monkeypatch):
    monkeypatch.setattr(settings.ENV, "virus_scan", "clamd")
    monkeypatch.setattr(settings.ENV, "clamd", "127.0.0.1:1")
    number = given_a_pre_registration()
    keep = {"number": number, "paper": A_PAPER, "actor": OFFICER, "now": NOW}
    with pytest.raises(Refused, match="scan_unavailable"):
        person_enrolment.add_paper(**keep)
    assert person_enrolment.list_papers(number) == []
    monkeypatch.setattr(settings.ENV, "unscanned_papers", "queue")
    paper = person_enrolment.add_paper(**keep)
    when_captured(number, 1)
    when_compared(number)
    request = get_request(number, act=FILE_READ, actor=OFFICER, now=NOW)
    shown = person_enrolment.list_missing_papers(request, now=NOW)
    assert [one.error.code for one in shown] == ["documents.paper_unscanned"]
    for act in (
        lambda: person_enrolment.deposit(number=number, actor=OFFICER, now=NOW),
        lambda: person_enrolment.read_paper(number, paper, actor=OFFICER, now=NOW),
    ):
        with pytest.raises(Refused, match="paper_unscanned"):
            act()
    with scanners.clamd() as server:
        monkeypatch.setattr(settings.ENV, "clamd", f"127.0.0.1:{server.server_address[1]}")
        assert ClamdScanner.find_silence() == ""
        assert documents.scan_waiting(now=NOW) == 1
        assert server.scanned == [A_PAPER.content]
    person_enrolment.deposit(number=number, actor=OFFICER, now=NOW)
