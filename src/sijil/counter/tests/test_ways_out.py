"""A file's page without script: whichever button is pressed, what was typed for the others stays."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from sijil.domains.appointments import services as appointments
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography import services as geography
from sijil.domains.population_register import queries
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment
from sijil.pages.tests.unscripted import Sheet

pytestmark = pytest.mark.django_db
LOST = "A file that you had chosen was not sent with this button."


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointments.load_centres(now=NOW)


def officer(login=OFFICER.id):
    account = get_user_model().objects.create(
        login=login, kind="staff", roles=["csc_officer"], centre_code=CENTRE, created_at=NOW, password="!"
    )
    client = Client()
    client.force_login(account)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def desk():
    return officer()


def opened(**changes):
    return person_enrolment.pre_register(
        identity=replace(FATIMA, **changes), centre_code=CENTRE, channel=Channel.COUNTER, actor=OFFICER,
        now=NOW,
    )  # fmt: skip


@pytest.fixture
def number():
    return opened()


def sheet_of(desk, number):
    return Sheet(desk.get(reverse("counter-file", args=[number])), "compare")


def to(name, value=None):
    """Return the button that leads to an address of the counter (and says so, where several lead there)."""
    return lambda button: (
        f"/{name}/" in (button.get("formaction") or "") and value in (None, button.get("value"))
    )


def language(button):
    return button.get("name") == "_language" and button.get("value") == "fr"


TYPED = {
    "last_name_fr": "Alaoui", "birth_year": "1987", "same_first_name_fr": "on", "paper-kind": "birth_extract",
    "iris_left-reason": "injury", "iris_right-reason": "injury", "papers-reason": "paper_expired",
    "refuse-reason": "not_resident",
}  # fmt: skip
PICTURE = {"face-picture": draw(1, "face")}
WAYS = {
    "language": (language, {}, ""),
    "a face": (to("capture", "face"), PICTURE, "face"),
    "a face that is not chosen": (to("capture", "face"), {}, ""),
    "a face that is none": (to("capture", "face"), {"face-picture": b"no picture"}, ""),
    "an eye excused": (to("excuse", "iris_left"), {}, "iris_left"),
    "a paper": (to("add-paper"), {"paper-picture": draw(1, "face")}, "paper"),
    "a paper that is not chosen": (to("add-paper"), {}, ""),
    "a paper asked for": (to("ask-paper"), {}, "papers"),
    "a paper asked for without reason": (to("ask-paper"), {"papers-reason": ""}, "papers"),
    "a refusal without reason": (to("refuse"), {"refuse-reason": ""}, "refuse"),
    "received too early": (to("deposit"), {}, ""),
    "the telephone": (to("correct/contact"), {}, ""),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_was_typed_stays_when_the_page_is_left_by(desk, number, way):
    which, more, taken = WAYS[way]
    sheet_of(desk, number).press(desk, which, TYPED | more)
    again = sheet_of(desk, number).boxes
    stays = {name: value for name, value in TYPED.items() if name.partition("-")[0] != taken}
    assert {name: again.get(name) for name in stays} == stays


def test_what_the_button_took_is_not_offered_again(desk, number):
    ticks = {name: "on" for name in sheet_of(desk, number).ticks if name.startswith("same_")}
    sheet_of(desk, number).press(desk, language, ticks | {"papers-reason": "paper_expired"})
    sheet_of(desk, number).press(desk, lambda button: button.get("data-key") == "s", {})
    again = sheet_of(desk, number)
    assert person_enrolment.read_file(number, actor=OFFICER, now=NOW).is_compared
    assert again.boxes["papers-reason"] == "paper_expired"
    again.press(desk, to("ask-paper"), {})
    assert queries.get_status(number).state == "papers_requested"


def test_enter_saves_the_lines(desk, number):
    first, *_ = sheet_of(desk, number).buttons
    assert not {"name", "formaction"} & first.keys()
    assert sheet_of(desk, number).action == reverse("counter-compare", args=[number])


@pytest.mark.parametrize("more", [PICTURE, {"paper-picture": b"x"}])
def test_a_chosen_file_that_the_button_does_not_send_is_said(desk, number, more):
    assert LOST in sheet_of(desk, number).press(desk, to("excuse", "iris_left"), more).content.decode()
    page = sheet_of(desk, number).press(desk, to("capture", "iris_left"), more)
    assert LOST in page.content.decode()


def test_the_file_that_was_sent_is_not_said_to_be_lost(desk, number):
    for which, more in ((to("capture", "face"), PICTURE), (to("capture", "face"), {"face-picture": b"x"})):
        assert LOST not in sheet_of(desk, number).press(desk, which, more).content.decode()


def test_a_tick_does_not_come_back_beside_other_words(desk, number):
    sheet_of(desk, number).press(desk, language, TYPED)
    person_enrolment.correct(number=number, changes={"first_name_fr": "Fatna"}, actor=OFFICER, now=NOW)
    again = sheet_of(desk, number).boxes
    assert again["last_name_fr"] == "Alaoui"
    assert "same_first_name_fr" not in again


def test_it_comes_back_for_this_file_and_this_officer_alone(desk, number):
    sheet_of(desk, number).press(desk, language, TYPED)
    other = opened(phone="0612340077", paper_number="AB123477")
    assert sheet_of(desk, other).boxes["last_name_fr"] == ""
    assert sheet_of(officer("officer-9"), number).boxes["last_name_fr"] == ""
    assert "Alaoui" not in str(dict(desk.session))


def test_a_file_that_left_the_counter_leaves_nothing_behind(desk, number):
    sheet_of(desk, number).press(desk, language, TYPED)
    assert any(name.startswith("typed:") for name in dict(desk.session.items()))
    sheet_of(desk, number).press(desk, to("refuse"), {})
    assert queries.get_status(number).state == "rejected"
    assert not any(name.startswith("typed:") for name in dict(desk.session.items()))


def test_a_button_that_is_none_of_ours_is_no_page(desk, number):
    for name in ("capture", "excuse"):
        answer = desk.post(reverse(f"counter-{name}", args=[number]), {"modality": "thumb"})
        assert answer.status_code == 404


def test_a_walk_in_form_in_another_language_opens_no_file_and_keeps_what_was_typed(desk):
    sheet = Sheet(desk.get(reverse("counter-new")), "answers")
    typed = {"last_name_fr": "Ouahmane", "sex": "M", "paper_number": "?"}
    answer = sheet.press(desk, lambda button: button.get("lang") == "fr", typed)
    again = Sheet(answer, "answers")
    assert answer["Content-Language"] == "fr"
    assert {name: again.boxes.get(name) for name in typed} == typed
    assert again.boxes["sent_once"]
    assert 'class="error' not in answer.content.decode()


def test_a_correction_in_another_language_corrects_nothing_and_keeps_what_was_typed(desk, number):
    sheet = Sheet(desk.get(reverse("counter-correct", args=[number, "contact"])), "answers")
    answer = sheet.press(desk, lambda button: button.get("lang") == "fr", {"phone": "0698765432"})
    assert Sheet(answer, "answers").boxes["phone"] == "0698765432"
    assert person_enrolment.read_file(number, actor=OFFICER, now=NOW).identity.phone == FATIMA.phone
