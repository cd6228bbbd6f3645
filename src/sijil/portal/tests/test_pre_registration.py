"""Pre-registration page by page, through HTTP: kept, corrected, sent once."""

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments import services as appointment_services
from sijil.domains.audit.queries import list_entries
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography import services as geography
from sijil.domains.notifications import queries as notifications
from sijil.domains.notifications.services import send_due
from sijil.domains.population_register.tests.samples import CENTRE, NOW
from sijil.journeys import person_enrolment, tracking
from sijil.kernel.clean.errors import EMAIL_INVALID, FIELD_MISSING, NAME_NOT_LATIN
from sijil.kernel.errors import Refused
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db
HOME, PHONE = "/pre-registration/", "+212612345678"
ANSWERS = {
    "names": {"first_name_ar": "فاطمة", "last_name_ar": "العلوي", "first_name_fr": "Fatima",
              "last_name_fr": "El Alaoui"},
    "birth": {"birth_day": "14", "birth_month": "3", "birth_year": "1988", "sex": "F",
              "nationality": "moroccan"},
    "birth_place": {"birth_country": "MA"},
    "place": {"region": "04", "province": "04.421", "commune_code": "04.421.01.0",
              "quarter": "Hay Riad", "street": "12, rue des Orangers"},
    "contact": {"phone": "0612345678", "email": "", "language": "fr"},
    "papers": {"paper_kind": "cnie", "paper_number": "ab 123456"},
    "centre": {"centre": CENTRE},
}  # fmt: skip


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointment_services.load_centres(now=NOW)


@pytest.fixture
def citizen():
    client = Client()
    client.cookies["language"] = "en"
    client.post(HOME)
    return client


def fill(citizen, **changes):
    """Send every page; ``changes``: other answers by page."""
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    for page, answers in {**ANSWERS, "slot": {"slot": slot.id}}.items():
        answer = citizen.post(f"{HOME}{page}/", {**answers, **changes.get(page, {})})
        assert answer.status_code == 302, answer.content.decode()
    return answer


def accept(citizen):
    return citizen.post(f"{HOME}check/", {"accept": "on"})


def send(citizen):
    """Accept the answers, and type the code where one is asked for."""
    answer = accept(citizen)
    if answer.headers.get("Location") == f"{HOME}code/":
        answer = citizen.post(f"{HOME}code/", {"code": read_code()})
    return answer


def read_code(to=PHONE, at=NOW):
    """Return the code of the newest message on a telephone."""
    send_due(at)
    return re.search(r"\b\d{6}\b", notifications.list_inbox(to=to)[0].body)[0]


def number_of(citizen):
    return citizen.session["pre_registered"]


def test_every_page_then_one_number(citizen):
    assert fill(citizen)["Location"] == f"{HOME}check/"
    page = citizen.get(f"{HOME}check/").content.decode()
    assert all(text in page for text in ("Fatima", "El Alaoui", "12, rue des Orangers", "AB123456"))
    assert send(citizen)["Location"] == f"{HOME}done/"
    found = tracking.find_request(number_of(citizen), now=NOW)
    assert (found.state, found.centre.code, found.appointment.state) == ("pre_registered", CENTRE, "booked")
    assert "It was also sent to your telephone or e-mail." in citizen.get(f"{HOME}done/").content.decode()


def test_a_second_click_is_the_same_request(citizen):
    fill(citizen)
    number = citizen.session["pre_registration"]
    send(citizen)
    session = citizen.session
    session["pre_registration"] = number
    session.save()
    assert send(citizen)["Location"] == f"{HOME}done/"
    assert number_of(citizen) == number


def test_what_was_typed_is_kept_and_one_comes_back_to_it(citizen):
    citizen.post(f"{HOME}names/", ANSWERS["names"])
    citizen.post(f"{HOME}birth/", {"birth_year": "1988"})  # refused, and kept
    assert 'value="1988"' in citizen.get(f"{HOME}birth/").content.decode()
    assert citizen.post(HOME)["Location"] == f"{HOME}birth/"
    assert citizen.post(HOME, {"again": "1"})["Location"] == f"{HOME}names/"


def test_nobody_is_refused_for_lack_of_a_telephone(citizen):
    fill(citizen, contact={"phone": "", "email": ""})
    send(citizen)
    assert not tracking.find_request(number_of(citizen), now=NOW).has_contact
    page = citizen.get(f"{HOME}done/").content.decode()
    assert "It was also sent to your telephone or e-mail." not in page
    assert "Keep this number" in page


def test_a_paper_is_kept_with_the_draft_and_then_with_the_request(citizen):
    scan = SimpleUploadedFile("carte.png", draw(1, "face"), "image/png")
    fill(citizen, papers={"picture": scan})
    send(citizen)
    number = number_of(citizen)
    assert len(person_enrolment.list_papers(number)) == 1
    assert {"paper.received", "enrolment.pre_registered", "appointment.booked"} <= {
        e.action for e in list_entries(number)
    }


def test_a_paper_of_the_draft_is_looked_at_and_removed_and_what_was_typed_stays(citizen):
    fill(citizen, papers={"picture": SimpleUploadedFile("card.png", draw(1, "face"), "image/png")})
    page = citizen.get(f"{HOME}papers/").content.decode()
    look = re.search(r'href="([^"]*/own-paper/[^"]*)"', page)[1]
    assert look in citizen.get(f"{HOME}check/").content.decode()
    shown = citizen.get(look)
    assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert shown["Content-Security-Policy"].startswith("sandbox;")
    assert Client().get(look).status_code == 404
    typed = ANSWERS["papers"] | {"paper_number": "ZZ", "_remove": look.split("/")[-2]}
    assert citizen.post(f"{HOME}papers/", typed)["Location"] == f"{HOME}papers/"
    left = citizen.get(f"{HOME}papers/").content.decode()
    assert 'value="ZZ"' in left
    assert "own-paper" not in left
    assert citizen.post(f"{HOME}papers/", typed).status_code == 302
    assert citizen.get(look).status_code == 404


def test_a_file_that_is_no_paper_is_said_on_its_field(citizen):
    for page in ("names", "birth", "place", "contact"):
        citizen.post(f"{HOME}{page}/", ANSWERS[page])
    bad = SimpleUploadedFile("x.png", b"nothing", "image/png")
    answer = citizen.post(f"{HOME}papers/", ANSWERS["papers"] | {"picture": bad})
    assert answer.status_code == 422
    assert "neither a PDF nor a JPEG, PNG or HEIC" in answer.content.decode()


def test_a_full_slot_is_refused_at_the_end_and_nothing_is_kept(citizen):
    fill(citizen)
    slot = appointments.find_next_slot(CENTRE, now=NOW)
    for name in ("A", "B"):
        from sijil.kernel.actors import PUBLIC

        appointment_services.book(slot_id=slot.id, request_number=name, actor=PUBLIC, now=NOW)
    answer = send(citizen)
    assert answer.status_code in (302, 409)
    assert "pre_registered" not in citizen.session


def test_the_slip_is_printed_for_who_holds_the_number(citizen):
    assert Client().get(f"{HOME}slip.pdf")["Location"] == HOME
    fill(citizen)
    send(citizen)
    assert citizen.get(f"{HOME}slip.pdf").content[:5] == b"%PDF-"


@pytest.mark.parametrize("page", ["names", "check", "done"])
def test_nothing_begun_leads_to_the_start_and_says_why(page):
    passer_by = Client()
    passer_by.cookies["language"] = "en"
    answer = passer_by.get(f"{HOME}{page}/", follow=True)
    assert answer.redirect_chain == [(HOME, 302)]
    assert "No form is open on this device" in answer.content.decode()


@pytest.mark.parametrize("page", list(ANSWERS))
def test_back_and_another_language_keep_what_is_unfinished(citizen, page):
    """Fault 3: typed, then another way than the button that goes on."""
    fill(citizen)
    typed = {"names": {"first_name_fr": "Zineb"}, "birth": {"birth_year": "1977"},
             "birth_place": {"birth_country": "FR"}, "place": {"quarter": "Douar Zemmour"},
             "contact": {"phone": "0699"}, "papers": {"paper_number": "ZZ"}, "centre": {}}[page]  # fmt: skip
    before = {"names": f"{HOME}names/?lang=fr"}
    for way, leads in (("_language", f"{HOME}{page}/?lang=fr"), ("_back", before.get(page, HOME))):
        value = "fr" if way == "_language" or page == "names" else "1"
        way = "_language" if page == "names" else way
        answer = citizen.post(f"{HOME}{page}/", {**typed, way: value})
        assert answer["Location"].startswith(leads)
        shown = citizen.get(f"{HOME}{page}/").content.decode()
        assert all(f'value="{text}"' in shown for text in typed.values())


def test_a_commune_is_written_by_name_and_the_centres_of_it_follow(citizen):
    names = {"commune_code": "", "commune_code_q": "الرباط", "commune_code_of": ""}
    fill(citizen, place=names)
    assert "Rabat" in citizen.get(f"{HOME}check/").content.decode()
    assert 'value="الرباط"' in citizen.get(f"{HOME}place/").content.decode()


def test_a_name_that_fits_several_brings_their_list_and_keeps_the_address(citizen):
    typed = ANSWERS["place"] | {"commune_code": "", "commune_code_q": "sidi bou"}
    answer = citizen.post(f"{HOME}place/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert page.count('type="radio"') > 1
    assert 'value="Hay Riad"' in page
    again = citizen.get(f"{HOME}place/").content.decode()
    assert 'value="sidi bou"' in again
    assert 'value="Hay Riad"' in again


def test_a_commune_of_birth_that_is_no_longer_asked_is_left_out(citizen):
    fill(citizen, birth_place={"birth_country": "FR", "birth_commune_q": "Rabat", "birth_commune": ""})
    assert send(citizen)["Location"] == f"{HOME}done/"


@pytest.mark.parametrize("page", ["names", "contact", "check"])
def test_a_second_tab_after_sending_shows_the_request(citizen, page):
    """Fault 14: an empty start page makes people register again."""
    fill(citizen)
    send(citizen)
    for ask in (citizen.get, citizen.post):
        answer = ask(f"{HOME}{page}/", follow=True)
        assert answer.redirect_chain[-1][0] == f"{HOME}done/"
        assert "This pre-registration was sent already." in answer.content.decode()
    start = citizen.get(HOME).content.decode()
    assert "A pre-registration was sent from this device:" in start


def test_a_session_lost_in_the_middle_keeps_the_page_that_was_sent(citizen):
    citizen.post(f"{HOME}names/", ANSWERS["names"])
    session = citizen.session
    del session["pre_registration"]
    session.save()
    answer = citizen.post(f"{HOME}contact/", ANSWERS["contact"], follow=True)
    assert answer.redirect_chain == [(f"{HOME}names/", 302)]
    assert "What you wrote on the last page is kept" in answer.content.decode()
    assert 'value="0612345678"' in citizen.get(f"{HOME}contact/").content.decode()


def test_a_page_of_one_person_does_not_write_into_the_form_of_the_next(citizen):
    keeper = citizen.get(f"{HOME}names/").content.decode().partition('data-keeper="')[2].partition('"')[0]
    citizen.post(HOME, {"again": "1"})
    answer = citizen.post(f"{HOME}names/", ANSWERS["names"] | {"_keeper": keeper}, follow=True)
    assert "This page was of another form" in answer.content.decode()
    assert "Fatima" not in citizen.get(f"{HOME}names/").content.decode()


def test_the_number_of_a_paper_is_not_called_optional(citizen):
    """Fault 13: the paper decides whether its number is needed."""
    page = flat(citizen.get(f"{HOME}papers/").content.decode())
    label = page.partition('for="id_paper_number"')[2].partition("</label>")[0]
    assert "optional" not in label
    assert "Needed for: National identity card (CNIE), Residence title." in page


def test_without_the_tick_nothing_is_sent(citizen):
    fill(citizen)
    assert citizen.post(f"{HOME}check/").status_code == 422
    assert "pre_registered" not in citizen.session


def test_a_refusal_at_the_end_names_its_question_and_leads_there(citizen, monkeypatch):
    """P21: the page that asks is a link, and each field at fault has one."""
    fill(citizen)
    name = Refused(NAME_NOT_LATIN, field="last_name_fr")
    name.also = (Refused(EMAIL_INVALID, field="email"), Refused(FIELD_MISSING))

    def refuse(**values):
        raise name

    monkeypatch.setattr(person_enrolment, "pre_register", refuse)
    page = flat(send(citizen).content.decode())
    assert f'<a href="{HOME}names/?check">Surname in French</a> · This name must be written in' in page
    assert f'<a href="{HOME}contact/?check">E-mail</a> · This is not an e-mail address.' in page
    assert "<li>A required answer is missing." in page


def test_what_the_register_would_refuse_at_the_end_is_refused_where_it_is_asked(citizen):
    answer = citizen.post(f"{HOME}birth/", ANSWERS["birth"] | {"birth_year": "2027"})
    assert answer.status_code == 422
    assert "This birth date is in the future." in answer.content.decode()


def test_names_of_every_alphabet_of_the_register_go_through_to_the_end(citizen):
    """P02: taken by the page, refused by the register, or the other way round."""
    fill(citizen, names={"first_name_ar": "تاݣزيرت\u200f", "last_name_ar": "ﻣﺤﻤﺪ",
                         "first_name_fr": "Thị Lan", "last_name_fr": "Ouhaṭṭab"})  # fmt: skip
    assert send(citizen)["Location"] == f"{HOME}done/"
    assert citizen.get(f"{HOME}slip.pdf").content[:5] == b"%PDF-"


def signed_in(citizen, login="1000000000000000001"):
    account = get_user_model().objects.create(
        login=login, kind="citizen", roles=[], created_at=NOW, password="!"
    )
    citizen.force_login(account)
    citizen.cookies["language"] = "en"
    citizen.post(HOME)
    return citizen


@pytest.mark.parametrize("page", ["names", "check"])
def test_two_forms_of_one_account_do_not_mix(citizen, page):
    signed_in(citizen)
    fill(citizen)
    shown = citizen.get(f"{HOME}{page}/").content.decode()
    hidden = dict(re.findall(r'name="(_keeper|_bound_to)" value="([^"]+)"', shown))
    citizen.post(HOME, {"again": "1"})
    fill(citizen, names={"first_name_fr": "Zineb"})
    answer = citizen.post(f"{HOME}{page}/", ANSWERS["names"] | {"accept": "on"} | hidden, follow=True)
    assert "This page was of another form" in answer.content.decode()
    again = citizen.get(f"{HOME}names/").content.decode()
    assert 'value="Zineb"' in again
    assert hidden["_bound_to"] not in again  # nor does what was typed come back in this tab
    assert re.findall(r'data-keep="([^"]+)"', again) != re.findall(r'data-keep="([^"]+)"', shown)


def test_a_commune_typed_over_is_not_the_one_of_before(citizen):
    fill(citizen)
    over = {"commune_code": "04.421.01.0", "commune_code_q": "Zzzqqq", "commune_code_of": "Rabat"}
    assert citizen.post(f"{HOME}place/", ANSWERS["place"] | over).status_code == 422
    assert 'value="Zzzqqq"' in citizen.get(f"{HOME}place/").content.decode()
    assert citizen.get(f"{HOME}check/")["Location"] == f"{HOME}place/"
    assert send(citizen)["Location"] == f"{HOME}place/"


def test_a_second_form_that_was_closed_is_not_told_as_sent(citizen):
    fill(citizen)
    send(citizen)
    citizen.post(HOME, {"again": "1"})
    session = citizen.session
    session["pre_registration"] = "K7QD4M2X9T"
    session.save()
    assert "No form is open on this device" in citizen.get(f"{HOME}names/", follow=True).content.decode()
    answer = citizen.post(f"{HOME}contact/", ANSWERS["contact"], follow=True).content.decode()
    assert "What you wrote on the last page is kept" in answer


def paper():
    return SimpleUploadedFile("card.png", draw(1, "face"), "image/png")


@pytest.mark.parametrize("way", [{"_back": "1"}, {"_language": "fr"}])
def test_a_chosen_file_is_kept_or_told_whichever_way_one_leaves(citizen, way):
    fill(citizen)
    unfinished = {"paper_kind": "cnie", "paper_number": "", "picture": paper(), **way}
    assert citizen.post(f"{HOME}papers/", unfinished).status_code == 302
    told = citizen.get(f"{HOME}papers/").content.decode()
    assert "The file that you chose was not kept" in told
    assert "Received with your file:" not in told
    bad = SimpleUploadedFile("x.png", b"nothing", "image/png")
    assert citizen.post(f"{HOME}papers/", ANSWERS["papers"] | way | {"picture": bad}).status_code == 422
    left = citizen.post(f"{HOME}papers/", ANSWERS["papers"] | way | {"picture": paper()})
    assert left["Location"] in (f"{HOME}contact/", f"{HOME}papers/?lang=fr")
    assert "Received with your file:" in citizen.get(f"{HOME}papers/").content.decode()


def test_what_to_bring_is_said_while_the_appointment_is_ahead(citizen, monkeypatch):
    fill(citizen)
    send(citizen)
    assert "Bring the original of your paper." in citizen.get(f"{HOME}done/").content.decode()
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(days=60))
    page = citizen.get(f"{HOME}done/").content.decode()
    assert "Your appointment has passed" in page
    assert "Bring the original" not in page


def test_the_first_page_speaks_of_no_household_to_who_may_have_none(citizen):
    page = signed_in(citizen).get("/").content.decode()
    assert "My household" not in page
    assert 'href="/my-file/">My file</a>' in page


# --- which papers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("birth", "told", "untold"),
    [
        ({}, ["National identity card (CNIE) or Birth record extract"], ["Residence title valid until"]),
        (
            {"birth_year": "2019"},
            ["Family booklet or Proof of guardianship"],
            ["Residence title valid until"],
        ),
        ({"nationality": "resident_foreigner"}, ["Residence title valid until"], ["(CNIE) or"]),
        ({"protected": "yes"}, ["the ten-digit identifier of the father"], []),
    ],
)
def test_the_papers_page_says_which_papers_this_person_needs(citizen, birth, told, untold):
    citizen.post(f"{HOME}birth/", ANSWERS["birth"] | birth)
    page = flat(citizen.get(f"{HOME}papers/").content.decode())
    assert all(words in page for words in told)
    assert not any(words in page for words in untold)


def test_before_the_birth_date_is_known_no_paper_is_named(citizen):
    assert "papers as originals" not in flat(citizen.get(f"{HOME}papers/").content.decode())


def test_an_answer_of_a_foreigner_goes_when_the_nationality_is_corrected(citizen):
    title = {"paper_kind": "residence_title", "paper_number": "ZX100056", "residence_until": "2027-01-31"}
    fill(citizen, birth={"nationality": "resident_foreigner"}, papers=title)
    citizen.post(f"{HOME}birth/", ANSWERS["birth"])
    citizen.post(f"{HOME}papers/", ANSWERS["papers"])
    assert send(citizen)["Location"] == f"{HOME}done/"
