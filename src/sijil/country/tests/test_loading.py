"""The country is written through the registers; a stopped load goes on; nothing is written twice."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.db import connection
from django.urls import resolve

from sijil.country import accounts, country, loading, stories
from sijil.country.generator import CHUNK
from sijil.country.tests.conftest import NOW
from sijil.domains.accounts import services as sign_in
from sijil.domains.appointments import services as appointments
from sijil.domains.geography import services as geography
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.acts import AGES_READ
from sijil.domains.scoring import queries as scoring
from sijil.domains.verification import queries as verification
from sijil.kernel.ids import is_idcs

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def reference() -> None:
    geography.load_reference(NOW)
    appointments.load_centres(now=NOW)


def load(households: int) -> loading.Loaded:
    return loading.load_country(
        country.make_country(NOW), households=households, now=NOW, progress=lambda *_: None
    )


def test_in_is_done_plus_refused() -> None:
    report = load(CHUNK + 10)
    assert report.households == CHUNK + 10 == report.scored + report.quarantined + report.refused
    assert population.count_persons() == report.persons


def test_a_second_load_does_nothing() -> None:
    load(CHUNK)
    again = load(CHUNK)
    assert (again.households, again.kept) == (0, CHUNK)


def test_a_stopped_load_goes_on() -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loading.load_country(country.make_country(NOW), households=2 * CHUNK, now=NOW, progress=stop)
    rest = load(2 * CHUNK)
    assert (rest.kept, rest.households) == (CHUNK, CHUNK)


def test_a_loaded_person_is_known_everywhere() -> None:
    load(5)
    home = country.make_country(NOW).chunk(0)[0]
    person = home.persons[0]
    with population.Run(AGES_READ, actor=loading.DEMO, selection="one person", now=NOW) as run:
        assert run.identities([person.id]) == {person.id: person.identity}
    assert verification.is_match(person.idcs, person.identity.birth, person.identity.sex.value)
    assert scoring.get_current_score(home.loaded.code).size == len(home.persons)


def test_no_identity_is_written_in_clear() -> None:
    load(5)
    identity = country.make_country(NOW).chunk(0)[0].persons[0].identity
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(p::text, ' ') FROM population_register_person p")
        dump = cursor.fetchone()[0]
    for secret in (identity.last_name_ar, identity.first_name_fr, str(identity.birth)):
        assert secret not in dump
        assert secret.encode().hex() not in dump


def test_the_people_of_the_stories_are_registered_once() -> None:
    assert stories.load_stories(now=NOW).persons == 13
    assert stories.load_stories(now=NOW).persons == 0
    khadija = stories.story_persons()["khadija"]
    assert verification.is_match(khadija.idcs, khadija.identity.birth, "F")


def test_the_story_household_is_between_the_two_thresholds() -> None:
    stories.load_stories(now=NOW)
    score = scoring.get_current_score("98424753264")
    assert str(score.points) == "9.4219895"


def test_people_wait_at_the_counter_of_the_story() -> None:
    stories.load_stories(now=NOW)
    centre = stories.read_story("centres")["story_centre"]
    found = population.find_requests("+212600100011")
    assert [(request.centre_code, request.state) for request in found] == [(centre, "pre_registered")]


def test_every_idcs_of_the_stories_is_one() -> None:
    people = stories.story_persons().values()
    assert all(is_idcs(p.idcs) for p in people)
    assert len({p.idcs for p in people}) == 13


def test_the_accounts_are_ready_and_their_passwords_private(tmp_path: Path) -> None:
    stories.load_stories(now=NOW)
    accounts.open_accounts(tmp_path, now=NOW)
    mode = (tmp_path / accounts.FILE).stat().st_mode
    assert stat.S_IMODE(mode) == 0o600
    kept = accounts.read_secrets(tmp_path)
    staff = ("officer.agdal", "adjudicator.1", "adjudicator.2", "manager", "administrator")
    staff += ("administrator.2", "auditor")
    for login in (*staff, "9707756984", "4351920833"):
        key = population.find_key(login) if login.isdecimal() else login
        assert sign_in.sign_in(login=key, password=kept[login], now=NOW).login == key


def test_a_second_start_keeps_the_passwords(tmp_path: Path) -> None:
    stories.load_stories(now=NOW)
    accounts.open_accounts(tmp_path, now=NOW)
    before = accounts.read_secrets(tmp_path)
    accounts.open_accounts(tmp_path, now=NOW)
    assert accounts.read_secrets(tmp_path) == before


def test_a_lost_file_gives_new_passwords(tmp_path: Path) -> None:
    stories.load_stories(now=NOW)
    accounts.open_accounts(tmp_path, now=NOW)
    before = accounts.read_secrets(tmp_path)
    (tmp_path / accounts.FILE).unlink()
    accounts.open_accounts(tmp_path, now=NOW)
    after = accounts.read_secrets(tmp_path)
    assert after.keys() == before.keys()
    assert not set(after.values()) & {v for k, v in before.items() if not k.endswith(" client")}
    key = population.find_key("9707756984")
    assert sign_in.sign_in(login=key, password=after["9707756984"], now=NOW).login == key


def test_the_table_names_everybody_needed_to_try(tmp_path: Path) -> None:
    rows = accounts.ready_accounts(tmp_path)
    assert {"Officer of the centre", "First adjudicator", "Programme manager"} <= {row[0] for row in rows}
    assert any("born 12 April 1988, Female" in row[3] for row in rows)
    assert any("client" in row[2] or row[2] == "?" for row in rows if row[0].startswith("Partner"))


def test_the_table_in_arabic_has_no_latin_comma_and_no_bare_code(tmp_path: Path) -> None:
    rows = accounts.ready_accounts(tmp_path, language="ar")
    people = [row[3] for row in rows if "تاريخ الازدياد" in row[3]]
    assert people
    assert all("، أنثى" in words or "، ذكر" in words for words in people)
    assert not any("," in words for words in people)


def test_every_address_of_the_table_exists(tmp_path: Path) -> None:
    for _, page, _, _ in accounts.ready_accounts(tmp_path):
        if page.startswith("/"):
            resolve(page)
