"""Who reads all opens every page of the back office and every reading of its API, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from tests.journeys import small_country
from tests.journeys.small_country import SmallCountry
from tests.journeys.test_acts_of_pages import (
    Address,
    database,
    operations,
    pages,
    send,
    undone,
    world,
)

from sijil.domains.audit.models import AuditEntry
from sijil.kernel.acts import declared

__all__ = ["database", "world"]
pytestmark = pytest.mark.usefixtures("database")

AUDITOR = next(one for one in small_country.readers() if one.name == "auditor")
OFFICE = [one for one in pages() if one.pattern.startswith("/backoffice/")]
STAFF_API = [
    one
    for one in operations()
    if one.pattern.startswith(("/v1/adjudication", "/v1/appeals", "/v1/lists", "/v1/programmes/{code}"))
]
# Pages that only lead on: to the page where the reader's work begins, or back to the first of several steps.
LEADS_ON = {
    "backoffice-home": "/backoffice/late/",
    "backoffice-staff-link": "/backoffice/staff/",
    "backoffice-staff-area": "/backoffice/staff/new/",
    "backoffice-staff-person": "/backoffice/staff/new/area/",
    "backoffice-staff-check": "/backoffice/staff/new/person/",
}
ONLY_SENT = {
    "backoffice-centres-import", "backoffice-decide", "backoffice-receive-asked", "backoffice-list-check",
    "backoffice-message-recipient", "backoffice-message-again", "backoffice-answer-appeal",
}  # fmt: skip


def paths(world: SmallCountry, addresses: list[Address], method: str) -> Any:
    """Give every path with its address. The pictures are those of the other file of the case."""
    for address in addresses:
        if method in address.methods:
            for path, given in address.filled(world.samples):
                yield address, path, given


def test_every_page_of_the_back_office_opens(world: SmallCountry) -> None:
    wrong = {}
    for address, path, given in paths(world, OFFICE, "GET"):
        if address.name in ONLY_SENT or given.get("code") == small_country.CENTRE:
            continue
        with undone():
            answer = send(world, AUDITOR, address, "GET", path)
        wanted = LEADS_ON.get(address.name)
        if answer.get("Location") != wanted or answer.status_code != (302 if wanted else 200):
            wrong[path] = (answer.status_code, answer.get("Location"))
    gone = {f"/backoffice/households/{number}/" for number in world.samples["number"]}  # none is set aside
    gone |= {f"/backoffice/messages/{key}/" for key in world.samples["message_id"]}
    assert wrong.keys() <= gone, wrong
    assert {place for _, place in wrong.values()} <= {"/backoffice/households/", None}


def test_nothing_is_sent_by_an_auditor(world: SmallCountry) -> None:
    found = {}
    for address, path, _ in paths(world, OFFICE, "POST"):
        with undone():
            found[path] = send(world, AUDITOR, address, "POST", path).status_code
    assert set(found.values()) == {403}, found


def test_nor_to_any_other_page_of_staff_or_of_citizens(world: SmallCountry) -> None:
    guarded = [one for one in pages() if one.pattern.startswith(("/counter/", "/my-file/"))]
    assert len(guarded) > 20
    for address, path, _ in paths(world, guarded, "POST"):
        with undone():
            answer = send(world, AUDITOR, address, "POST", path)
        assert answer.status_code == 403, path


def test_what_staff_may_read_by_the_api_is_read_and_nothing_is_sent(world: SmallCountry) -> None:
    read, sent = {}, {}
    for address in STAFF_API:
        for path, given in address.filled(world.samples):
            if given.get("code") == small_country.CENTRE:
                continue
            [method] = address.methods
            with undone():
                status = send(world, AUDITOR, address, method, path).status_code
            (read if method == "GET" else sent)[path] = status
    assert set(read.values()) == {200}, read
    assert set(sent.values()) == {403}, sent


@pytest.mark.parametrize("name", ["backoffice-case", "backoffice-list", "backoffice-staff-account"])
def test_each_reading_is_written_down(world: SmallCountry, name: str) -> None:
    address = next(one for one in OFFICE if one.name == name)
    path, _ = next(address.filled(world.samples))
    readings = [act.code for act in declared().values() if act.reads or act.code.startswith("list.")]
    with undone():
        before = set(AuditEntry.objects.values_list("pk", flat=True))
        assert send(world, AUDITOR, address, "GET", path).status_code == 200
        new = AuditEntry.objects.exclude(pk__in=before).filter(actor_id=AUDITOR.login)
        assert new.exists(), readings
