"""An officer's program reads and corrects a registered person; what is answered with a success was done."""

import datetime as dt
import json

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.token import create_token
from sijil.domains.audit.queries import list_entries
from sijil.domains.geography import services as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register.acts import IDENTITY_READ
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER, known
from sijil.kernel.ids import draw_idcs

pytestmark = pytest.mark.django_db
CORRECTIONS, READINGS = "/v1/persons/corrections", "/v1/persons/readings"
CLOCK = {"now": NOW}


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: CLOCK["now"])
    geography.load_reference(now=NOW)


def caller(login="officer-1", role="csc_officer", area="04.421.01.0"):
    facts = {"kind": "staff", "roles": [role], "created_at": NOW, "password": "!", "area": area}
    centre = CENTRE if role == "csc_officer" else ""
    account = get_user_model().objects.create(login=login, centre_code=centre, **facts)
    token = create_token(account=show_account(account), now=CLOCK["now"]).token
    return Client(headers={"authorization": f"Bearer {token}"})


@pytest.fixture
def officer(db):
    return caller()


@pytest.fixture
def fatima(db):
    return known(FATIMA, NOW)


def send(client, path, **body):
    answer = client.post(path, json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def correct(client, idcs, changes, **more):
    return send(client, CORRECTIONS, idcs=idcs, changes=changes, **{"reason": "written_wrongly"} | more)


def current(person):
    return queries.get_person(person.key, act=IDENTITY_READ, actor=OFFICER, now=NOW).identity


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"phone": "06 12 00 00 00"}, {"phone": "+212612000000"}),
        ({"street": " 3,  rue Neuve "}, {"street": "3, rue Neuve"}),
        ({"commune_code": "01.051.01.01"}, {"commune_code": "01.051.01.01"}),
        ({"nationality": "resident_foreigner"}, {"nationality": "resident_foreigner"}),
        ({"email": "", "phone": ""}, {"email": "", "phone": ""}),
    ],
)
def test_what_is_answered_was_done(officer, fatima, changes, kept):
    """P09: phone, address, commune and nationality of somebody registered."""
    status, said = correct(officer, fatima, changes)
    assert (status, said) == (200, {"fields": sorted(changes), "since": "2026-11-22", "version": 2})
    assert current(fatima).as_json() == FATIMA.as_json() | kept


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({}, "population_register.nothing_changes", None),
        ({"phone": FATIMA.phone}, "population_register.nothing_changes", "phone"),
        ({"telephone": "0612000000"}, "population_register.field_unknown", "telephone"),
        ({"idcs": "5586874851"}, "population_register.field_stays", "idcs"),
        ({"birth": "1990"}, "population_register.paper_needed", "paper"),
        ({"commune_code": "99.999"}, "geography.place_unknown", "commune_code"),
    ],
)
def test_what_is_not_done_is_refused_with_its_field_and_what_to_do(officer, fatima, changes, code, field):
    status, problem = correct(officer, fatima, changes)
    assert status in (404, 409, 422)
    named = [error["field"] for error in problem.get("errors", ())]
    assert (problem["code"], named) == (code, [field] if field else [])
    assert problem["detail"]
    assert current(fatima) == FATIMA


def test_a_body_with_more_than_is_asked_is_refused(officer, fatima):
    status, _ = correct(officer, fatima, {"phone": "0612000000"}, phone="0612000000")
    assert (status, current(fatima)) == (422, FATIMA)


@pytest.mark.parametrize("path", [CORRECTIONS, READINGS])
def test_a_number_that_nobody_has(officer, path):
    more = {"changes": {"phone": "0612000000"}, "reason": "contact_changed"} if path == CORRECTIONS else {}
    status, problem = send(officer, path, idcs=draw_idcs(), **more)
    assert (status, problem["code"]) == (404, "population_register.unknown_person")


@pytest.mark.parametrize(
    "who",
    [{"area": "06.141.01.0"}, {"role": "auditor", "area": "country"}, {"role": "administrator"}],
    ids=lambda who: who.get("role", "of another area"),
)
def test_who_is_no_officer_of_the_area_neither_reads_nor_corrects(fatima, who):
    stranger = caller("stranger", **who)
    assert correct(stranger, fatima, {"phone": "0612000000"})[0] == 403
    assert send(stranger, READINGS, idcs=fatima)[0] == 403
    assert current(fatima) == FATIMA


def test_an_officer_reads_a_person_as_on_a_day_and_the_person_reads_who_did(fatima, monkeypatch):
    monkeypatch.setitem(CLOCK, "now", NOW + dt.timedelta(days=30))
    officer = caller()
    move = {"reason": "moved", "since": "2026-12-01"}
    assert correct(officer, fatima, {"street": "3, rue Neuve"}, **move)[0] == 200

    def address(**asked):
        return send(officer, READINGS, idcs=fatima, **asked)[1]["then"]["identity"]["street"]

    assert address() == address(on="2026-12-01") == "3, rue Neuve"
    assert address(on="2026-11-30") == address(known_at="2026-12-02T00:00:00Z") == FATIMA.value("street")
    _, history = send(officer, READINGS, idcs=fatima, on="2026-11-21")
    assert history["then"] is None
    found = [(v["version"], v["valid_from"], v["reason"], v["actor_id"]) for v in history["versions"]]
    assert found == [(1, "2026-11-22", "registered", "matcher"), (2, "2026-12-01", "moved", "officer-1")]
    acts = [e.action for e in list_entries(fatima.key)]
    assert sorted(set(acts)) == ["person.identity_changed", "person.identity_read"]
