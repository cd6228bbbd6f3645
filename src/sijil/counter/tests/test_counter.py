"""The officer's counter through HTTP: queue, search, one file, comparison, captures, deposit, receipt."""

import datetime as dt
import re
from dataclasses import replace
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sijil.domains.accounts.tests.contact import proof_of
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.queries import list_entries
from sijil.domains.biometrics import services as biometrics
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography import services as geography
from sijil.domains.matching.services import index_subject
from sijil.domains.matching.types import Subject
from sijil.domains.population_register import queries
from sijil.domains.population_register.acts import FILE_READ
from sijil.domains.population_register.rules import matched
from sijil.domains.population_register.tests.samples import (
    CENTRE,
    ELSEWHERE,
    FATIMA,
    NOW,
    OFFICER,
    paper_of,
)
from sijil.domains.population_register.types import Channel, Nationality
from sijil.journeys import person_enrolment
from sijil.kernel.actors import PUBLIC
from sijil.kernel.dates import ZONE, PartialDate, day_begins
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


def sign_in(login, centre, *roles):
    account = get_user_model().objects.create(
        login=login, kind="staff", roles=list(roles), centre_code=centre, created_at=NOW, password="!"
    )
    client = Client()
    client.force_login(account)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def desk():
    return sign_in(OFFICER.id, CENTRE, "csc_officer")


@pytest.fixture
def other_desk():
    return sign_in(ELSEWHERE.id, ELSEWHERE.centre, "csc_officer")


def waiting(**changes):
    slot, identity = appointments.find_next_slot(CENTRE, now=NOW), replace(FATIMA, **changes)
    contact = person_enrolment.contact_of(phone=identity.phone, email=identity.email)
    return person_enrolment.pre_register(
        identity=identity, slot_id=slot.id, proof=proof_of(contact, NOW), language="fr",
        channel=Channel.PORTAL, actor=PUBLIC, now=NOW,
    )  # fmt: skip


@pytest.fixture
def number():
    return waiting()


LINES = ("first_name_ar", "last_name_ar", "first_name_fr", "last_name_fr", "birth", "sex", "paper_number")


def at(name, number):
    return reverse(f"counter-{name}", args=[number])


def paper(**changes):
    """Return what an officer types beside the form, as the page sends it."""
    values = {name: value for name, value in paper_of().items() if name != "birth"} | changes
    birth = FATIMA.birth
    return {"birth_day": birth.day, "birth_month": birth.month, "birth_year": birth.year} | values


def capture_all(desk, number):
    for modality in ("face", "iris_left", "iris_right"):
        picture = SimpleUploadedFile("x.png", draw(1, modality), "image/png")
        desk.post(at("capture", number), {"modality": modality, f"{modality}-picture": picture})


def read_of(number, action):
    return [e for e in list_entries(number) if e.action == action]


def test_twelve_names_on_the_page_are_twelve_entries(desk):
    names = ["أمينة", "بدر", "جميلة", "حسن", "خالد", "دنيا", "رشيد", "زينب", "سعيد", "شيماء", "صفاء", "طارق"]
    numbers = [
        waiting(first_name_ar=name, phone=f"06123400{n}", paper_number=f"AB1234{n}")
        for n, name in enumerate(names, 10)
    ]
    page = desk.get(reverse("counter-queue")).content.decode()
    assert all(name in page for name in names)
    assert [len(read_of(number, "enrolment.queue_read")) for number in numbers] == [1] * 12


def test_the_queue_page_is_a_constant_number_of_statements(desk, monkeypatch):
    counted = []
    for more, hour in ((5, 1), (25, 2)):
        for _ in range(more):
            person_enrolment.pre_register(
                identity=FATIMA, centre_code=CENTRE, language="fr", channel=Channel.COUNTER, actor=OFFICER,
                now=NOW,
            )  # fmt: skip
        monkeypatch.setattr("sijil.pages.clock.now", lambda hour=hour: NOW + dt.timedelta(hours=hour))
        with CaptureQueriesContext(connection) as asked:
            page = desk.get(reverse("counter-queue")).content.decode()
        counted.append((page.count('<strong dir="auto">'), len(asked)))
    assert [names for names, _ in counted] == [5, 30]
    assert counted[0][1] == counted[1][1] <= 18


def test_the_queue_says_when_whoever_is_not_of_today_comes_or_should_have_come(desk, monkeypatch):
    number = waiting()
    booking = appointments.get_booking(number)
    day, hour = f"{booking.on:%d/%m/%Y}", f"{booking.at:%H:%M}"

    def queue(later):
        moment = day_begins(booking.on + dt.timedelta(days=later)) + dt.timedelta(hours=9)
        monkeypatch.setattr("sijil.pages.clock.now", lambda: moment)
        return desk.get(reverse("counter-queue")).content.decode().partition('class="queue"')[2]

    assert [(day in page, hour in page) for page in map(queue, (-1, 0, 1))] == [
        (True, False), (False, True), (True, False),
    ]  # fmt: skip
    appointment_services.cancel(request_number=number, actor=PUBLIC, now=NOW)
    assert "no appointment" in queue(1)


def test_the_landing_opens_the_first_in_line_by_one_key_and_says_what_waits(desk, number):
    other = waiting(phone="0612340077", paper_number="AB123477")
    person_enrolment.ask_for_paper(number=other, reason="paper_expired", actor=OFFICER, now=NOW)
    page = flat(desk.get(reverse("counter-queue")).content.decode())
    [first] = re.findall(r'href="([^"]+)" data-key="o"', page)
    assert first == re.findall(rf'href="({reverse("counter-queue")}[A-Z0-9]{{10}}/)"', page)[0]
    assert "1 file waits for a paper" in page
    assert "0 files of the centre are late" in page
    assert 'data-key="o"' not in desk.get(reverse("counter-queue"), {"q": "0612345678"}).content.decode()


def test_a_search_names_the_files_of_the_own_centre_only(desk, other_desk, number):
    found = desk.get(reverse("counter-queue"), {"q": "0612 345 678"}).content.decode()
    assert "العلوي فاطمة" in found
    assert len(read_of(number, "enrolment.searched")) == 1
    foreign = other_desk.get(reverse("counter-queue"), {"q": "0612345678"}).content.decode()
    assert "file of another centre" in foreign
    assert "فاطمة" not in foreign
    assert len(read_of(number, "enrolment.searched")) == 1


def test_a_file_of_another_centre_is_refused_in_words(other_desk, number):
    for call in (
        lambda: other_desk.get(at("file", number)),
        lambda: other_desk.post(at("deposit", number)),
        lambda: other_desk.get(at("receipt", number)),
    ):
        answer = call()
        assert "فاطمة" not in answer.content.decode()
    answer = other_desk.get(at("file", number))
    assert answer.status_code == 403
    assert "You may not take this step in this file." in answer.content.decode()
    assert queries.get_status(number).state == "pre_registered"


def test_opening_a_file_is_written_down(desk, number):
    assert desk.get(at("file", number)).status_code == 200
    [entry] = read_of(number, "enrolment.file_read")
    assert (entry.actor_id, entry.facts["centre"], entry.purpose) == (OFFICER.id, CENTRE, "enrolment")


def test_a_file_is_not_received_before_its_papers_are_compared(desk, number):
    capture_all(desk, number)
    page = desk.post(at("deposit", number), follow=True).content.decode()
    assert "The papers have not been compared with the form." in page
    assert queries.get_status(number).state == "pre_registered"


def test_the_comparison_outlives_the_session_of_who_made_it(desk, number):
    """The register knows who compared what: a sign-out, or another officer of the centre, changes nothing."""
    desk.post(at("compare", number), paper(last_name_fr="Alaoui"))
    colleague = sign_in("officer-3", CENTRE, "csc_officer")
    page = colleague.get(at("file", number)).content.decode()
    assert "Papers compared with the form" in page
    capture_all(colleague, number)
    assert colleague.post(at("deposit", number))["Location"] == at("received", number)
    assert [e.actor_id for e in read_of(number, "enrolment.papers_compared")] == [OFFICER.id]


def test_what_the_paper_says_corrects_the_form_and_is_shown(desk, number):
    answer = desk.post(at("compare", number), paper(last_name_fr="Alaoui"), follow=True)
    page = answer.content.decode()
    assert "The form now says what the paper says." in page
    assert "Corrected" in page
    reading = {"actor": OFFICER, "now": NOW}
    assert person_enrolment.read_file(number, **reading).identity.last_name_fr == "Alaoui"


def test_a_wrong_value_stands_beside_its_field(desk, number):
    answer = desk.post(at("compare", number), paper(paper_number="?"))
    assert answer.status_code == 422
    assert "The number does not look like one of this paper." in answer.content.decode()


def test_the_column_of_the_paper_is_empty_until_the_officer_looks(desk, number):
    page = desk.get(at("file", number)).content.decode()
    assert 'name="last_name_fr" value=' not in page
    assert "checked" not in page.partition('id="compare"')[2].partition("</form>")[0]


def test_a_line_that_nobody_looked_at_is_told_and_certifies_nothing(desk, number):
    seen = {f"same_{name}": "on" for name in LINES if name != "birth"}
    answer = desk.post(at("compare", number), seen)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert page.count("Tick the line, or write what the paper says.") == 2  # beside the line, and above
    assert len(re.findall(r"\schecked", page)) == len(seen)
    assert 'name="last_name_fr" value=' not in page
    assert not read_of(number, "enrolment.papers_compared")


def test_ticks_say_that_the_paper_agrees_and_what_is_typed_corrects(desk, number):
    seen = {f"same_{name}": "on" for name in LINES if name != "last_name_fr"} | {"last_name_fr": "Alaoui"}
    page = desk.post(at("compare", number), seen, follow=True).content.decode()
    assert "The form now says what the paper says." in page
    identity = person_enrolment.read_file(number, actor=OFFICER, now=NOW).identity
    assert (identity.last_name_fr, identity.first_name_fr) == ("Alaoui", FATIMA.first_name_fr)
    assert identity.birth == FATIMA.birth


def test_the_page_says_when_something_was_last_kept_and_not_the_time_of_day(desk, number, monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(hours=5, minutes=7))
    page = desk.get(at("file", number)).content.decode()
    later = (NOW + dt.timedelta(hours=5, minutes=7)).astimezone(ZONE)
    assert f"{NOW.astimezone(ZONE):%H:%M}" in page.partition("Last kept:")[2][:120]
    assert f"{later:%H:%M}" not in page.partition("Last kept:")[2][:120]


def test_the_kept_face_is_seen_by_the_officers_of_its_centre_and_written_down(desk, other_desk, number):
    capture_all(desk, number)
    page = desk.get(at("file", number)).content.decode()
    [face, *_] = re.findall(rf"{at('file', number)}pictures/[^/]+/", page)
    before = len(list_entries(number))
    shown = desk.get(face)
    assert shown["Content-Type"].startswith("image/")
    assert shown["Cache-Control"] == "private, no-store"
    assert shown["Content-Security-Policy"].startswith("sandbox;")
    assert len(list_entries(number)) >= before
    assert other_desk.get(face).status_code == 403
    other = waiting(phone="0612340077", paper_number="AB123477")
    assert desk.get(face.replace(number, other)).status_code == 404


def test_the_way_through_the_counter(desk, number):
    desk.post(at("compare", number), paper())
    capture_all(desk, number)
    page = desk.get(at("received", number)) if desk.post(at("deposit", number)).status_code == 302 else None
    assert page is not None
    assert "File received" in page.content.decode()
    receipt = desk.get(at("receipt", number))
    assert (receipt["Content-Type"], receipt.content[:5]) == ("application/pdf", b"%PDF-")
    slip = at("temporary-slip", number)
    assert f'href="{slip}"' in page.content.decode()
    assert f'href="{slip}"' in desk.get(at("file", number)).content.decode()
    assert desk.get(slip).content[:5] == b"%PDF-"
    person_enrolment.compare(number, now=NOW)
    biometrics.ask_due(NOW)
    idcs = queries.get_idcs(person_enrolment.resolve(number, now=NOW))
    shown = re.sub(r"\s", "", desk.get(at("file", number)).content.decode())
    assert idcs in shown
    assert slip not in shown  # decided: the slip is worth nothing
    assert desk.get(slip).status_code == 409


def test_a_poor_picture_is_refused_and_none_is_replaced_after_the_deposit(desk, number):
    bad = SimpleUploadedFile("x.png", b"no picture", "image/png")
    assert desk.post(at("capture", number), {"modality": "face", "face-picture": bad}).status_code == 422
    desk.post(at("compare", number), paper())
    capture_all(desk, number)
    desk.post(at("deposit", number))
    picture = SimpleUploadedFile("x.png", draw(2, "face"), "image/png")
    answer = desk.post(at("capture", number), {"modality": "face", "face-picture": picture})
    assert answer.status_code == 422
    assert "This step is not possible now" in answer.content.decode()


def test_an_eye_is_excused_a_paper_asked_for_and_a_file_refused_with_a_reason(desk, number):
    desk.post(at("excuse", number), {"modality": "iris_left", "iris_left-reason": "missing_eye"})
    assert desk.post(at("ask-paper", number), {}).status_code == 422
    desk.post(at("ask-paper", number), {"papers-reason": "paper_expired"})
    assert queries.get_status(number).state == "papers_requested"
    page = desk.get(at("file", number)).content.decode()
    assert "Ask, and tell the person" not in page  # it is asked already
    assert desk.post(at("refuse", number), {}).status_code == 422
    desk.post(at("refuse", number), {"refuse-reason": "not_resident"})
    assert queries.get_status(number).state == "rejected"
    assert "Print the receipt" not in desk.get(at("file", number)).content.decode()


def test_a_scan_is_added_and_each_opening_written_down(desk, number):
    assert "Choose the file" in desk.post(at("add-paper", number), follow=True).content.decode()
    scan = SimpleUploadedFile("scan.png", draw(1, "face"), "image/png")
    desk.post(at("add-paper", number), {"paper-picture": scan})
    [kept] = person_enrolment.list_papers(number)
    answer = desk.get(reverse("counter-document", args=[number, kept.id]))
    assert answer["Content-Type"] == "image/jpeg"
    assert len(read_of(number, "paper.read")) == 1
    assert len(read_of(number, "paper.received")) == 1


def walk_in(**changes):
    return {
        "first_name_ar": "إبراهيم", "last_name_ar": "أوحمان", "first_name_fr": "Brahim",
        "last_name_fr": "Ouahmane", "birth_year": "1961", "sex": "M", "nationality": "moroccan",
        "region": "04", "province": "04.421", "commune_code": "04.421.01.0", "birth_country": "MA",
        "quarter": "12, rue X",
        "phone": "", "email": "", "language": "fr", "paper_kind": "cnie", "paper_number": "K998877",
    } | changes  # fmt: skip


def test_a_person_without_appointment_telephone_and_address_is_registered(desk):
    answer = desk.post(reverse("counter-new"), walk_in())
    assert answer.status_code == 302, answer.content.decode()
    number = answer["Location"].rstrip("/").rpartition("/")[2]
    status = queries.get_status(number)
    assert (status.state, status.centre_code, status.has_contact) == ("pre_registered", CENTRE, False)
    file = person_enrolment.read_file(number, actor=OFFICER, now=NOW)
    assert file.identity.birth == PartialDate(1961)


def sent_once(page):
    return re.search(r'name="sent_once" value="([^"]+)"', page.content.decode())[1]


def test_a_walk_in_form_sent_twice_is_one_file(desk):
    form = walk_in(sent_once=sent_once(desk.get(reverse("counter-new"))))
    first, second = (desk.post(reverse("counter-new"), form) for _ in range(2))
    assert first.status_code == 302
    assert first["Location"] == second["Location"]
    assert desk.post(reverse("counter-new"), walk_in())["Location"] != first["Location"]


def test_the_number_of_a_walk_in_form_outlives_a_fault_and_is_nobody_elses(desk, other_desk):
    given = sent_once(desk.get(reverse("counter-new")))
    again = desk.post(reverse("counter-new"), walk_in(paper_number="?", sent_once=given))
    first = desk.post(reverse("counter-new"), walk_in(sent_once=given))
    repeated = desk.post(reverse("counter-new"), walk_in(sent_once=sent_once(again)))
    other = other_desk.post(reverse("counter-new"), walk_in(sent_once=given))
    assert first["Location"] == repeated["Location"] != other["Location"]
    assert desk.post(reverse("counter-new"), walk_in(sent_once="x:y:z")).status_code == 302


def test_a_walk_in_form_with_a_fault_keeps_what_was_typed(desk):
    answer = desk.post(reverse("counter-new"), walk_in(paper_number="?"))
    assert answer.status_code == 422
    assert "Ouahmane" in answer.content.decode()


def test_who_is_no_officer_does_not_come_in(number):
    adjudicator = sign_in("amina", "", "adjudicator")
    assert adjudicator.get(at("file", number)).status_code == 403
    assert Client().get(at("file", number)).status_code == 302
    assert not read_of(number, "enrolment.file_read")


def test_the_hour_of_a_second_reading_counts_and_the_next_hour_writes_anew(desk, number, monkeypatch):
    desk.get(at("file", number)), desk.get(at("file", number))
    assert len(read_of(number, "enrolment.file_read")) == 1
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(hours=1))
    desk.get(at("file", number))
    assert len(read_of(number, "enrolment.file_read")) == 2


# --- what no paper is compared with -------------------------------------------------------------------------


def test_the_telephone_is_read_back_and_corrected(desk, number):
    address = reverse("counter-correct", args=[number, "contact"])
    assert address in desk.get(at("file", number)).content.decode()
    typed = {"phone": "06 98 76 54 32", "email": FATIMA.email, "language": "ar"}
    done = desk.post(address, typed, follow=True).content.decode()
    assert "Read it back to the person" in done
    assert "06 98 76 54 32" in done
    assert read_of(number, "enrolment.corrected")
    assert [len(queries.find_requests(text)) for text in ("0698765432", FATIMA.phone)] == [1, 0]


def test_a_telephone_that_is_none_keeps_what_was_typed(desk, number):
    answer = desk.post(
        reverse("counter-correct", args=[number, "contact"]), {"phone": "061", "language": "ar"}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="061"' in text
    assert 'href="#id_phone"' in text


def test_the_address_is_corrected_with_its_commune(desk, number):
    typed = {"commune_code_q": "sidi bou", "commune_code": "", "quarter": "Agdal"}
    address = reverse("counter-correct", args=[number, "place"])
    shown = desk.post(address, typed).content.decode()
    assert 'value="Agdal"' in shown
    assert shown.count('type="radio"') > 1
    typed = {"commune_code_q": "الرباط", "commune_code": "", "quarter": "Agdal"}
    assert desk.post(address, typed)["Location"] == at("file", number)
    assert "Agdal" in desk.get(at("file", number)).content.decode()


def test_what_says_the_same_is_no_correction(desk, number):
    typed = {"phone": FATIMA.phone, "email": FATIMA.email, "language": "fr"}
    answer = desk.post(reverse("counter-correct", args=[number, "contact"]), typed)
    assert answer.status_code == 422
    assert not read_of(number, "enrolment.corrected")


@pytest.mark.parametrize("step", ["names", "shoes"])
def test_what_a_paper_shows_is_corrected_beside_the_paper(desk, number, step):
    assert desk.get(reverse("counter-correct", args=[number, step]))["Location"] == at("file", number)


def test_a_telephone_of_another_centre_is_not_corrected(other_desk, number):
    address = reverse("counter-correct", args=[number, "contact"])
    assert other_desk.post(address, {"phone": "0698765432"}).status_code == 403


def test_what_was_sent_to_the_person_stands_on_the_file(desk, number):
    text = desk.get(at("file", number)).content.decode()
    assert "Messages to the person" in text
    assert "••••••78" in text


def test_a_tick_certifies_what_the_page_showed_and_nothing_newer(desk, number):
    shown = desk.get(at("file", number)).content.decode()
    [seen] = re.findall(r'name="_bound_to" value="([^"]+)"', shown)
    assert f'data-keep="file-{number}:{seen}"' in shown
    desk.post(at("compare", number), paper(last_name_fr="Alaoui"))
    ticks = {f"same_{name}": "on" for name in LINES}
    answer = desk.post(at("compare", number), ticks | {"_bound_to": seen}, follow=True)
    assert "The form was changed meanwhile." in answer.content.decode()
    assert len(read_of(number, "enrolment.papers_compared")) == 1
    [newer] = re.findall(r'name="_bound_to" value="([^"]+)"', answer.content.decode())
    desk.post(at("compare", number), ticks | {"_bound_to": newer})
    assert len(read_of(number, "enrolment.papers_compared")) == 2


@pytest.mark.parametrize("name", ["compare", "ask-paper", "refuse", "capture", "deposit"])
def test_an_address_that_only_takes_forms_leads_to_its_file_when_it_is_read(desk, number, name):
    answer = desk.get(at(name, number), {"lang": "fr"}, follow=True)
    assert answer.redirect_chain[-1] == (at("file", number), 302)
    assert (answer.status_code, queries.get_status(number).state) == (200, "pre_registered")


CARD = "is also on another file"


def test_the_officer_is_told_that_a_card_is_on_another_file_and_not_whose(desk, number):
    """R54: a mistyped digit is seen before two officers have to compare."""
    assert CARD not in flat(desk.get(at("file", number)).content.decode())
    other = replace(FATIMA, first_name_ar="سلمى", first_name_fr="Salma", last_name_fr="Bennani")
    index_subject(Subject(uuid4(), **matched(other)), now=NOW)
    page = flat(desk.get(at("file", number)).content.decode())
    assert CARD in page
    assert "Bennani" not in page


def test_a_paper_that_a_family_shares_is_no_warning(desk):
    booklet = {"paper_kind": "birth_extract", "paper_number": "1975/12"}
    number = waiting(**booklet, phone="0612340099")
    index_subject(Subject(uuid4(), **matched(replace(FATIMA, **booklet))), now=NOW)
    assert CARD not in flat(desk.get(at("file", number)).content.decode())


# --- which papers -------------------------------------------------------------------------------------------


def test_what_is_missing_is_said_before_the_deposit(desk):
    title = {"residence_until": "2026-11-21", **FATIMA.more}
    number = waiting(
        nationality=Nationality.RESIDENT_FOREIGNER,
        paper_kind="residence_title",
        paper_number="ZX100056",
        more=title,
    )
    told = "This paper has expired: Residence title. It was good until 21 November 2026."
    assert told in flat(desk.get(at("file", number)).content.decode())

    person_enrolment.correct(number=number, changes={"residence_until": "2027-11-21"}, actor=OFFICER, now=NOW)
    assert "Before this file can be received" not in flat(desk.get(at("file", number)).content.decode())


def test_a_deposit_without_the_paper_names_it(desk):
    number = waiting(birth=PartialDate(2019, 5, 2), paper_kind="birth_extract", paper_number="12/2019")
    file = queries.get_request(number, act=FILE_READ, actor=OFFICER, now=NOW)
    person_enrolment.compare_papers(number=number, paper=paper_of(file.identity), actor=OFFICER, now=NOW)
    page = flat(desk.post(at("deposit", number), follow=True).content.decode())
    assert "A paper is missing: Family booklet or Proof of guardianship." in page
    assert queries.get_status(number).state == "pre_registered"


def test_the_last_day_of_a_title_can_be_taken_away(desk):
    """It stays in the way when the nationality was wrong, and no comparison empties a line."""
    more = {**FATIMA.more, "residence_until": "2027-11-21"}
    number = waiting(nationality=Nationality.RESIDENT_FOREIGNER, more=more)
    page = {"paper_kind": "cnie", "paper_number": "AB123456", "residence_until": ""}
    assert desk.post(reverse("counter-correct", args=[number, "papers"]), page).status_code == 302
    person_enrolment.correct(number=number, changes={"nationality": "moroccan"}, actor=OFFICER, now=NOW)
