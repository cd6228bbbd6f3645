"""A law with a new question of the household, brought in by the how-to: asked, answered, counted, or not.

enact → a rescoring asks, and writes → the page answers → a new declaration, the new law → the list goes out
"""

from __future__ import annotations

import datetime as dt
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape

from sijil.country import country, loading
from sijil.domains.appointments import services as appointments
from sijil.domains.geography import services as geography
from sijil.domains.law import queries as laws
from sijil.domains.notifications.models import Message
from sijil.domains.notifications.queries import list_inbox
from sijil.domains.notifications.services import send_due
from sijil.domains.scoring import queries as scoring
from sijil.domains.social_register import queries as social
from sijil.domains.social_register import rules
from sijil.domains.social_register.models import CompletionRequest, Declaration, Household
from sijil.domains.social_register.queries import declared
from sijil.domains.social_register.rules import form_of
from sijil.journeys import household_registration as journey
from sijil.journeys import programme_decisions, programme_support
from sijil.kernel import law
from sijil.kernel.actors import system
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.tests.guards import falsify
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from tests.journeys import publishing
from tests.journeys.household import Family, sign_in, text
from tests.journeys.registered import Registered, registered
from tests.journeys.test_household_completion import at_once
from tests.journeys.test_household_review import staff
from tests.law.how_to import follow
from tests.law.test_two_laws import enact_law_of_2027, write_law_of_2027

pytestmark = pytest.mark.django_db
OLD = dt.datetime(2026, 12, 20, 9, 0, tzinfo=dt.UTC)
NEW = dt.datetime(2027, 1, 10, 9, 0, tzinfo=dt.UTC)  # ten days after the first of the law
LAST = dt.datetime(2027, 3, 2, 9, 0, tzinfo=dt.UTC)  # sixty days after it
TOO_LATE = LAST + dt.timedelta(days=1)
TESTER = system("test")
OLD_LAW, NEW_LAW = "HCP-2021-BO7011/BUT-2021", "HCP-2027/BUT-2027"
HOME, COMPLETE = "/my-file/", "/my-file/household/complete/"
TABLETS = f"{COMPLETE}home/goods/"
QUESTION = {
    "en": "How many tablets does the household have?",
    "fr": "Combien de tablettes le ménage possède-t-il ?",
    "ar": "كم لوحة إلكترونية للأسرة؟",
}


@pytest.fixture
def at(monkeypatch):
    def move(moment: dt.datetime) -> dt.datetime:
        monkeypatch.setattr("sijil.pages.clock.now", lambda: moment)
        return moment

    return move


def made() -> Registered:
    """A household that declared by the form of 2026."""
    return registered(OLD)


MADE_ONCE = made


@pytest.fixture
def family(made_once: Registered, at) -> Family:
    at(OLD)
    return made_once.family


@pytest.fixture
def head(made_once: Registered, at) -> Client:
    at(OLD)
    return made_once.browser


@pytest.fixture
def code(head: Client, family: Family) -> str:
    return social.find_household_of(family.head.key).code


@pytest.fixture(params=["shipped", "enacted"])
def of_2027(request, tmp_path, code, at):
    """The law of 2027 in force, and everybody scored anew by it."""
    root = copy_of_the_law(tmp_path / "here")
    with reading(root, laws.EnactedLaws()):
        if request.param == "shipped":
            write_law_of_2027(root, seal=True)
        else:
            enact_law_of_2027(tmp_path / "scratch")
        journey.rescore_due(now=at(NEW))
        yield


@pytest.fixture
def asked(tmp_path, code, at):
    """The same, shipped."""
    root = copy_of_the_law(tmp_path / "here")
    with reading(root):
        write_law_of_2027(root, seal=True)
        journey.rescore_due(now=at(NEW))
        yield code


def publish(now: dt.datetime):
    programme_decisions.decide_due(now=now)  # a threshold is new as well
    return publishing.publish(programme="asd", actor=TESTER, now=now)


def shown(response) -> str:
    """Return the words of a page, with plain spaces."""
    return re.sub(r"\s|&nbsp;", " ", re.sub(r"<[^>]*>", "", text(response)))


def confirm(client: Client, **changes):
    version = re.search(r'name="version" value="(\d+)"', text(client.get(COMPLETE)))
    ticks = {"accept_law": "on", "accept_info": "on", "version": version[1] if version else "0"}
    return client.post(COMPLETE, ticks | changes)


# -- from the law to the list ----------------------------------------------------------------------


def test_enacted_asked_answered_scored_and_the_list_goes_out(of_2027, head, family, code, at):
    before = social.get_declaration(code)
    request = social.find_completion(code)
    assert [(due.person, due.fields) for due in request.due] == [(None, ("tablets",))]
    assert (request.needed_by, scoring.get_current_score(code).formula_version) == (NEW_LAW, OLD_LAW)
    with pytest.raises(Refused) as refused:
        publish(NEW)
    assert (refused.value.code, refused.value.facts) == (
        "programmes.answers_awaited", {"count": 1, "until": LAST.date()},
    )  # fmt: skip

    home = text(head.get(HOME))
    assert "About your home" in home
    assert QUESTION["en"] in home
    assert "your last score stands" in home
    assert head.post(TABLETS, {"tablets": "٣"}).url == COMPLETE  # Arabic digits are digits
    assert confirm(head).url == HOME

    after, score = social.get_declaration(code), scoring.get_current_score(code)
    assert (after.form_version, dict(after.answers)) == ("RSU-2027-1", {**before.answers, "tablets": 3})
    assert [m.answers for m in after.members] == [m.answers for m in before.members]
    assert (score.formula_version, score.declaration, score.inputs["tablets"]) == (NEW_LAW, after.id, 3)
    assert form_of("RSU-2027-1").pin in score.pins
    old = social.frozen(Declaration.objects.get(pk=before.id))
    assert (old, social.is_sound(before.id), social.is_sound(after.id)) == (before, True, True)
    assert [scoring.replay(code, n)[1] for n in (1, score.number)] == [True, True]
    made = publish(NEW)
    assert (made.considered, made.older_law, made.asked_since) == (1, 0, None)
    assert "older_law" not in made.header
    assert "Answers are asked" not in text(head.get(HOME))
    journey.rescore_all(day=legal_day(NEW), actor=TESTER, clock=lambda: NEW)
    assert (scoring.get_current_score(code).number, social.find_completion(code)) == (score.number, None)


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_pages_ask_in_the_language_of_the_reader(asked, family, language):
    client = sign_in(family.head, language)
    for page in (HOME, COMPLETE, TABLETS):
        assert escape(QUESTION[language]) in text(client.get(page)), page
    assert "None" not in text(client.get(COMPLETE))


# -- who does not answer ---------------------------------------------------------------------------


def test_until_the_last_day_a_list_waits_and_then_it_keeps_who_has_not_answered(asked, head, at):
    score = scoring.get_current_score(asked)
    with pytest.raises(Refused, match="answers_awaited"):
        publish(LAST)
    journey.rescore_all(day=legal_day(TOO_LATE), actor=TESTER, clock=lambda: TOO_LATE)
    made = publish(TOO_LATE)
    assert (made.considered, made.older_law, made.asked_since) == (1, 1, NEW.date())
    assert made.formula_versions == (NEW_LAW, OLD_LAW)
    assert f"# older_law: 1 by {OLD_LAW}, asked since 2027-01-10\n" in made.header
    assert scoring.get_current_score(asked) == score
    at(dt.datetime(2027, 3, 12, 9, tzinfo=dt.UTC))  # its own delay has ended too
    assert "you can still answer" in text(head.get(HOME))
    manager = staff("programme_manager")
    assert "asked since 10 January 2027" in shown(manager.get(f"/backoffice/programmes/lists/{made.id}/"))

    head.post(TABLETS, {"tablets": "0"})
    confirm(head)
    again = publish(TOO_LATE)
    assert (again.older_law, again.formula_versions) == (0, (NEW_LAW,))


def test_the_page_that_publishes_says_who_is_waited_for_and_until_when(asked, at):
    page = shown(staff("programme_manager").get("/backoffice/programmes/asd/publish/"))
    assert "asked to complete their declaration, and have until 2 March 2027" in page
    at(TOO_LATE)
    page = shown(staff("programme_manager").get("/backoffice/programmes/asd/publish/"))
    assert "Scored by the older law, asked since 10 January 2027" in page


def test_a_household_that_was_not_scored_anew_yet_is_not_one_that_does_not_answer(asked, tmp_path, at):
    """A new price comes after the delay: the list waits for the rescoring, which asks for the same again."""
    later = LAST + dt.timedelta(days=120)
    root = law.current().root
    folder = root / "domains/scoring/parameters/butane_prices"
    (folder / "BUT-2028.yaml").write_text((folder / "BUT-2027.yaml").read_text())
    amend(folder / "BUT-2028.yaml", ("BUT-2027", "BUT-2028"), ("from: 2027-01-01", "from: 2027-06-01"))
    law.current().forget()
    law.seal("scoring.butane_prices", "BUT-2028")
    with pytest.raises(Refused, match="scores_of_another_law"):
        publish(later)
    journey.rescore_due(now=later)
    assert social.find_completion(asked).needed_by == "HCP-2027/BUT-2028"
    assert publish(later).older_law == 1


def test_a_rejected_household_keeps_no_list_back(asked, at):
    """It is never scored anew: set aside by the older law, it is on no list by any."""
    Household.objects.filter(pk=asked).update(state="closed")
    CompletionRequest.objects.update(state="lapsed", due_on=None, mark_on=None)
    falsify("UPDATE scoring_score SET state = 'quarantined'")
    found = programme_support.get_overview("asd", legal_day(NEW)).figures
    assert (found.considered, found.other_law, found.waiting) == (1, 0, 0)


# -- who is told -----------------------------------------------------------------------------------


def test_who_declared_is_written_to_in_the_language_of_the_file(asked, family):
    [message] = Message.objects.filter(template="household_asked")
    assert (message.subject, message.language, message.state) == (asked, "en", "queued")
    send_due(NEW)
    [told] = [m.body for m in list_inbox() if "new questions" in m.body]
    assert "11/03/2027" in told
    assert "Benali" not in told


def test_asked_again_every_night_it_is_written_once(asked):
    for days in (1, 2):
        journey.rescore_due(now=NEW + dt.timedelta(days=days))
    assert Message.objects.filter(template="household_asked").count() == 1


# -- the form comes before the formula -------------------------------------------------------------


@contextmanager
def form_alone(tmp_path: Path):
    root = copy_of_the_law(tmp_path / "here")
    with reading(root):
        follow(root, seal=False)
        formula = root / "domains/scoring/parameters/formula/HCP-2027.yaml"
        words = formula.read_text()
        formula.unlink()
        law.current().forget()
        yield formula, words


def test_a_form_that_comes_first_asks_ahead_and_holds_no_score_and_no_list_back(code, head, tmp_path, at):
    with form_alone(tmp_path) as (formula, words):
        journey.rescore_due(now=at(NEW))
        assert social.find_completion(code).needed_by == ""
        assert publish(NEW).older_law == 0
        assert "does not count the new answers in the score yet" in text(head.get(HOME))
        head.post(TABLETS, {"tablets": "2"})
        assert confirm(head).url == HOME
        assert social.get_declaration(code).form_version == "RSU-2027-1"
        formula.write_text(words.replace("from: 2027-01-01", "from: 2027-05-01"))
        law.current().forget()
        may = dt.datetime(2027, 5, 1, 9, tzinfo=dt.UTC)
        journey.rescore_due(now=may)
        assert scoring.get_current_score(code).inputs["tablets"] == 2
        assert publish(may).older_law == 0


def test_who_was_asked_ahead_and_did_not_answer_holds_no_list_back_on_the_first_day(code, tmp_path, at):
    with form_alone(tmp_path) as (formula, words):
        journey.rescore_due(now=at(NEW))
        formula.write_text(words.replace("from: 2027-01-01", "from: 2027-05-01"))
        law.current().forget()
        may = dt.datetime(2027, 5, 1, 9, tzinfo=dt.UTC)
        journey.rescore_due(now=may)
        assert (social.find_completion(code).due_on, publish(may).older_law) == (dt.date(2027, 3, 11), 1)


# -- a question about the members ------------------------------------------------------------------


def of_members(root: Path, ages: str) -> None:
    """Make the new question one about each member, counted."""
    form = root / "domains/social_register/parameters/household_form/RSU-2027-1"
    asked = (
        "  - id: tablets\n    block: person\n    kind: flag\n    milieus: [urban]\n"
        f"    condition: {ages}\n"
        '    label: {ar: "هل له لوحة؟", fr: "A-t-il une tablette ?", zgh: "ⵜⵍⵡⵉⵃⵜ?", en: "A tablet?"}\n'
    )
    whole = (form / "form.yaml").read_text()
    (form / "form.yaml").write_text(whole[: whole.index("  - id: tablets")] + asked)
    derived = (
        (form / "derivations.yaml")
        .read_text()
        .replace(
            "tablets: {answer: tablets, milieus: [urban]}",
            'tablets: {count: {when: {tablets: ["1"]}}, milieus: [urban]}',
        )
    )
    (form / "derivations.yaml").write_text(derived)
    law.current().forget()


@contextmanager
def asking_members(tmp_path: Path, ages: str):
    root = copy_of_the_law(tmp_path / "here")
    with reading(root):
        write_law_of_2027(root, seal=False)
        of_members(root, ages)
        yield


def test_a_newer_form_asks_of_members_what_it_asks_at_their_age(code, head, tmp_path, at):
    with asking_members(tmp_path, "{age_from: 15}"):
        journey.rescore_due(now=at(NEW))
        due = social.find_completion(code).due
        assert [(one.member, one.fields) for one in due] == [(0, ("tablets",)), (1, ("tablets",))]
        assert "About your home" not in text(head.get(HOME))
        for place in (0, 1):
            head.post(f"{COMPLETE}{place}/person/", {"tablets": "1"})
        assert confirm(head).url == HOME
        assert scoring.get_current_score(code).inputs["tablets"] == 2


def test_who_lacks_nothing_of_the_newer_form_is_scored_by_it_without_being_asked(code, tmp_path, at):
    """The question is about those over a hundred, and there is nobody of this age."""
    with asking_members(tmp_path, "{age_from: 100}"):
        journey.rescore_due(now=at(NEW))
        score = scoring.get_current_score(code)
        assert (score.formula_version, score.inputs["tablets"]) == (NEW_LAW, 0)
        assert form_of("RSU-2027-1").pin in score.pins
        assert social.find_completion(code) is None
        assert social.get_declaration(code).form_version == "RSU-2026-1"
        assert scoring.replay(code, score.number)[1]
        assert publish(NEW).older_law == 0


def test_columns_ask_what_is_asked_of_one_household_at_a_time(tmp_path):
    """Of a newer form in which a list and a bound changed too."""
    geography.load_reference(OLD)
    appointments.load_centres(now=OLD)
    homes = country.make_country(OLD).chunk(0)[:150]
    loading.load_homes([home.loaded for home in homes], loading.Loaded(), now=OLD)
    root = copy_of_the_law(tmp_path)
    with reading(root):
        write_law_of_2027(root, seal=False)
        form = root / "domains/social_register/parameters/household_form/RSU-2027-1"
        amend(form / "form.yaml", ("bounds: {urban: [0, 5000]", "bounds: {urban: [0, 90]"))
        amend(form / "lists.yaml", ("code: homemaker", "code: at_home"))
        law.current().forget()
        own, new = form_of("RSU-2026-1"), form_of("RSU-2027-1")
        found = by_columns(own, new)
        assert found == {home.loaded.code: one_by_one(home.loaded.code, own, new) for home in homes}
        names = {name for asked in found.values() for _, fields in asked for name in fields}
        assert names >= {"activity", "tablets", "electricity_bills"}


def by_columns(own, new) -> dict[str, list]:
    with connection.cursor() as cursor:
        names = ", ".join([name for name, _ in declared.FIELDS] + list(declared.VARIED))
        from sijil.kernel import copy

        query = f"COPY (SELECT {names} FROM ({declared.DECLARED}) s) TO STDOUT (FORMAT BINARY)"
        with cursor.cursor.copy(query, [own.version, ["urban", "rural"]]) as lines:
            pieces = list(copy.iter_varied(lines, declared.FIELDS, declared.VARIED, 1 << 24))
    asked: dict[str, list] = {}
    for piece in pieces:
        read = declared.read_declared(own, piece, lambda days: days)
        asked |= {code.decode(): [] for code in read.codes.tolist()}
        for row, due in rules.iter_open(rules.lift(read, new)):
            asked[read.codes[row].decode()] = [(one.person, one.fields) for one in due]
    return asked


def one_by_one(code: str, own, new) -> list:
    """Return the same by the rule of one household, without what hangs on an open question."""
    read = rules.read_by(new, own, social.get_declaration(code))
    ages = {m.person: m.age for m in read.members}
    asked = []
    for who, fields in rules.open_questions(new, read, ages).items():
        names = {field.id for field in fields}
        asked.append((who, tuple(f.id for f in fields if not names & f.condition.when.keys())))
    return asked


# -- faults ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["-1", "1e3", "21", "<b>", "٩٩٩", "1;DROP", "9" * 30, ""])
def test_a_hostile_value_is_told_at_its_field_and_nothing_is_sent(asked, head, typed):
    page = head.post(TABLETS, {"tablets": typed})
    assert page.status_code == 422
    assert confirm(head).status_code == 422
    assert Declaration.objects.filter(household_id=asked).count() == 1


def test_only_what_is_asked_of_the_home_has_a_page(asked, head):
    for block in ("dwelling", "spending", "none"):
        assert head.get(f"{COMPLETE}home/{block}/").status_code == 404
    with pytest.raises(Refused) as refused:
        journey.save_completion(answers={"rooms": "9"}, actor=head_of(asked), now=NEW)
    assert refused.value.code == "social_register.field_unknown"


def head_of(code: str):
    from sijil.kernel.actors import citizen

    return citizen(social.get_household(code).head)


def test_an_ended_session_asks_to_sign_in_and_saves_nothing(asked, head, client):
    head.logout()
    page = head.post(TABLETS, {"tablets": "3"})
    assert (page.status_code, page.url.partition("?")[0]) == (302, "/sign-in/")
    assert social.get_typed(social.find_completion(asked).id) == {}


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_make_one_declaration(asked, head):
    head.post(TABLETS, {"tablets": "3"})
    version = social.find_completion(asked).version

    def send_it() -> None:
        journey.complete(
            seen_version=version, accept_law=True, accept_info=True, actor=head_of(asked), now=NEW
        )

    assert at_once(send_it, send_it) == ["done", "social_register.nothing_asked"]
    assert Declaration.objects.filter(household_id=asked).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_answer_at_once_keep_one_draft_of_the_home(asked):
    def save(value: str) -> None:
        journey.save_completion(answers={"tablets": value}, actor=head_of(asked), now=NEW)

    assert at_once(lambda: save("1"), lambda: save("2")) == ["done", "done"]
    typed = social.get_typed(social.find_completion(asked).id)
    assert typed[None]["tablets"].raw in ("1", "2")
