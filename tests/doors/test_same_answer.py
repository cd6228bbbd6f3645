"""What people type gets one answer: from the kernel, the pages of the portal, the counter's page, the API.

``texts.tsv`` holds the texts with the value that is kept or the code of the refusal. A door may turn a text
away for another reason only where it asks for another thing.
"""

import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from sijil.counter.forms import PaperValuesForm, WalkInForm
from sijil.domains.accounts.queries import show_account
from sijil.domains.accounts.services.token import create_token
from sijil.domains.appointments import services as appointments
from sijil.domains.geography import services as geography
from sijil.domains.population_register.rules import check_birth, read_field
from sijil.domains.population_register.tests.samples import CENTRE, FATIMA, NOW, OFFICER
from sijil.kernel import clean
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.pages.person_forms import PersonPage, current_form
from sijil.portal.accounts import ClaimForm
from sijil.portal.household.forms import AddMemberForm
from sijil.portal.track import TrackForm

pytestmark = pytest.mark.django_db
MISSING = "!kernel.field_missing"
_ESCAPED = re.compile(r"\\(?:n|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")

FIELDS = {
    "name_ar": ("names", "last_name_ar"),
    "name_latin": ("names", "first_name_fr"),
    "birth": ("birth", "birth"),
    "address": ("place", "quarter"),
    "postcode": ("place", "postcode"),
    "phone": ("contact", "phone"),
    "email": ("contact", "email"),
    "paper_number": ("papers", "paper_number"),
}
"""Page of the portal and field of the identity, by kind of text."""
PERSON = {
    "last_name_ar": "العلوي", "first_name_ar": "فاطمة", "last_name_fr": "El Alaoui",
    "first_name_fr": "Fatima",
    "birth": "1988-03-14", "sex": "F", "nationality": "moroccan", "commune_code": "04.421.01.0",
    "birth_country": "MA", "quarter": "12, rue des Orangers", "phone": "0612345678", "email": "",
    "language": "fr", "paper_kind": "cnie", "paper_number": "AB123456",
}  # fmt: skip
PLACE = {"region": "04", "province": "04.421"}


def new_key():
    return {"Idempotency-Key": str(uuid4())}


def texts():
    """Return (kind, text, what every door answers)."""
    lines = Path(__file__).with_name("texts.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(map(plain, line.split("\t"))) for line in lines if not line.startswith("#")]


def plain(text):
    return _ESCAPED.sub(lambda e: e[0].encode().decode("unicode_escape"), text).replace("·", " ")


TEXTS = texts()


def of(kind):
    """Return the texts of a kind; telephone and e-mail may be left empty."""
    optional = kind in ("phone", "email", "postcode")
    return [(t, "" if optional and answer == MISSING else answer) for k, t, answer in TEXTS if k == kind]


def told(cleaner, *arguments, **options):
    """Return the value in words, or the code of the refusal."""
    try:
        return str(cleaner(*arguments, **options))
    except Refused as refused:
        return f"!{refused.code}"


def of_paper(text):
    form = current_form()
    typed = {"paper_kind": "cnie", "paper_number": text}
    return read_field(form, form.field("paper_number"), typed, legal_day(NOW))


def in_boxes(values):
    """Return what a form is sent: a date in three boxes."""
    year, month, day = [*values["birth"].split("-"), "", ""][:3]
    return values | {"birth_year": year, "birth_month": month, "birth_day": day}


def of_form(form, field):
    if form.is_valid():
        return str(form.cleaned_data[field])
    faults = form.errors.as_data()
    assert set(faults) == {field}
    return f"!{faults[field][0].code}"


@pytest.fixture(autouse=True)
def country(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    geography.load_reference(now=NOW)
    appointments.load_centres(now=NOW)


@pytest.fixture
def officer():
    facts = {"kind": "staff", "roles": ["csc_officer"], "created_at": NOW, "password": "!"}
    account = get_user_model().objects.create(login=OFFICER.id, centre_code=CENTRE, **facts)
    token = create_token(account=show_account(account), now=NOW).token
    return Client(headers={"authorization": f"Bearer {token}"})


def of_api(officer, field, text):
    body = {name: value for name, value in PERSON.items()} | {field: text}
    answer = officer.post(
        "/v1/files",
        json.dumps(body),
        content_type="application/json",
        headers=new_key(),
    )
    found = answer.json()
    if answer.status_code == 201:
        return officer.get(f"/v1/files/{found['number']}").json()["identity"][field]
    assert (answer.status_code, [e["field"] for e in found["errors"]]) == (422, [field])
    return f"!{found['code']}"


def test_there_are_two_hundred_texts_and_more():
    assert len(TEXTS) == len({row[:2] for row in TEXTS}) >= 200


@pytest.mark.parametrize("kind", FIELDS)
def test_the_kernel(kind):
    cleaners = {
        "birth": lambda text, field: check_birth(clean.partial_date(text, field=field), legal_day(NOW)),
        "paper_number": lambda text, field: of_paper(text),
    }
    cleaner = cleaners.get(kind) or getattr(clean, kind)
    for text, answer in of(kind):
        assert told(cleaner, text, field="x") == (answer or MISSING), ascii(text)


@pytest.mark.parametrize("kind", FIELDS)
def test_the_portal(kind):
    page, field = FIELDS[kind]
    for text, answer in of(kind):
        form = PersonPage(
            in_boxes(PERSON | PLACE | {field: text}),
            form=current_form(),
            asked=current_form().on_page(page),
        )
        assert of_form(form, field) == answer, ascii(text)


@pytest.mark.parametrize("kind", FIELDS)
def test_the_counter(kind):
    field = FIELDS[kind][1]
    for text, answer in of(kind):
        form = WalkInForm(in_boxes(PERSON | PLACE | {field: text}))
        assert of_form(form, field) == answer, ascii(text)


@pytest.mark.parametrize("kind", ["name_ar", "name_latin"])
def test_the_counter_beside_the_papers(kind):
    field = FIELDS[kind][1]
    for text, answer in of(kind):
        form = PaperValuesForm(FATIMA, in_boxes(PERSON | {field: text}))
        assert of_form(form, field) == answer, ascii(text)


@pytest.mark.parametrize("kind", FIELDS)
def test_the_api(officer, kind):
    field = FIELDS[kind][1]
    for text, answer in of(kind):
        assert of_api(officer, field, text) == answer, ascii(text)


def test_the_number_of_a_person():
    for text, answer in of("idcs"):
        claim = {"idcs": text, "birth_year": "1988", "birth_date_year": "1988", "sex": "F"}
        assert told(clean.idcs, text) == answer
        assert of_form(AddMemberForm(claim), "idcs") == answer
        assert of_form(ClaimForm(claim), "idcs") == answer


def test_the_number_of_a_person_over_http(client):
    for text, answer in of("idcs"):
        body = {"idcs": text, "birth_date": "1988", "sex": "F"}
        got = client.post("/v1/accounts", json.dumps(body), content_type="application/json")
        if answer[0] == "!":
            assert f"!{got.json()['code']}" == answer
        else:  # read, and nobody has it: answered as if somebody had, until there were too many trials
            assert got.status_code in (202, 429)


def test_the_number_of_a_request(client):
    for text, answer in of("request_number"):
        assert told(clean.request_number, text) == answer
        assert of_form(TrackForm({"number": text}), "number") == answer
        got = client.get(f"/v1/requests/{text}")
        unknown = "!social_register.registration_unknown"
        assert (got.status_code, f"!{got.json()['code']}") == (404, answer if answer[0] == "!" else unknown)
