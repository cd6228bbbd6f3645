"""The adjudicator's pages: queue, case, images, decision; and who may not see them."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from sijil.backoffice.adjudication import compare_identities, mark_field
from sijil.domains.audit.queries import list_entries
from sijil.domains.biometrics import queries as captures
from sijil.domains.biometrics import samples
from sijil.domains.biometrics import services as biometrics
from sijil.domains.matching import queries as matching
from sijil.domains.matching import services as cases
from sijil.domains.matching.types import Candidate, Subject, Verdict
from sijil.domains.population_register import queries as register
from sijil.domains.population_register import services as population
from sijil.domains.population_register.rules import NO_NAME, form_of, matched
from sijil.domains.population_register.tests.samples import paper_of
from sijil.domains.population_register.types import Channel, Identity, Sex
from sijil.kernel.actors import officer, system
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.dates import PartialDate
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
OFFICER = officer("counter", centre="C1")
WHY = "Same face, same mother's name on the extract."
FATIMA = Identity(
    last_name_ar="الشرقاوي", first_name_ar="فاطمة", last_name_fr="Cherkaoui", first_name_fr="Fatima",
    birth=PartialDate(1988, 3, 14), sex=Sex.FEMALE, commune_code="01.151.01.01", phone="+212612345678",
    paper_kind="cnie", paper_number="AB123456", language="fr",
    more={"birth_country": "MA", "quarter": "Hay Riad", "street": "12, rue des Orangers"}, form="RNP-2026-1",
)  # fmt: skip


@pytest.fixture(autouse=True)
def quiet(monkeypatch):
    """The messages of the journey are tested with the journey."""
    from sijil.journeys.person_enrolment import notices

    monkeypatch.setattr(notices, "_send", lambda *a, **k: None)
    with kept_notices():
        yield


def file(seed, **changes):
    """Return a file that was deposited and looks like another, with its images."""
    number = population.submit_request(
        identity=FATIMA.with_changes(changes), centre_code="C1", language="fr", channel=Channel.COUNTER,
        actor=OFFICER, now=NOW,
    )  # fmt: skip
    for modality in ("face", "iris_left"):
        content = samples.draw(seed, modality)
        judged = biometrics.judge_capture(modality=modality, content=content, now=NOW)
        biometrics.store_capture(request_number=number, judged=judged, actor=OFFICER, now=NOW)
    identity = FATIMA.with_changes(changes)
    population.compare_papers(number=number, paper=paper_of(identity), actor=OFFICER, now=NOW)
    population.deposit_request(number=number, actor=OFFICER, now=NOW)
    return register.get_request_record(number)


@pytest.fixture
def known():
    request = file(1)
    population.register_person(number=request.number, actor=system("matcher"), now=NOW)
    return register.get_request_record(request.number)


@pytest.fixture
def new(known):
    request = file(2, last_name_fr="Echcherkaoui", birth=PartialDate(1988), phone="")
    population.flag_duplicate(number=request.number, actor=system("matcher"), now=NOW)
    return request


@pytest.fixture
def case_id(new, known):
    near = Candidate(known.id, 2500, Verdict.LIKELY, {"last_name": "exact"}, 4)
    return open_case(new, near, deposited_by="counter")


def open_case(request, *near, **more):
    return cases.open_case(
        subject=request.id, number=request.number, candidates=near, actor=system("matcher"), now=NOW, **more
    )


def sign_in(client, login, *roles):
    account = get_user_model()(login=login, kind="staff", roles=list(roles), created_at=NOW)
    account.set_unusable_password()
    account.save()
    client.force_login(account)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def amina(client):
    return sign_in(client, "amina", "adjudicator")


def decide(client, case_id, **values):
    body = {"verdict": "different_person", "reason": WHY, **values}
    return client.post(reverse("backoffice-decide", args=[case_id]), body)


def show(client, case_id, **query):
    return client.get(reverse("backoffice-case", args=[case_id]), query)


def test_the_queue_shows_age_and_next_action_and_no_name(amina, case_id, new):
    page = amina.get(reverse("backoffice-adjudication")).content.decode()
    assert "Waits for a first decision" in page
    assert f"{new.number[:4]}-{new.number[4:8]}" in page
    assert "Cherkaoui" not in page


def test_the_queue_without_cases_says_so(amina):
    assert "No file waits for you." in amina.get(reverse("backoffice-adjudication")).content.decode()


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_both_pages_are_shown_in_every_language(amina, case_id, language):
    amina.cookies["language"] = language
    for answer in (amina.get(reverse("backoffice-adjudication")), show(amina, case_id)):
        assert answer.status_code == 200
        assert f'lang="{language}"' in answer.content.decode()


def test_the_case_shows_both_files_with_differences_marked(amina, case_id, known):
    page = flat(show(amina, case_id).content.decode())
    plain = re.sub(r"</?mark>", "", page)
    assert all(
        text in plain
        for text in ("Echcherkaoui", "Cherkaoui", "AB123456", register.get_idcs(known.person)[:4])
    )
    rows = re.findall(r'<tr(?: class="(\w*)")?><th scope="row">([^<]+)</th>', page)
    marks = {name: mark for mark, name in rows}
    assert marks["Surname in French"] == "doubtful"
    assert marks["Date of birth"] == "doubtful"
    assert marks["Surname in Arabic"] == ""


def test_the_images_of_both_files_stand_side_by_side(amina, case_id, new, known):
    page = show(amina, case_id).content.decode()
    for request in (new, known):
        for capture in captures.list_captures(request.number):
            assert reverse("backoffice-case-image", args=[case_id, capture.id]) in page


def test_an_image_is_served_unsealed_uncached_and_noted(amina, case_id, new):
    capture = captures.list_captures(new.number)[0]
    answer = amina.get(reverse("backoffice-case-image", args=[case_id, capture.id]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, no-store")
    assert answer.content[:3] == b"\xff\xd8\xff"
    assert ("adjudication.image_read", new.number) in readings(new)


def test_an_image_of_another_file_is_not_served(amina, case_id):
    other = file(3)
    capture = captures.list_captures(other.number)[0]
    answer = amina.get(reverse("backoffice-case-image", args=[case_id, capture.id]))
    assert answer.status_code == 404


def readings(*files):
    """Return what adjudicators read of these files, as (action, subject)."""
    subjects = [request.person or request.number for request in files]
    entries = [entry for subject in subjects for entry in list_entries(subject)]
    return sorted((e.action, e.subject) for e in entries if e.action.endswith("_read"))


def test_reading_a_case_is_written_down_for_both_persons(amina, case_id, new, known):
    show(amina, case_id)
    assert readings(new, known) == sorted(
        ("adjudication.case_read", who) for who in (new.number, known.person)
    )


def test_one_image_opens_no_identity_and_is_written_for_its_person_alone(
    amina, case_id, new, known, monkeypatch
):
    def refuse(*_):
        raise AssertionError("an identity was opened")

    for module in (register.records, register.identities, register.runs):
        monkeypatch.setattr(module, "open_identity", refuse)
    capture = captures.list_captures(known.number)[0]
    assert amina.get(reverse("backoffice-case-image", args=[case_id, capture.id])).status_code == 200
    assert readings(new, known) == [("adjudication.image_read", known.person)]


def test_only_the_two_files_shown_are_opened(amina, new, known):
    third = file(5)
    near = [Candidate(ref, 2500, Verdict.LIKELY, {}, 4) for ref in (known.id, third.id)]
    case = open_case(new, *near)
    show(amina, case)
    assert {who for _, who in readings(new, known, third)} == {new.number, known.person}
    show(amina, case, file=str(third.id))
    assert {who for _, who in readings(new, known, third)} == {new.number, known.person, third.number}


def test_a_case_without_a_known_file_is_shown_all_the_same(amina, new):
    """Every name too frequent to search by: nobody stands beside the file, and officers still decide."""
    drowned = cases.compare(Subject(new.id, **matched(FATIMA)), load=lambda refs: {}, now=NOW)
    case = open_case(new, comparison=drowned.id)
    page = show(amina, case).content.decode()
    assert "The search could not narrow down" in page
    assert "Same person as the known file shown" not in page
    assert decide(amina, case).status_code == 302


def test_the_queue_is_a_constant_number_of_statements(amina, new, known, django_assert_max_num_queries):
    near = Candidate(known.id, 2500, Verdict.LIKELY, {}, 1)
    for _ in range(20):
        cases.open_case(
            subject=uuid4(), number="K7QD4M2X9T", candidates=[near], actor=system("matcher"), now=NOW
        )
    with django_assert_max_num_queries(8):
        amina.get(reverse("backoffice-adjudication"))


def test_two_officers_who_agree_register_the_new_person(client, case_id, new):
    decide(sign_in(client, "amina", "adjudicator"), case_id)
    assert register.get_request_record(new.number).state == "in_adjudication"
    answer = decide(sign_in(client, "brahim", "adjudicator"), case_id)
    assert answer.status_code == 302
    assert register.get_request_record(new.number).state == "registered"


def test_two_officers_who_agree_refuse_the_duplicate(client, case_id, new, known):
    for login in ("amina", "brahim"):
        decide(sign_in(client, login, "adjudicator"), case_id, verdict="same_person", candidate=str(known.id))
    assert register.get_request_record(new.number).state == "rejected"
    assert matching.get_case(case_id).linked_to == known.id


def test_the_second_officer_does_not_see_the_first_decision(client, case_id):
    decide(sign_in(client, "amina", "adjudicator"), case_id, verdict="same_person")
    page = show(sign_in(client, "brahim", "adjudicator"), case_id).content.decode()
    assert "Another officer has decided." in page
    assert "amina" not in page
    assert WHY not in page.replace("&#x27;", "'")
    decide(client, case_id)
    page = show(client, case_id).content.decode()
    assert "amina" in page
    assert WHY in page.replace("&#x27;", "'")


def test_an_officer_who_decided_sees_no_form_and_is_refused(client, case_id):
    decide(sign_in(client, "amina", "adjudicator"), case_id)
    assert "You have decided." in show(client, case_id).content.decode()
    answer = decide(client, case_id)
    assert answer.status_code == 422
    assert "You have already decided this case" in answer.content.decode()


def test_the_officer_of_the_counter_is_refused(client, case_id):
    sign_in(client, "counter", "adjudicator")
    assert "another officer decides" in show(client, case_id).content.decode()
    assert decide(client, case_id).status_code == 422
    assert matching.get_case(case_id).state == "opened"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"reason": ""}, "Write why you decide so."),
        ({"reason": "no"}, "10 characters at least"),
        ({"reason": "x" * 1200}, "The reason is longer than"),
        ({"verdict": ""}, "Choose one of the three answers."),
        ({"verdict": "perhaps"}, "There is a problem"),
        ({"verdict": "same_person", "candidate": str(uuid4())}, "Choose the known file"),
        ({"candidate": "rubbish"}, "There is a problem"),
    ],
)
def test_a_wrong_decision_keeps_what_was_typed_and_says_what_to_do(amina, case_id, known, values, said):
    answer = decide(amina, case_id, **{"candidate": str(known.id), **values})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert matching.get_case(case_id).state == "opened"


def test_after_a_decision_the_next_file_opens(amina, case_id, new, known):
    other = file(4)
    near = Candidate(known.id, 2500, Verdict.LIKELY, {}, 1)
    following = open_case(other, near)
    assert decide(amina, case_id)["Location"] == reverse("backoffice-case", args=[following])
    population.flag_duplicate(number=other.number, actor=system("matcher"), now=NOW)
    assert decide(amina, following)["Location"] == reverse("backoffice-adjudication")


def ask(client, case_id, *logins, verdict="ask_paper", **values):
    for login in logins:
        answer = decide(sign_in(client, login, "adjudicator"), case_id, verdict=verdict, **values)
    return answer


def test_two_who_cannot_tell_ask_and_the_case_waits_apart_in_the_queue(client, case_id, new):
    ask(client, case_id, "amina", "brahim")
    [wanted] = matching.get_case(case_id).asks
    assert (wanted.what, wanted.of) == ("paper", new.id)
    page = flat(client.get(reverse("backoffice-adjudication")).content.decode())
    assert "Waiting for what was asked" in page
    assert "No file waits for you." in page
    work = page[page.index('id="work"') :]
    assert re.findall(r"<bdi>(\w+)</bdi></th><td>(?:<[^>]*>)*(\d)", work) == [("amina", "1"), ("brahim", "1")]


def test_the_known_person_is_asked_when_the_box_is_ticked(client, case_id, known):
    values = {"candidate": str(known.id), "of_known": "on"}
    ask(client, case_id, "amina", "brahim", verdict="ask_visit", **values)
    assert [(a.what, a.of) for a in matching.get_case(case_id).asks] == [("visit", known.id)]


def test_what_came_to_the_desk_brings_the_case_back(client, case_id):
    ask(client, case_id, "amina", "brahim")
    [wanted] = matching.get_case(case_id).asks
    url = reverse("backoffice-receive-asked", args=[case_id, wanted.id])
    assert client.get(url).status_code == 302
    assert "It came to this desk" in show(client, case_id).content.decode()
    client.post(url)
    assert matching.get_case(case_id).round == 2
    page = show(client, case_id).content.decode()
    assert "What was asked has come." in page
    assert WHY not in page.replace("&#x27;", "'")
    client.post(url)
    assert matching.get_case(case_id).round == 2


def test_a_paper_of_another_case_is_not_shown(amina, case_id):
    assert amina.get(reverse("backoffice-case-sent", args=[case_id, uuid4()])).status_code == 404


def test_every_answer_has_one_key_that_is_shown(amina, case_id):
    page = show(amina, case_id).content.decode()
    keys = re.findall(r'data-key="(\w)"', page)
    assert len(keys) == len(set(keys))
    assert {"d", "s", "p", "c", "v", "k", "r"} <= set(keys)
    assert {key.upper() for key in keys} <= set(re.findall(r"<kbd\s*>(\w)</kbd", page)) | {"Q", "N"}


def test_what_speaks_for_and_against_stands_in_words(amina, case_id):
    page = flat(show(amina, case_id).content.decode())
    assert "Last name: the same" in page
    assert "speaks strongly for" in page


def test_the_letters_that_differ_are_marked_on_both_sides():
    row = {
        r.label: r for r in compare_identities(FATIMA.with_changes({"last_name_fr": "Echcherkaoui"}), FATIMA)
    }["Surname in French"]
    assert [text for text, differs in row.new if differs] != []
    assert "".join(text for text, _ in row.new) != "".join(text for text, _ in row.known)


@pytest.mark.parametrize("name", ["backoffice-adjudication", "backoffice-case"])
def test_other_staff_and_the_public_may_not_look(client, case_id, name):
    url = reverse(name, args=[case_id] if name == "backoffice-case" else [])
    assert client.get(url)["Location"].startswith("/sign-in/")
    assert sign_in(client, "salma", "csc_officer", "administrator").get(url).status_code == 403


def test_nobody_else_sees_an_image_or_decides(client, case_id, new):
    capture = captures.list_captures(new.number)[0]
    sign_in(client, "salma", "programme_manager")
    assert client.get(reverse("backoffice-case-image", args=[case_id, capture.id])).status_code == 403
    assert decide(client, case_id).status_code == 403


def test_a_case_that_does_not_exist(amina):
    assert show(amina, uuid4()).status_code == 404


def test_a_decision_is_not_taken_by_get(amina, case_id):
    page = reverse("backoffice-case", args=[case_id])
    assert amina.get(reverse("backoffice-decide", args=[case_id]))["Location"] == page


def test_a_refused_decision_keeps_its_reason_where_the_case_does(amina, case_id):
    page = reverse("backoffice-case", args=[case_id])
    refused = decide(amina, case_id, verdict="")
    assert refused.status_code == 422
    for answer in (show(amina, case_id), refused):
        assert f'data-keep="{page}"' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "new", "known", "mark"),
    [
        ("last_name_fr", "Cherkaoui", "CHERKAOUI", "equal"),
        ("last_name_fr", "Cherkaoui", "Echcherkaoui", "sound"),
        ("last_name_ar", "الشرقاوي", "شرقاوى", "equal"),
        ("first_name_fr", "Fatima", "Salma", "different"),
        ("birth", PartialDate(1988, 3, 14), PartialDate(1988), "year"),
        ("birth", PartialDate(1988, 3, 14), PartialDate(1987), "different"),
        ("phone", "", "+212612345678", "missing"),
        ("phone", "+212612345678", "+212612345679", "different"),
    ],
)
def test_marks_of_fields(name, new, known, mark):
    assert mark_field(form_of(FATIMA).field(name), new, known) == mark


def test_what_the_form_shows_an_adjudicator_is_compared():
    rows = compare_identities(FATIMA, FATIMA.with_changes({"last_name_ar": None}))
    assert [row.label for row in rows] == [
        f.label.text("en") for f in form_of(FATIMA).shown_to("adjudicator")
    ]
    assert [(NO_NAME.text("en"), False)] in [row.known for row in rows]
