"""A programme is given its list with the members of each household; each of them can read that it was."""

from __future__ import annotations

import csv
import io

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from tests.journeys import publishing
from tests.journeys.household import CHILDREN, NOW, Family, fill, send, settle, sign_in, text

from sijil.domains.accounts.services import create_staff
from sijil.domains.audit.models import AuditEntry
from sijil.domains.social_register.models import Household, Member
from sijil.journeys import programme_members
from sijil.kernel.actors import officer, system
from sijil.pages import clock

pytestmark = pytest.mark.django_db
MANAGER = officer("manager.asd", roles=["programme_manager"])


@pytest.fixture
def family(monkeypatch: pytest.MonkeyPatch) -> Family:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    family = settle()
    client = sign_in(family.head)
    client.post("/my-file/household/start/")
    fill(client, family)
    send(client)
    return family


@pytest.fixture
def published(family: Family) -> str:
    return publishing.publish(programme="asd", actor=system("test"), now=NOW).id


def read(list_id: str) -> list[dict[str, str]]:
    _, pieces = programme_members.download_members(list_id=list_id, actor=MANAGER, now=NOW)
    return list(csv.DictReader(io.StringIO(b"".join(pieces).decode())))


def entries() -> list[str]:
    return sorted(AuditEntry.objects.filter(action="list.members_shown").values_list("subject", flat=True))


def test_each_member_is_a_line_the_head_first_and_the_last_line_counts(published: str, family: Family):
    *lines, last = read(published)
    assert lines[0]["idcs"] == family.head
    assert sorted(line["idcs"] for line in lines) == sorted(family.all)
    assert {line["rank"] for line in lines} == {"1"}
    assert {line["household_code"] for line in lines} == {Household.objects.get().code}
    assert lines[0]["relation"] == "head"
    [child] = [line for line in lines if line["idcs"] == family.children[0]]
    assert (child["first_name_ar"], child["birth_date"]) == (
        CHILDREN[0].first_name_ar, str(CHILDREN[0].birth),
    )  # fmt: skip
    assert (last["rank"], last["household_code"], last["score"]) == ("end", "1", "5")


def test_each_person_named_has_an_entry_and_reads_it(published: str, family: Family):
    read(published)
    assert entries() == sorted(person.key for person in family.all)
    page = text(sign_in(family.wife, "fr").get("/my-file/consultations/"))
    assert "A téléchargé la liste d’un programme avec les noms des membres de votre ménage." in page


def test_the_entry_is_written_before_the_lines_are_given(published: str):
    _, pieces = programme_members.download_members(list_id=published, actor=MANAGER, now=NOW)
    assert b"idcs" in next(pieces)
    assert entries() == []
    next(pieces)
    assert len(entries()) == 5


def test_a_household_without_members_now_is_a_line_without_a_person(published: str):
    Member.objects.update(left_on=NOW.date())
    [line, last] = read(published)
    assert (line["rank"], line["idcs"], line["household_state"]) == ("1", "", "active")
    assert (last["household_code"], last["score"]) == ("1", "0")


@pytest.mark.parametrize("at_a_time", [1, 2])
def test_by_pieces_it_is_the_same(published: str, at_a_time: int, monkeypatch: pytest.MonkeyPatch):
    whole = read(published)
    monkeypatch.setattr(programme_members, "AT_A_TIME", at_a_time)
    assert read(published) == whole


@pytest.mark.parametrize(("role", "status"), [("programme_manager", 200), ("csc_officer", 403)])
def test_only_who_manages_programmes_is_given_it(published: str, role: str, status: int):
    centre = "" if role == "programme_manager" else "04.421.01.01"
    password = "a long pass phrase 7"
    create_staff(login="s.one", name="S. One", password=password, roles=[role], centre_code=centre, now=NOW)
    client = Client()
    client.force_login(get_user_model().objects.get(login="s.one"))
    address = f"/backoffice/programmes/lists/{published}/members.csv"
    assert client.get(address).status_code == status
