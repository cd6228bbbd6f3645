"""A law from a future day, brought in by the how-to: shipped with a release, or enacted on an installation.

One more question, one more input, a new formula, a new price, a new threshold, from 1 January 2027.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from django.test import Client
from django.utils.html import escape

from sijil.domains.accounts.models import Account
from sijil.domains.audit.models import AuditEntry
from sijil.domains.law import queries as laws
from sijil.domains.programmes import queries as programmes
from sijil.domains.scoring import queries, rules, services
from sijil.domains.scoring.tests.households import R1, U1
from sijil.domains.social_register import queries as social
from sijil.domains.social_register.models import RegistrationStateRow
from sijil.domains.social_register.rules import form_of, form_on
from sijil.journeys import household_registration as journey
from sijil.journeys import law_enactment
from sijil.journeys.household_registration import rescore_all
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind, system
from sijil.kernel.dates import day_begins, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.tests.shelves import amend, copy_of_the_law, reading
from sijil.reporting.law import examine
from tests.journeys.household import URBAN, Family, answer_household, fill, send, settle, sign_in, text
from tests.journeys.registered import Registered, begun
from tests.law.how_to import PAGE, enact_order, follow

pytestmark = pytest.mark.django_db

OLD = dt.datetime(2026, 12, 20, 9, 0, tzinfo=dt.UTC)
FIRST = dt.date(2027, 1, 1)
MIDNIGHT = day_begins(FIRST)
LAST_SECOND = MIDNIGHT - dt.timedelta(seconds=1)
NEW = MIDNIGHT + dt.timedelta(days=9, hours=10)
TESTER = system("test")
OLD_VERSION, NEW_VERSION = "HCP-2021-BO7011/BUT-2021", "HCP-2027/BUT-2027"
ADMINISTRATORS = ("first.admin", "second.admin")
GOODS = "/my-file/household/questions/goods/"


# -- the law of 2027 -------------------------------------------------------------------------------


def write_law_of_2027(root: Path, *, seal: bool) -> Path:
    """Do what the how-to says, and the same in small for a price and a threshold."""
    follow(root, seal=seal)
    for name, old, new, change in (
        ("scoring/parameters/butane_prices", "BUT-2021", "BUT-2027", ('"40"', '"50"')),
        ("programmes/parameters/asd", "ASD-2023-12", "ASD-2027", ('"9.743001"', '"9.5"')),
    ):
        folder = root / "domains" / name
        path = folder / f"{new}.yaml"
        path.write_text((folder / f"{old}.yaml").read_text())
        start = "2021-08-09" if "BUT" in old else "2023-12-01"
        amend(path, (f"version: {old}", f"version: {new}"), (f"from: {start}", "from: 2027-01-01"), change)
    law.current().forget()
    if seal:
        law.seal("scoring.butane_prices", "BUT-2027")
        law.seal("programmes.asd", "ASD-2027")
    return root


def enact_law_of_2027(scratch: Path) -> None:
    """Bring the same files in, as two administrators do on an installation."""
    with reading(copy_of_the_law(scratch)):
        write_law_of_2027(scratch, seal=False)
    for login in ADMINISTRATORS:
        Account.objects.create(login=login, kind="staff", roles=["administrator"], created_at=OLD)
    found = {p.name: p for p in (scratch / "domains").glob("*/parameters/**/*")}
    for name in [*enact_order(), "BUT-2027.yaml", "ASD-2027.yaml"]:
        enact(law.read_page(found[name]).text)


def enact(content: str, *, by: str = "first.admin", second: str = "second.admin", now: dt.datetime = OLD):
    return law_enactment.enact(
        content=content, second=second, actor=Actor(ActorKind.OFFICER, by), now=now, called="a text"
    )


@pytest.fixture(params=["shipped", "enacted"])
def bring_in(request, tmp_path):
    """Read the law as it is today; return what brings the law of 2027 in."""
    root = copy_of_the_law(tmp_path / "here")
    with reading(root, laws.EnactedLaws()):

        def act():
            if request.param == "shipped":
                write_law_of_2027(root, seal=True)
            else:
                enact_law_of_2027(tmp_path / "scratch")

        yield act


@pytest.fixture
def both(bring_in):
    """The law of 2027 beside that of today."""
    bring_in()


@pytest.fixture
def at(monkeypatch):
    """Set the clock of the pages."""

    def move(moment: dt.datetime) -> dt.datetime:
        monkeypatch.setattr("sijil.pages.clock.now", lambda: moment)
        return moment

    return move


# -- which law is in force -------------------------------------------------------------------------


def test_until_the_last_second_of_the_country_everything_is_as_before(both):
    day = legal_day(LAST_SECOND)
    formula = rules.formula_on(day)
    assert (formula.version, formula.inputs_version) == (OLD_VERSION, "I-2021")
    assert form_on(day).version == "RSU-2026-1"
    assert programmes.get_programme("asd", day).threshold == Decimal("9.743001")
    assert [str(rules.score_one(formula, x).points) for x in (U1, R1)] == ["9.4321175", "9.0468567"]


def test_at_midnight_of_the_country_the_new_law_applies(both):
    assert MIDNIGHT.date() == dt.date(2026, 12, 31)  # 23:00 UTC
    day = legal_day(MIDNIGHT)
    formula = rules.formula_on(day)
    assert (formula.version, formula.inputs_version) == (NEW_VERSION, "I-2027")
    assert form_on(day).version == "RSU-2027-1"
    assert programmes.get_programme("asd", day).threshold == Decimal("9.5")
    assert rules.score_one(formula, U1 | {"tablets": 2}).points > Decimal("9.4321175")


def test_everything_is_in_order_with_both(both):
    assert [f for f in examine() if not f.well] == []


def test_a_formula_is_not_enacted_while_a_later_form_does_not_ask_what_it_needs(tmp_path):
    root = copy_of_the_law(tmp_path / "here")
    folder = root / "domains/social_register/parameters/household_form/RSU-2026-1"
    later = copytree(folder, tmp_path / "RSU-2100")
    amend(later / "form.yaml", ("RSU-2026-1", "RSU-2100"), ("from: 2021-08-09", "from: 2100-01-01"))
    Account.objects.create(login="a", kind="staff", roles=["administrator"], created_at=OLD)
    Account.objects.create(login="b", kind="staff", roles=["administrator"], created_at=OLD)
    with reading(root, laws.EnactedLaws()):
        enact(law.read_page(later).text, by="a", second="b")
        with pytest.raises(Refused) as refused:
            enact_law_of_2027(tmp_path / "scratch")
    assert "is not asked by RSU-2100" in refused.value.facts["wrong"]
    assert refused.value.facts["file"] == "social_register.household_form RSU-2100 (enacted)"
    assert refused.value.facts["line"]


def test_a_formula_reads_its_own_inputs_and_bounds(both):
    old, new = rules.load_formula(OLD_VERSION), rules.load_formula(NEW_VERSION)
    assert [i.id for i in new.inputs] == [*(i.id for i in old.inputs), "tablets"]
    with pytest.raises(Refused, match="input_missing"):
        rules.score_one(new, U1)
    with pytest.raises(Refused, match="input_unknown"):
        rules.score_one(old, U1 | {"tablets": 2})


# -- scores ----------------------------------------------------------------------------------------


def record(code: str, inputs: dict[str, int], now: dt.datetime):
    return services.record_score(
        household_code=code, inputs=inputs, milieu=inputs["milieu"], region_code=inputs["region"],
        trigger="registered", actor=TESTER, now=now,
    )  # fmt: skip


def test_old_scores_replay_to_the_last_unit(bring_in):
    made = [record("10000000001", U1, OLD), record("10000000002", R1, OLD)]
    told = queries.explain("10000000001", language="fr")
    bring_in()
    assert [queries.replay(score.household_code, 1)[1] for score in made] == [True, True]
    assert [str(queries.get_score(s.household_code, 1).points) for s in made] == ["9.4321175", "9.0468567"]
    assert queries.explain("10000000001", language="fr") == told


def test_a_household_scored_by_both_laws_has_both_scores(both):
    record("10000000001", U1, OLD)
    second = record("10000000001", U1 | {"tablets": 2}, NEW)
    assert [s.formula_version for s in queries.list_scores("10000000001")] == [NEW_VERSION, OLD_VERSION]
    assert all(queries.replay("10000000001", n)[1] for n in (1, 2))
    told = queries.explain("10000000001", language="fr")
    changed = {t.id: t.change for group in told.groups for t in group.terms if t.change}
    assert set(changed) == {"tablets", "butane"}
    assert changed["tablets"] == Decimal("0.0422")
    assert told.change == second.points - Decimal("9.4321175")


def test_bulk_equals_single_by_each_law(both):
    for now, x in ((OLD, U1), (NEW, U1 | {"tablets": 3})):
        formula = rules.formula_on(legal_day(now))
        columns = {i.id: np.array([x.get(i.id, -1)], np.int64) for i in formula.inputs}
        found = rules.score_columns(formula, columns)
        assert Decimal(int(found.points[0])).scaleb(-7) == rules.score_one(formula, x).points


# -- drafts and declarations -----------------------------------------------------------------------


def made() -> Registered:
    return begun(OLD)


MADE_ONCE = made


@pytest.fixture
def family(made_once: Registered) -> Family:
    return made_once.family


@pytest.fixture
def draft(made_once: Registered, at) -> Client:
    """A draft opened and filled in before the law of 2027."""
    at(OLD)
    return made_once.browser


def test_a_draft_opened_before_is_sent_before_as_if_nothing_were_coming(draft, family, bring_in, at):
    bring_in()
    at(LAST_SECOND)
    assert "tablets" not in text(draft.get(GOODS))
    assert send(draft).url == "/my-file/household/sent/"
    score = queries.find_current_score(social.find_household_of(family.head.key).code)
    assert (score.formula_version, str(score.points)) == (OLD_VERSION, "9.3814775")


def test_an_open_draft_goes_on_with_its_answers_and_the_new_question(draft, family, bring_in, at):
    bring_in()
    at(NEW)
    page = text(draft.get("/my-file/household/check/"))
    assert "How many tablets does the household have?" in page
    assert send(draft).status_code == 422
    file = journey.get_file(actor=Actor(ActorKind.CITIZEN, family.head.key), now=NEW)
    assert [p.field for p in journey.list_problems(file)] == ["tablets"]
    assert file.draft.answers["rooms"].raw == URBAN["rooms"]
    draft.post(GOODS, URBAN | {"tablets": "1"})
    assert send(draft).url == "/my-file/household/sent/"
    declaration = social.get_declaration(social.find_household_of(family.head.key).code)
    assert declaration.pins == (form_of("RSU-2027-1").pin,)
    assert declaration.answers["tablets"] == 1
    assert queries.find_current_score(declaration.household_code).formula_version == NEW_VERSION


def test_the_step_of_a_draft_is_written_once(draft, family, bring_in, at):
    bring_in()
    at(NEW)
    for _ in range(3):
        draft.get("/my-file/household/check/")
    lifts = RegistrationStateRow.objects.filter(action="lift")
    assert [step.reason for step in lifts] == ["RSU-2026-1 > RSU-2027-1"]


def test_a_draft_keeps_its_form_while_the_formula_needs_no_more(draft, family, tmp_path, at):
    """Only the form is new, with other words and bounds: the draft goes on by its own."""
    root = copy_of_the_law(tmp_path)
    with reading(root):
        follow(root, seal=False)
        (root / "domains/scoring/parameters/formula/HCP-2027.yaml").unlink()
        law.current().forget()
        at(NEW)
        assert form_on(legal_day(NEW)).version == "RSU-2027-1"
        assert "tablets" not in text(draft.get(GOODS))
        assert send(draft).url == "/my-file/household/sent/"
        declaration = social.get_declaration(social.find_household_of(family.head.key).code)
        assert declaration.form_version == "RSU-2026-1"
        assert str(queries.find_current_score(declaration.household_code).points) == "9.3814775"


def test_answers_of_a_newer_form_are_scored_by_an_older_formula(tmp_path, at):
    """The question comes before the formula: it is kept, and does not count yet."""
    family = settle()
    root = copy_of_the_law(tmp_path)
    with reading(root):
        follow(root, seal=False)
        (root / "domains/scoring/parameters/formula/HCP-2027.yaml").unlink()
        law.current().forget()
        at(NEW)
        client = sign_in(family.head)
        client.post("/my-file/household/start/")
        fill(client, family)
        answer_household(client, URBAN | {"tablets": "4"})
        assert send(client).url == "/my-file/household/sent/"
        code = social.find_household_of(family.head.key).code
        assert social.get_declaration(code).answers["tablets"] == 4
        assert str(queries.find_current_score(code).points) == "9.3814775"


def shown(client, page: str) -> str:
    return re.sub(r'value="\w{64}"', "", text(client.get(page)))  # the token of the form differs


def test_what_was_sent_before_midnight_is_decided_after_it_by_the_law_of_its_sending(
    draft, family, bring_in, at, monkeypatch
):
    bring_in()
    at(LAST_SECOND)
    with monkeypatch.context() as died:
        died.setattr(journey.sending, "decide", lambda **_: None)
        send(draft)
    journey.decide(registration_id=social.find_registration_of(family.head.key).id, now=NEW)
    score = queries.get_current_score(social.find_household_of(family.head.key).code)
    assert (score.formula_version, str(score.points)) == (OLD_VERSION, "9.3814775")
    assert queries.is_any_of_another_law(legal_day(NEW))  # and no list is published before it is scored anew


@pytest.mark.parametrize("page", ["/my-file/household/declared/", "/my-file/", "/my-file/score/terms/"])
def test_what_was_declared_is_shown_as_it_was(draft, family, tmp_path, at, page):
    """Even when the new form has other words for the same things, and has dropped an answer."""
    at(OLD)
    send(draft)
    before = shown(draft, page)
    root = copy_of_the_law(tmp_path)
    with reading(root):
        follow(root, seal=False)
        folder = root / "domains/social_register/parameters/household_form/RSU-2027-1"
        amend(folder / "form.yaml", ("How many rooms does your dwelling have?", "Rooms, said otherwise?"))
        amend(folder / "lists.yaml", ('en: "Son or daughter"', 'en: "Offspring"'))
        law.current().forget()
        at(MIDNIGHT + dt.timedelta(days=1))
        assert shown(draft, page) == before
        assert "Offspring" not in before


def test_an_old_household_scored_anew_is_asked_for_what_is_missing_never_given_a_zero(
    draft, family, bring_in, at
):
    at(OLD)
    send(draft)
    bring_in()
    code = social.find_household_of(family.head.key).code
    with pytest.raises(Refused) as refused:
        journey.rescore(household_code=code, actor=TESTER, now=NEW)
    assert (refused.value.code, refused.value.field) == ("scoring.input_missing", "tablets")
    assert queries.find_current_score(code).formula_version == OLD_VERSION


def rescore_everybody(day: dt.date):
    done = rescore_all(day=day, actor=TESTER, clock=lambda: NEW)
    return done, [(line.code, line.field) for line in queries.list_refusals(done.id)]


def test_rescoring_everybody_by_the_new_law_lists_who_lacks_an_answer(draft, family, bring_in, at):
    at(OLD)
    send(draft)
    bring_in()
    done, refused = rescore_everybody(FIRST)
    assert (done.taken, done.scored, done.refused) == (1, 0, 1)
    assert refused == [("scoring.input_missing", "tablets")]
    code = social.find_household_of(family.head.key).code
    assert queries.get_current_score(code).formula_version == OLD_VERSION


def test_rescoring_everybody_by_the_law_before_leaves_out_what_it_did_not_ask(draft, family, bring_in, at):
    bring_in()
    at(NEW)
    draft.get(GOODS)
    draft.post(GOODS, URBAN | {"tablets": "1"})
    send(draft)
    done, refused = rescore_everybody(FIRST - dt.timedelta(days=1))
    assert (done.taken, done.scored, refused) == (1, 1, [])
    code = social.find_household_of(family.head.key).code
    found = queries.get_current_score(code)
    assert (found.formula_version, str(found.points)) == (OLD_VERSION, "9.3814775")
    assert all(queries.replay(code, n)[1] for n in (1, 2))


def test_what_was_decided_by_which_law_is_noted(draft, family, bring_in, at, monkeypatch):
    monkeypatch.setattr("sijil.domains.law.services._noted", set())
    at(OLD)
    send(draft)
    used = {(pin.name, pin.version) for pin in laws.list_pins()}
    assert used >= {
        ("social_register.household_form", "RSU-2026-1"),
        ("scoring.formula", "HCP-2021-BO7011"),
        ("scoring.inputs", "I-2021"),
        ("scoring.butane_prices", "BUT-2021"),
        ("scoring.readings", "READ-2021"),
    }
    bring_in()
    assert law.check_pins(laws.list_pins()) == []


# -- the pages of the law --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "fr", "en", "zgh"])
def test_the_public_page_tells_every_doubt(both, client, at, language):
    at(NEW)
    client.cookies["language"] = language
    page = text(client.get("/score/formula/"))
    doubts = (*rules.doubts_on(FIRST), *form_on(FIRST).doubts)
    doubts += tuple(d for p in programmes.list_programmes(FIRST) for d in p.doubts)
    assert len(doubts) > 15
    assert [d.about for d in doubts if escape(d.text(language)) not in page] == []


def test_the_public_page_shows_the_law_of_the_day(both, client, at):
    at(LAST_SECOND)
    assert "HCP-2021-BO7011/BUT-2021" in text(client.get("/score/formula/"))
    at(MIDNIGHT)
    page = text(client.get("/score/formula/"))
    assert NEW_VERSION in page
    assert "اللوحات الإلكترونية" in page


# -- enacting --------------------------------------------------------------------------------------


@pytest.fixture
def administrators():
    for login in (*ADMINISTRATORS, "closed.admin"):
        Account.objects.create(login=login, kind="staff", roles=["administrator"], created_at=OLD)
    Account.objects.filter(login="closed.admin").update(is_active=False)
    Account.objects.create(login="an.officer", kind="staff", roles=["csc_officer"], created_at=OLD)


@pytest.fixture
def here(tmp_path, administrators):
    root = copy_of_the_law(tmp_path)
    with reading(root, laws.EnactedLaws()):
        yield root


def price() -> str:
    text = (Path(law.list_kinds()["scoring.butane_prices"].folder) / "BUT-2021.yaml").read_text()
    return text.replace("BUT-2021", "BUT-2027").replace("from: 2021-08-09", "from: 2027-01-01")


@pytest.mark.parametrize("login", ["an.officer", "closed.admin", "nobody"])
@pytest.mark.parametrize("place", ["by", "second"])
def test_two_active_administrators_sign(here, login, place):
    with pytest.raises(Refused, match="signer_refused"):
        enact(price(), **{place: login})
    assert laws.list_enactments() == []


def test_an_enactment_is_audited(here):
    made = enact(price())
    entry = AuditEntry.objects.get(action="law.enacted")
    assert (entry.subject, entry.actor_id) == ("law:scoring.butane_prices", "first.admin")
    assert entry.facts == {
        "version": "BUT-2027", "from": "2027-01-01", "digest": made.digest, "second": "second.admin",
        "text": laws.digest_of_text(price()),
    }  # fmt: skip


def test_a_form_that_does_not_fit_its_inputs_is_not_enacted(here, tmp_path):
    scratch = tmp_path / "scratch"
    with reading(copy_of_the_law(scratch)):
        follow(scratch, seal=False)
    form = law.read_page(scratch / "domains/social_register/parameters/household_form/RSU-2027-1").text
    with pytest.raises(Refused) as refused:
        enact(form)  # its inputs are not enacted yet
    assert refused.value.code == "law.text_invalid"
    assert "I-2027" in refused.value.facts["wrong"]
    assert laws.list_enactments() == []


def test_a_formula_that_asks_what_no_form_asks_on_its_day_is_not_enacted(here, tmp_path):
    scratch = tmp_path / "scratch"
    with reading(copy_of_the_law(scratch)):
        follow(scratch, seal=False)
    laws_of = scratch / "domains/scoring/parameters"
    enact(law.read_page(laws_of / "inputs/I-2027.yaml").text)
    formula = law.read_page(laws_of / "formula/HCP-2027.yaml").text
    with pytest.raises(Refused) as refused:
        enact(formula)
    assert refused.value.facts["wrong"] == (
        "`tablets` is not asked by RSU-2026-1 in the urban milieu on 2027-01-01."
    )
    enact(law.read_page(scratch / "domains/social_register/parameters/household_form/RSU-2027-1").text)
    enact(formula)


def test_a_form_that_asks_less_than_the_formula_of_its_day_is_not_enacted(here, tmp_path):
    scratch = tmp_path / "scratch"
    with reading(copy_of_the_law(scratch)):
        follow(scratch, seal=False)
    found = {p.name: p for p in (scratch / "domains").glob("*/parameters/**/*")}
    for name in enact_order():
        enact(law.read_page(found[name]).text)
    old = law.read_page(found["RSU-2026-1"]).text
    with pytest.raises(Refused) as refused:
        enact(old.replace("RSU-2026-1", "RSU-2027-2").replace("from: 2021-08-09", "from: 2027-02-01"))
    assert "`tablets` is not asked by RSU-2027-2" in refused.value.facts["wrong"]


def test_a_price_that_a_formula_counts_is_not_left_out(here):
    with pytest.raises(Refused) as refused:
        enact(price().replace('big_bottle: "40", ', ""))
    assert "`big_bottle`" in refused.value.facts["wrong"]


def test_the_how_to_is_followed_whole():
    assert PAGE.read_text().count("```yaml") == 7
    assert enact_order() == ["I-2027.yaml", "RSU-2027-1", "HCP-2027.yaml"]
