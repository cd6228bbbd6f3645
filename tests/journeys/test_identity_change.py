"""One act changes what the register says of a person and every copy of it: never do two truths stand."""

import ast
import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event as Signal

import pytest
from django.db import connection
from tests.journeys.household import NOW, fill, settle, sign_in
from tests.journeys.test_civil_events import is_somebody_waiting, wait_until
from typer.testing import CliRunner

from sijil.console import build
from sijil.country import country, loading
from sijil.domains.audit.queries import list_entries
from sijil.domains.events import queries as event_queries
from sijil.domains.events.models import Event
from sijil.domains.events.states import StepState
from sijil.domains.geography.services import load_reference
from sijil.domains.matching.models import MatchingKey
from sijil.domains.population_register import queries as population
from sijil.domains.population_register.acts import IDENTITY_READ
from sijil.domains.population_register.models import EnrolmentRequest, IdentityVersion, Person
from sijil.domains.population_register.tests.samples import FATIMA, WORKER, known, received
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import queries as social
from sijil.domains.social_register import services as social_services
from sijil.domains.social_register.models import Draft, Household, Member
from sijil.domains.social_register.tests.households import CLERK, loaded, member
from sijil.domains.verification import queries as verification
from sijil.domains.verification.models import VerificationSubject
from sijil.journeys import events, household_registration, identity_change
from sijil.journeys.person_enrolment.numbering import issue_number
from sijil.kernel.actors import COUNTRY, citizen, officer
from sijil.kernel.casework.files import kept_notices
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused

SOURCE = Path(__file__).resolve().parents[2] / "src" / "sijil"
OFFICER = officer("officer-1", area=COUNTRY, roles=["csc_officer"])
READING = {"act": IDENTITY_READ, "actor": OFFICER, "now": NOW}
PAPER = {"reason": "written_wrongly", "paper": "CNIE AB123456"}
OLDER = {"birth": "1958-02-03"}
ALL = OLDER | {
    "sex": "M", "last_name_fr": "Bennani", "phone": "0612000000", "commune_code": "01.051.01.01",
}  # fmt: skip


def change(person, changes, actor=OFFICER, now=NOW, **more):
    return identity_change.change(person=person, changes=changes, actor=actor, now=now, **PAPER | more)


def differing():
    found = identity_change.list_differing(now=NOW)
    return {copy: set(keys) for copy, keys in found.copies.items() if keys}


def identity(person):
    return population.get_person(person, **READING).identity


def told(person):
    return list(Event.objects.filter(kind="person.identity_changed", subject=person).order_by("id"))


def work():
    while waiting := events.list_steps(StepState.WAITING):
        for step in waiting:
            events.take_step(event_id=step.event, step=step.step, now=NOW)


def outcome(person):
    [event] = told(person)
    [step] = [one for one in event_queries.list_steps(event.id) if "rescoring" in one.step]
    return step.state.value, step.reason


@pytest.fixture
def home(db):
    """A household of the demo country with its score: every copy that there is of its members."""
    return make_home()


def make_home():
    load_reference(NOW)
    homes = country.make_country(NOW).chunk(0)
    found = next(home for home in homes if len(home.persons) > 2)
    loading.load_chunk([found], loading.Loaded(), now=NOW)
    return found


# --- one act ------------------------------------------------------------------------------------------------


def test_every_copy_follows(home):
    head, code = home.persons[0], home.loaded.code
    assert differing() == {}
    made = change(head.key, ALL | {"sex": other(head)})
    born = PartialDate(1958, 2, 3)
    assert (made.fields, differing()) == (tuple(sorted(ALL)), {})
    assert verification.is_match(head.idcs, born, other(head))
    assert not verification.is_match(head.idcs, head.identity.birth, head.identity.sex)
    assert Household.objects.get(pk=code).births[head.key] == born
    assert Member.objects.get(person=head.key).sex == other(head)
    assert population.find_addressee(head.key).phone == "+212612000000"
    assert [e.action for e in list_entries(head.key)][:1] == ["person.identity_changed"]
    [event] = told(head.key)
    assert event_queries.get_event(event.id).facts == {
        "fields": sorted(ALL), "reason": "written_wrongly", "version": 2, "is_found_otherwise": True,
        "by": OFFICER.id,
    }  # fmt: skip


def other(person):
    return "M" if person.identity.sex == "F" else "F"


def test_the_file_that_a_person_registered_with_is_found_by_the_new_phone(db):
    _, person = registered()
    change(person, {"phone": "0612000000", "paper_number": "CD1"})
    assert differing() == {}
    assert [len(population.find_requests(text)) for text in ("0612000000", "CD1", FATIMA.phone)] == [1, 1, 0]


def registered():
    load_reference(NOW)
    with kept_notices():
        number = received()
        return number, issue_number(number, actor=WORKER, now=NOW)


def test_a_draft_that_names_the_person_follows(db):
    family = settle()
    sign_in(family.head).post("/my-file/household/start/")
    change(family.head.key, LACKING | {"sex": "F"})
    assert [d.sex for d in Draft.objects.filter(person=family.head.key)] == ["F"]


@pytest.mark.parametrize("limit", [1, 500])
def test_a_record_that_does_not_open_is_told_and_the_others_are_compared(home, monkeypatch, limit):
    monkeypatch.setattr(identity_change, "CHUNK", limit)
    spoilt, unlike = sorted(home.persons, key=lambda one: one.key)[:2]
    Person.objects.filter(key=spoilt.key).update(sealed_idcs=b"x" * 40)
    Person.objects.filter(key=unlike.key).update(birth_year=1900)
    assert differing()["register"] == {spoilt.key, unlike.key}


@pytest.mark.parametrize(
    ("copy", "spoil"),
    [
        ("register", lambda p: Person.objects.filter(key=p.key).update(birth_year=1900)),
        ("register", lambda p: Person.objects.filter(key=p.key).update(commune_code="x")),
        ("verification", lambda p: asked_about(p).update(sex=other(p))),
        ("verification", lambda p: asked_about(p).update(birth_tag=bytes(16))),
        ("verification", lambda p: asked_about(p).delete()),
        ("matching", lambda p: MatchingKey.objects.filter(subject=p.id).first().delete()),
        ("households", lambda p: Member.objects.filter(person=p.key).update(sex=other(p))),
        ("households", lambda p: social_services.follow_birth(person=p.key, birth=PartialDate(1900))),
    ],
)
def test_a_copy_that_says_something_else_is_found(home, copy, spoil):
    person = home.persons[0]
    spoil(person)
    assert differing() == {copy: {person.key}}


def asked_about(person):
    return VerificationSubject.objects.filter(person=person.key)


def test_a_phone_of_a_request_that_stayed_behind_is_found(db):
    _, person = registered()
    EnrolmentRequest.objects.update(phone_index=b"x" * 16)
    assert differing()["register"] == {person}


def test_the_command_says_how_many_differ(home):
    runner = CliRunner()
    assert runner.invoke(build(["check-copies"]), ["check-copies"]).exit_code == 0
    social_services.follow_birth(person=home.persons[0].key, birth=PartialDate(1900))
    failed = runner.invoke(build(["check-copies"]), ["check-copies"])
    assert (failed.exit_code, f"households: 1 differ: {home.persons[0].key}" in failed.output) == (1, True)


STEPS = [
    (identity_change.register, "change_identity"),
    (identity_change.matching, "index_subject"),
    (identity_change.verification, "correct_subject"),
    (identity_change.social, "follow_birth"),
    (identity_change.social, "follow_sex"),
    (identity_change.events, "publish"),
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("module", "name"), STEPS, ids=[name for _, name in STEPS])
def test_a_crash_on_the_way_leaves_all_as_it_was(monkeypatch, module, name):
    person = make_home().persons[0]
    real = getattr(module, name)

    def crash(*args, **given):
        real(*args, **given)
        raise SystemError("the process was killed")

    monkeypatch.setattr(module, name, crash)
    with pytest.raises(SystemError):
        change(person.key, ALL | {"sex": other(person)})
    monkeypatch.undo()
    assert (identity(person.key), differing(), told(person.key)) == (person.identity, {}, [])
    assert verification.is_match(person.idcs, person.identity.birth, person.identity.sex)
    assert IdentityVersion.objects.filter(person__key=person.key).count() == 1
    assert {e.action for e in list_entries(person.key)} == {"person.identity_read"}  # of this test


# --- before it is done, and where it came from --------------------------------------------------------------


def test_what_is_weighed_is_shown_and_not_done(db):
    number = known(FATIMA, NOW)
    asked = {"idcs": number, "changes": OLDER, "actor": OFFICER, "now": NOW, **PAPER}
    made = identity_change.weigh(**asked)
    assert (made.before, made.identity.birth, made.fields) == (FATIMA, PartialDate(1958, 2, 3), ("birth",))
    assert (identity(number.key), told(number.key), made.version) == (FATIMA, [], 1)
    assert "person.identity_read" in {entry.action for entry in list_entries(number.key)}
    assert identity_change.correct(**asked).identity == made.identity


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"changes": {}}, "population_register.nothing_changes"),
        ({"paper": ""}, "population_register.paper_needed"),
        ({"reason": "x"}, "kernel.reason_needed"),
        ({"changes": {"birth_commune": "99"}}, "geography.place_unknown"),
        ({"actor": officer("officer-2", area="01", roles=["csc_officer"])}, "kernel.role_refused"),
    ],
)
def test_what_would_be_refused_is_refused_before(db, asked, code):
    load_reference(NOW)
    given = {"idcs": known(FATIMA, NOW), "changes": OLDER, "actor": OFFICER, "now": NOW, **PAPER}
    for act in (identity_change.weigh, identity_change.correct):
        with pytest.raises(Refused) as refused:
            act(**given | asked)
        assert refused.value.code == code


def test_each_answer_has_the_version_that_said_it(db):
    number = known(FATIMA, NOW)
    later = NOW + dt.timedelta(days=30)
    change(number.key, {"phone": "0612000000"}, since=legal_day(later), reason="contact_changed", now=later)
    change(number.key, OLDER, now=later)
    read = identity_change.read_history(idcs=number, on=legal_day(later), actor=OFFICER, now=later)
    assert [one.version for one in read.versions] == [1, 2, 3, 4]  # the older birth is true of both periods
    found = {name: read.source(name) for name in ("phone", "birth", "last_name_fr")}
    assert {name: said.version for name, said in found.items()} == {"phone": 2, "birth": 3, "last_name_fr": 1}
    assert found["phone"].valid_from == legal_day(later)
    changed = [read.changed(said) for said in read.versions]
    assert changed == [(), ("phone",), ("birth",), ("birth",)]


# --- what follows -------------------------------------------------------------------------------------------


def test_a_birth_date_that_is_another_scores_the_household_anew(home):
    person, code = home.persons[0], home.loaded.code
    before = scoring.get_current_score(code)
    change(person.key, {"birth": "1940-01-01"})
    work()
    after = scoring.get_current_score(code)
    assert (outcome(person.key), before.number, after.number) == (("done", ""), 1, 2)
    assert after.inputs != before.inputs
    assert after.declaration == before.declaration


@pytest.mark.parametrize(
    ("changes", "reason"), [({"phone": "0612000000"}, "ages_as_before"), (OLDER, "no_household")]
)
def test_what_changes_no_age_scores_nobody(db, changes, reason):
    person = known(FATIMA, NOW).key
    change(person, changes)
    work()
    assert outcome(person) == ("done", reason)


def test_a_household_that_waits_for_its_first_score_is_scored_with_its_registration(db):
    person = known(FATIMA, NOW).key
    waits = loaded(member("head", 38, person, "F"))
    social_services.load_households(households=[waits], actor=CLERK, now=NOW)
    change(person, OLDER)
    work()
    assert outcome(person) == ("done", "no_score_yet")
    assert social.open_births([waits.code])[waits.code][person] == PartialDate(1958, 2, 3)


# --- at the same moment -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_are_one_after_the_other():
    person = make_home().persons[0]
    typed = [{"phone": "0612000000"}, {"last_name_fr": "Bennani"}, OLDER, {"street": "3, rue Neuve"}]
    with ThreadPoolExecutor(4) as pool:
        versions = list(pool.map(lambda said: changed_in_thread(person.key, said), typed))
    assert sorted(versions) == [2, 3, 4, 5]
    said = {name: value for one in typed for name, value in one.items()} | {"phone": "+212612000000"}
    assert identity(person.key).as_json() == person.identity.as_json() | said
    assert differing() == {}


@pytest.mark.django_db(transaction=True)
def test_one_change_sent_four_times_is_one_change():
    person = make_home().persons[0]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: changed_in_thread(person.key, OLDER), range(4)))
    assert sorted(found, key=str) == [2, *["population_register.nothing_changes"] * 3]
    assert (len(told(person.key)), differing()) == (1, {})


def changed_in_thread(person, changes):
    try:
        return change(person, changes).version
    except Refused as refused:
        return refused.code
    finally:
        connection.close()


@pytest.fixture
def family(transactional_db):
    """A family whose draft is ready to be sent."""
    found = settle()
    client = sign_in(found.head)
    client.post("/my-file/household/start/")
    fill(client, found)
    return found


LACKING = {"paper_kind": "cnie", "paper_number": "AB123456", "street": "12, rue des Orangers"}
BORN = OLDER | LACKING


def send(family):
    try:
        draft = social.find_draft_of(family.head.key)
        household_registration.submit(
            registration_id=draft.id,
            seen_version=draft.version,
            accept_law=True,
            accept_info=True,
            actor=citizen(family.head.key),
            now=NOW,
        )
    finally:
        connection.close()


def held(monkeypatch, module, name):
    """Let a step of one transaction wait: return what says that it is there, and what lets it go on."""
    reached, go_on, real = Signal(), Signal(), getattr(module, name)

    def wait(*args, **given):
        reached.set()
        assert go_on.wait(20)
        return real(*args, **given)

    monkeypatch.setattr(module, name, wait)
    return reached, go_on


def at_once(monkeypatch, held_at, first, second):
    reached, go_on = held(monkeypatch, *held_at)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(first)
        assert reached.wait(20)
        two = pool.submit(second)
        wait_until(lambda: two.done() or is_somebody_waiting())
        go_on.set()
        return one.result(), two.result()


def one_truth(family):
    [code] = Household.objects.values_list("code", flat=True)
    assert social.open_births([code])[code][family.head.key] == PartialDate(1958, 2, 3)
    found = differing()
    assert {"register", "verification", "households"} & found.keys() == set()


def test_a_change_waits_for_a_household_that_is_being_sent(family, monkeypatch):
    from sijil.journeys.household_registration import sending

    held_at = (sending.services, "submit_registration")
    _, version = at_once(
        monkeypatch, held_at, lambda: send(family), lambda: changed_in_thread(family.head.key, BORN)
    )
    assert version == 2
    one_truth(family)


def test_a_household_that_is_sent_waits_for_a_change(family, monkeypatch):
    held_at = (identity_change.social, "follow_birth")
    version, _ = at_once(
        monkeypatch, held_at, lambda: changed_in_thread(family.head.key, BORN), lambda: send(family)
    )
    assert version == 2
    one_truth(family)


# --- no other way -------------------------------------------------------------------------------------------

ONE_WAY = {
    "change_identity": {"journeys/identity_change.py"},
    "correct_subject": {"journeys/identity_change.py"},
    "follow_birth": {"journeys/identity_change.py"},
    "follow_sex": {"journeys/identity_change.py"},
    "index_subject": {
        "journeys/identity_change.py",
        "journeys/person_enrolment/appeals.py",
        "journeys/person_enrolment/counter.py",
    },
    "copy_persons": {"country/loading.py"},
}
WRITES_VERSIONS = {"domains/population_register/services/identity.py"}
SQL_OF_VERSIONS = {"domains/population_register/services/persons.py"}


def sources():
    outside = {"tests", "migrations", "__pycache__"}
    return [p for p in SOURCE.rglob("*.py") if not outside & set(p.parts)]


def place(path):
    return path.relative_to(SOURCE).as_posix()


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func).split(".")[-1]


@pytest.mark.parametrize("name", ONE_WAY)
def test_a_copy_is_written_by_the_one_act_alone(name):
    assert {place(path) for path in sources() if name in calls(path)} == ONE_WAY[name]


def test_versions_are_written_in_two_files_alone():
    texts = {place(path): path.read_text() for path in sources()}
    written = {name for name, text in texts.items() if "IdentityVersion.objects.bulk_create" in text}
    inserted = {name for name, text in texts.items() if "population_register_identity" in text}
    assert written == WRITES_VERSIONS
    assert inserted == SQL_OF_VERSIONS | {"domains/population_register/models.py"}
