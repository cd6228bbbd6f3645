"""Correcting a registered person at the counter: found, seen, one thing changed, before and after."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sijil.counter.tests.test_counter import country, sign_in
from sijil.domains.audit.queries import list_entries
from sijil.domains.biometrics.samples import draw
from sijil.domains.documents.queries import list_documents
from sijil.domains.matching.services import index_subject
from sijil.domains.matching.types import Subject
from sijil.domains.population_register import queries
from sijil.domains.population_register.acts import IDENTITY_READ
from sijil.domains.population_register.rules import form_of, matched
from sijil.domains.population_register.tests.samples import FATIMA, NOW, OFFICER, known
from sijil.pages.tests.unscripted import Sheet

__all__ = ["country"]
pytestmark = pytest.mark.django_db
MISTAKE = {"reason": "written_wrongly", "kind": "cnie", "number": "AB123456", "when": "always"}
MOVED = {"reason": "moved", "when": "since", "since": "2027-11-23"}
PAGES = {"person-change": ["names"], "person-evidence": [], "person-check": []}
NAMES = {
    "first_name_ar": "فاطمة", "last_name_ar": "العلوي",
    "first_name_fr": "Fatima", "last_name_fr": "El Alaoui",
}  # fmt: skip


@pytest.fixture
def her():
    number = known(FATIMA, NOW)
    record = queries.get_record(number.key)
    index_subject(Subject(record.id, **matched(FATIMA)), now=NOW)
    return number


@pytest.fixture
def desk(country):
    return officer_of(OFFICER.area, OFFICER.id)


def officer_of(area, login):
    client = sign_in(login, OFFICER.centre, "csc_officer")
    get_user_model().objects.filter(login=login).update(area=area)
    return client


def at(name, *args):
    return reverse(f"counter-{name}", args=args)


def find(client, number):
    return client.post(at("persons"), {"idcs": f"{number[:4]} {number[4:]}"})


def page(client, name, *args):
    answer = client.get(at(name, *args))
    assert answer.status_code == 200, answer.get("Location")
    return answer.content.decode()


def identity(number):
    return queries.get_person(number.key, act=IDENTITY_READ, actor=OFFICER, now=NOW).identity


def change(client, step="names", evidence=MISTAKE, **typed):
    answers = {"names": NAMES}.get(step, {}) | typed
    assert client.post(at("person-change", step), answers)["Location"] == at("person-evidence")
    return client.post(at("person-evidence"), evidence)


def test_a_person_is_found_seen_corrected_and_it_is_written_down(desk, her):
    assert find(desk, her)["Location"] == at("person")
    shown = page(desk, "person")
    assert "العلوي فاطمة" in shown
    assert "Registration" in shown
    assert "AB123456" in shown
    assert change(desk, last_name_fr="Bennani")["Location"] == at("person-check")
    before_and_after = page(desk, "person-check")
    assert before_and_after.index("EL ALAOUI" if "EL ALAOUI" in before_and_after else "El Alaoui") < (
        before_and_after.index("Bennani")
    )
    assert identity(her).last_name_fr == "El Alaoui"
    assert desk.post(at("person-check"))["Location"] == at("person")
    assert identity(her).last_name_fr == "Bennani"
    told = [entry.action for entry in list_entries(her.key)]
    assert {"person.identity_changed", "person.identity_read"} <= set(told)
    again = page(desk, "person")
    assert "National identity card AB123456" in again


def test_the_number_stands_in_no_address(desk, her):
    find(desk, her)
    change(desk, last_name_fr="Bennani")
    for name in ("person", "person-evidence", "person-check", "person-history"):
        assert not {her, her.key} & set(at(name).split("/"))
    assert str(her) not in str(dict(desk.session))


def test_every_question_of_the_form_is_there_and_can_be_corrected(desk, her):
    find(desk, her)
    shown = page(desk, "person")
    for asked in form_of(FATIMA).pages:
        assert at("person-change", asked.id) in shown
        body = page(desk, "person-change", asked.id)
        for field in form_of(FATIMA).on_page(asked.id):
            assert f'name="{field.id}' in body, field.id


@pytest.mark.parametrize(("typed", "told"), [("12", "10 digits"), ("2696719219", "No person can be shown")])
def test_a_number_that_leads_nowhere_is_told_at_its_box(desk, her, typed, told):
    answer = desk.post(at("persons"), {"idcs": typed})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert typed in text
    assert 'href="#id_idcs"' in text


def test_a_person_of_another_area_is_not_shown(country, her):
    elsewhere = officer_of("01.051.01.0", "officer-9")
    answer = find(elsewhere, her)
    assert answer.status_code == 422
    assert "العلوي" not in answer.content.decode()
    told = [e.facts.get("code") for e in list_entries(her.key) if e.actor_id == "officer-9"]
    assert told == ["kernel.role_refused"]


@pytest.mark.parametrize("role", ["adjudicator", "administrator", "supervisor", "programme_manager"])
def test_no_other_role_opens_it(country, her, role):
    other = sign_in(f"x-{role}", "", role)
    assert {other.get(at(name)).status_code for name in ("persons", "person", "person-check")} == {403}
    assert find(other, her).status_code == 403


def test_who_only_reads_finds_nobody(country, her):
    auditor = sign_in("x-auditor", "", "auditor")
    assert auditor.get(at("persons")).status_code == 200
    assert find(auditor, her).status_code == 403


def test_what_is_refused_keeps_what_was_typed_and_names_the_field(desk, her):
    find(desk, her)
    answer = desk.post(at("person-change", "names"), NAMES | {"last_name_fr": "Benn4ni"})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="Benn4ni"' in text
    assert 'href="#id_last_name_fr"' in text
    assert 'value="Benn4ni"' in page(desk, "person-change", "names")


def test_what_is_no_change_goes_no_further(desk, her):
    find(desk, her)
    answer = desk.post(at("person-change", "names"), NAMES)
    assert answer.status_code == 422
    assert "The register says this already." in answer.content.decode()


@pytest.mark.parametrize(
    ("evidence", "field"),
    [
        ({}, "reason"),
        (MISTAKE | {"kind": "", "number": ""}, "kind"),
        (MISTAKE | {"kind": ""}, "kind"),
        (MISTAKE | {"when": ""}, "when"),
        (MISTAKE | {"when": "since"}, "since"),
        (MISTAKE | {"when": "since", "since": "2020-01-01"}, "since"),
        (MISTAKE | {"when": "since", "since": "2030-01-01"}, "since"),
    ],
)
def test_evidence_that_does_not_do_is_told_at_its_field(desk, her, evidence, field):
    find(desk, her)
    answer = change(desk, evidence=evidence, last_name_fr="Bennani")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert f'href="#id_{field}' in text
    assert evidence.get("number", "") in text
    assert desk.get(at("person-check"))["Location"] == at("person")
    assert identity(her) == FATIMA


def test_a_name_that_the_document_has_not(desk, her):
    find(desk, her)
    change(desk, first_name_fr="", first_name_fr_none="on")
    desk.post(at("person-check"))
    assert identity(her).first_name_fr is None


def test_a_new_address_from_a_day_on(desk, her, monkeypatch):
    later = NOW + dt.timedelta(days=400)
    monkeypatch.setattr("sijil.pages.clock.now", lambda: later)
    find(desk, her)
    place = {
        "region": "04",
        "province": "04.421",
        "commune_code": "04.421.01.0",
        "quarter": "Agdal",
        "street": "3, rue Neuve",
    }
    assert change(desk, "place", MOVED, **place)["Location"] == at("person-check")
    desk.post(at("person-check"))
    assert identity(her).value("quarter") == "Agdal"
    before = desk.get(at("person-history"), {"on": "2027-11-22"}).content.decode()
    after = desk.get(at("person-history"), {"on": "2027-11-23"}).content.decode()
    assert ("Hay Riad" in before, "Agdal" in before) == (True, False)
    assert ("Hay Riad" in after, "Agdal" in after) == (False, True)
    assert "Address" in after or "Quarter" in after


def test_communes_are_shown_without_losing_what_was_typed(desk, her):
    find(desk, her)
    body = desk.post(
        at("person-change", "place"),
        {"commune_code_q": "sidi bou", "commune_code": "", "quarter": "Agdal"},
    ).content.decode()
    assert 'value="Agdal"' in body
    assert body.count('type="radio"') > 1


def test_the_paper_is_scanned_kept_once_and_read_again(desk, her):
    find(desk, her)
    for _ in range(2):
        picture = SimpleUploadedFile("cnie.png", draw(1, "face"), "image/png")
        assert (
            change(desk, evidence=MISTAKE | {"picture": picture}, last_name_fr="Bennani").status_code == 302
        )
    desk.post(at("person-check"))
    [document] = list_documents(f"person:{her.key}")
    assert at("person-paper", document.id) in page(desk, "person-history")
    assert desk.get(at("person-paper", document.id)).content
    assert "document.read" in {e.action for e in list_entries(her.key)} or len(list_entries(her.key)) > 3


def test_what_is_no_paper_is_told_at_its_box(desk, her):
    find(desk, her)
    broken = SimpleUploadedFile("x.png", b"no picture", "image/png")
    answer = change(desk, evidence=MISTAKE | {"picture": broken}, last_name_fr="Bennani")
    assert answer.status_code == 422
    assert 'href="#id_picture"' in answer.content.decode()


def test_confirmed_twice_is_one_correction(desk, her):
    find(desk, her)
    change(desk, last_name_fr="Bennani")
    assert [desk.post(at("person-check"))["Location"] for _ in range(2)] == [at("person")] * 2
    assert page(desk, "person-history").count("written_wrongly") == 0
    assert len(queries.list_versions(her.key, act=IDENTITY_READ, actor=OFFICER, now=NOW)) == 2


def test_what_became_untrue_meanwhile_is_refused_in_words(desk, her):
    other = officer_of(OFFICER.area, "officer-7")
    for client in (desk, other):
        find(client, her)
        change(client, last_name_fr="Bennani")
    other.post(at("person-check"))
    answer = desk.post(at("person-check"))
    assert answer.status_code == 422
    assert "The register says this already." in answer.content.decode()


def test_a_page_of_nobody_leads_back(desk):
    for name in ("person", "person-evidence", "person-check", "person-history"):
        assert desk.get(at(name)).status_code == 302
    assert desk.get(at("person-change", "names"))["Location"] == at("persons")


def test_a_part_that_the_form_has_not_leads_back(desk, her):
    find(desk, her)
    assert desk.get(at("person-change", "shoes"))["Location"] == at("person")


def test_a_day_that_is_none_is_told(desk, her):
    find(desk, her)
    answer = desk.get(at("person-history"), {"on": "soon"})
    assert answer.status_code == 422
    knew = desk.get(at("person-history"), {"on": "2020-01-01"}).content.decode()
    assert "The register knew nobody of this number on that day." in knew


def test_what_was_never_answered_stands_in_no_way(desk):
    """Somebody of before the question about the language has a new telephone."""
    number = known(replace(FATIMA, language=""), NOW)
    index_subject(Subject(queries.get_record(number.key).id, **matched(FATIMA)), now=NOW)
    find(desk, number)
    told = {"reason": "contact_changed", "when": "always"}
    assert change(desk, "contact", told, phone="0698765432", email=FATIMA.email).status_code == 302
    desk.post(at("person-check"))
    assert (identity(number).phone, identity(number).language) == ("+212698765432", "")


def test_a_number_is_judged_by_the_paper_that_it_stands_on(desk, her):
    find(desk, her)
    answer = desk.post(
        at("person-change", "papers"), {"paper_kind": "residence_title", "paper_number": "AB123456!"}
    )
    assert answer.status_code == 422
    assert 'href="#id_paper_number"' in answer.content.decode()


def test_who_moved_out_of_the_area_is_not_shown_any_more(desk, her):
    find(desk, her)
    place = {"region": "01", "province": "01.051", "commune_code": "01.051.01.01", "quarter": "Agdal"}
    change(desk, "place", {"reason": "moved", "when": "always"}, **place)
    done = desk.post(at("person-check"), follow=True)
    assert done.redirect_chain == [(at("persons"), 302)]
    assert "The person is corrected" in done.content.decode()
    assert identity(her).commune_code == "01.051.01.01"
    assert desk.get(at("person"))["Location"] == at("persons")


def bound_to(body):
    return re.findall(r'name="_bound_to" value="([^"]+)"', body)[0]


@pytest.fixture
def him():
    number = known(
        replace(FATIMA, first_name_fr="Karim", phone="+212698765432", paper_number="CD654321"), NOW
    )
    index_subject(Subject(queries.get_record(number.key).id, **matched(FATIMA)), now=NOW)
    return number


def test_the_pages_of_two_persons_keep_what_is_typed_apart_and_name_nobody(desk, her, him):
    keys = {}
    for number in (her, him):
        find(desk, number)
        body = page(desk, "person-change", "names")
        change(desk, last_name_fr="Bennani")
        evidence = page(desk, "person-evidence")
        keys[number] = [re.findall(r'data-keep="([^"]+)"', one)[0] for one in (body, evidence)]
        assert all(bound_to(one) in key for one, key in zip((body, evidence), keys[number], strict=True))
        assert str(number) not in "".join(keys[number])
    assert not set(keys[her]) & set(keys[him])


def test_a_page_of_one_person_does_not_correct_the_next(desk, her, him):
    find(desk, her)
    change(desk, last_name_fr="Bennani")
    tabs = {name: bound_to(page(desk, name, *args)) for name, args in PAGES.items()}
    find(desk, him)
    change(desk, last_name_fr="Tazi")
    for name, args in PAGES.items():
        sent = NAMES | MISTAKE | {"last_name_fr": "Bennani", "_bound_to": tabs[name]}
        answer = desk.post(at(name, *args), sent, follow=True)
        assert answer.redirect_chain == [(at("person"), 302)]
        assert "This page was of another person" in answer.content.decode()
    assert (identity(her).last_name_fr, identity(him).last_name_fr) == ("El Alaoui", "El Alaoui")
    sent = {"_bound_to": bound_to(page(desk, "person-check"))}
    told = [desk.post(at("person-check"), sent, follow=True).content.decode() for _ in range(2)]
    assert identity(him).last_name_fr == "Tazi"
    assert "This page was of another" not in "".join(told)  # a second click is none


def test_a_page_of_another_change_confirms_nothing(desk, her):
    find(desk, her)
    change(desk, last_name_fr="Bennani")
    seen = bound_to(page(desk, "person-check"))
    change(desk, last_name_fr="Tazi")
    desk.post(at("person-check"), {"_bound_to": seen})
    assert identity(her) == FATIMA


def test_a_scan_is_of_the_change_for_which_it_was_made(desk, her):
    find(desk, her)
    picture = SimpleUploadedFile("cnie.png", draw(1, "face"), "image/png")
    change(desk, evidence=MISTAKE | {"picture": picture}, last_name_fr="Bennani")
    assert "scanned" in page(desk, "person-check")
    change(desk, last_name_fr="Tazi")
    assert "scanned" not in page(desk, "person-check")


def in_arabic(button):
    return button.get("lang") == "ar"


def test_another_language_keeps_what_was_typed_and_judges_nothing(desk, her):
    typed = {"idcs": "12"}
    found = Sheet(desk.get(at("persons")), "answers").press(desk, in_arabic, typed)
    find(desk, her)
    names = Sheet(desk.get(at("person-change", "names")), "answers").press(
        desk, in_arabic, {"last_name_fr": "Benn"}
    )
    change(desk, last_name_fr="Bennani")
    why = Sheet(desk.get(at("person-evidence")), "answers").press(desk, in_arabic, {"number": "?"})
    for answer, box, value in ((found, "idcs", "12"), (names, "last_name_fr", "Benn"), (why, "number", "?")):
        assert (answer.status_code, answer["Content-Language"]) == (200, "ar")
        assert 'class="error' not in answer.content.decode()
        assert Sheet(answer, "answers").boxes[box] == value
