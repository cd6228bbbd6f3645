"""One way from declarations to scores: a year later nobody is refused, one equals all, law has its day."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from typer.testing import CliRunner

from sijil.console import build
from sijil.country import country, loading
from sijil.domains.appointments import services as appointments
from sijil.domains.audit.queries import list_entries
from sijil.domains.geography import services as geography
from sijil.domains.law import queries as law_queries
from sijil.domains.scoring import queries as scoring
from sijil.domains.scoring import rules as scoring_rules
from sijil.domains.scoring import services as scoring_services
from sijil.domains.social_register import queries as social
from sijil.domains.social_register import services as social_services
from sijil.domains.social_register.models import Household
from sijil.journeys import household_registration as journey
from sijil.kernel import law
from sijil.kernel.actors import system
from sijil.kernel.dates import PartialDate, legal_day
from sijil.kernel.errors import Refused
from sijil.pages import clock

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC)
YEAR = dt.timedelta(days=365)
ACTOR = system("test")


@pytest.fixture(autouse=True)
def reference() -> None:
    geography.load_reference(NOW)
    appointments.load_centres(now=NOW)


def load(households: int, now: dt.datetime = NOW) -> list[str]:
    homes = country.make_country(now).chunk(0)[:households]
    for n in range(1, -(-households // 250)):
        homes += country.make_country(now).chunk(n)[: households - 250 * n]
    loading.load_homes([home.loaded for home in homes], loading.Loaded(), now=now)
    return [home.loaded.code for home in homes]


def rescore_all(now: dt.datetime):
    return journey.rescore_all(day=legal_day(now), actor=ACTOR, clock=lambda: now)


FIGURES = ("a", "b", "divisor", "points", "parts", "inputs", "state", "due", "pins", "declaration")


def figures(code: str) -> list[object]:
    score = scoring.get_current_score(code)
    return [getattr(score, name) for name in FIGURES]


@pytest.mark.parametrize("years", [1, 2])
def test_a_year_or_two_later_nobody_is_refused_and_one_equals_all(years: int) -> None:
    codes, later = load(1500), NOW + years * YEAR
    ones = {}
    for code in codes[::15]:
        with savepoint():
            journey.rescore(household_code=code, actor=ACTOR, now=later)
            ones[code] = figures(code)
    done = rescore_all(later)
    assert (done.taken, done.refused) == (1500, 0)
    assert done.taken == done.scored + done.quarantined + done.kept
    assert {code: figures(code) for code in ones} == ones
    due = [code for code in codes if scoring.get_current_score(code).due]
    assert len(due) > (100 if years == 1 else 200)
    assert social.count_completions() == len(due)


@contextmanager
def savepoint() -> Iterator[None]:
    """Do something and take it back."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT tried")
        yield
        cursor.execute("ROLLBACK TO SAVEPOINT tried")


def test_a_request_to_complete_opens_once_and_names_the_members() -> None:
    load(300)
    rescore_all(NOW + YEAR)
    rescore_all(NOW + 2 * YEAR)
    found = social.list_completions(limit=1000)
    assert len({one.household_code for one in found}) == len(found) == social.count_completions()
    one = found[0]
    score = scoring.get_current_score(one.household_code)
    assert [(d.member, d.fields) for d in one.due] == [(d.member, d.fields) for d in score.due]
    members = social.get_declaration(one.household_code).members
    assert [members[d.member].person for d in one.due] == [d.person for d in one.due]
    assert social.find_completion(one.household_code) == one


def test_old_scores_replay_exactly_after_a_rescoring() -> None:
    codes = load(60)
    rescore_all(NOW + YEAR)
    assert all(scoring.replay(code, 1)[1] for code in codes)
    assert all(scoring.replay(code, scoring.get_current_score(code).number)[1] for code in codes)


def test_the_law_of_each_score_is_pinned_with_the_form_and_noted() -> None:
    (code,) = load(1)
    pins = scoring.get_current_score(code).pins
    assert {pin.name for pin in pins} == {
        "scoring.formula", "scoring.inputs", "scoring.butane_prices", "scoring.readings",
        "social_register.household_form",
    }  # fmt: skip
    assert set(pins) <= set(law_queries.list_pins())
    assert set(pins) == set(scoring.list_pins())
    assert law.check_pins(scoring.list_pins()) == []


def test_a_run_is_written_down_once_with_law_and_counts() -> None:
    load(20)
    rescore_all(NOW + YEAR)
    (entry,) = [e for e in list_entries("run:household.all_rescored")]
    assert entry.facts["counts"]["taken"] == 20
    assert any("scoring.readings" in one for one in entry.facts["law"])


def test_a_member_whose_birth_date_is_not_kept_refuses_by_name() -> None:
    codes = load(2)
    home = Household.objects.get(pk=codes[0])
    home.set_births({"9999999999": PartialDate(1980)})
    home.save()
    with pytest.raises(Refused, match="birth_unknown"):
        journey.rescore(household_code=codes[0], actor=ACTOR, now=NOW)
    done = rescore_all(NOW + YEAR)
    assert (done.taken, done.refused) == (2, 1)
    assert [line.code for line in scoring.list_refusals(done.id)] == ["social_register.birth_unknown"]
    assert scoring.get_current_score(codes[0]).number == 1


def test_a_corrected_birth_date_counts_from_the_next_score_on() -> None:
    (code,) = load(1)
    head = social.get_household(code).head
    births = social.open_births([code])[code]
    older = PartialDate(births[head].year - 20)
    social_services.follow_birth(person=head, birth=older)
    rescore_all(NOW)
    assert Household.objects.get(pk=code).births[head] == older
    milieu = scoring.get_current_score(code).inputs
    assert milieu.get("head_age", older.age_on(NOW.date())) == older.age_on(NOW.date())


# -- two versions ----------------------------------------------------------------------------------


@contextmanager
def new_law(folder: Path, *changes: tuple[str, str, str, dict[str, str]]) -> Iterator[None]:
    """Add versions to a copy of the shelf: (path, name of the old one and of the new, words to replace)."""
    for kind in law.list_kinds().values():
        shutil.copytree(law.Shelf().root / kind.place, folder / kind.place, dirs_exist_ok=True)
    for path, old, new, words in changes:
        place = folder / "domains" / path
        source = place / old if (place / old).is_dir() else place / f"{old}.yaml"
        target = place / (new if source.is_dir() else f"{new}.yaml")
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
        for file in target.rglob("*.yaml") if target.is_dir() else [target]:
            text = file.read_text().replace(f"version: {old}\n", f"version: {new}\n")
            for before, after in words.items():
                text = text.replace(before, after)
            file.write_text(text)
    with law.use_shelf(law.Shelf(folder)):
        yield


NEW_DAY = {"from: 2021-08-09": "from: 2027-01-01"}
FORMULA = ("scoring/parameters/formula", "HCP-2021-BO7011", "HCP-2027")
PRICES = ("scoring/parameters/butane_prices", "BUT-2021", "BUT-2027")
READINGS = ("scoring/parameters/readings", "READ-2021", "READ-2027")
INPUTS = ("scoring/parameters/inputs", "I-2021", "I-2027")
FORM = ("social_register/parameters/household_form", "RSU-2026-1", "RSU-2027-1")
LAST_OF_YEAR = dt.datetime(2026, 12, 31, 22, 59, tzinfo=dt.UTC)  # 23:59 in the country
FIRST_OF_YEAR = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 00:30 on 1 January in the country


def test_the_new_law_applies_from_the_first_hour_of_its_day_in_the_country(tmp_path: Path) -> None:
    codes = load(30)
    rescore_all(NOW)
    with new_law(tmp_path, (*PRICES, NEW_DAY | {'"40"': '"70"'})):
        before = journey.rescore(household_code=codes[0], actor=ACTOR, now=LAST_OF_YEAR)
        assert before.formula_version.endswith("/BUT-2021")
        assert journey.rescore_due(now=LAST_OF_YEAR).formula_version.endswith("/BUT-2021")
        after = journey.rescore(household_code=codes[0], actor=ACTOR, now=FIRST_OF_YEAR)
        assert after.formula_version.endswith("/BUT-2027")
        night = journey.rescore_due(now=FIRST_OF_YEAR)
        assert (night.formula_version.endswith("/BUT-2027"), night.taken, night.refused) == (True, 30, 0)
        assert night.kept == 1  # the one that was scored by it already
        assert {scoring.get_current_score(code).formula_version for code in codes} == {after.formula_version}
        assert all(
            scoring.replay(code, n)[1] for code in codes for n in (1, scoring.get_current_score(code).number)
        )
        assert journey.rescore_due(now=FIRST_OF_YEAR + dt.timedelta(hours=1)) is None


def test_two_of_everything_at_once(tmp_path: Path) -> None:
    """Two forms, two inputs, two formulas, two prices: each declaration is derived by its own form."""
    old = load(20)
    changes = (
        (
            *INPUTS,
            NEW_DAY
            | {"inputs:\n  - id: milieu": "inputs:\n  - id: milieu", "rural: [1, 30]": "rural: [1, 31]"},
        ),
        (*FORMULA, NEW_DAY | {"inputs: I-2021": "inputs: I-2027"}),
        (*PRICES, NEW_DAY | {'"40"': '"70"'}),
        (*FORM, NEW_DAY | {"inputs: I-2021": "inputs: I-2027", "urban: [0, 15]": "urban: [0, 16]"}),
    )
    with new_law(tmp_path, *changes):
        new = [home.loaded for home in country.make_country(FIRST_OF_YEAR).chunk(5)[:20]]
        loading.load_homes(new, loading.Loaded(), now=FIRST_OF_YEAR)
        done = rescore_all(FIRST_OF_YEAR)
        assert (done.taken, done.refused) == (40, 0)
        forms = {
            code: next(p.version for p in scoring.get_current_score(code).pins if p.name.endswith("form"))
            for code in [*old, *(home.code for home in new)]
        }
        assert {forms[code] for code in old} == {"RSU-2026-1"}
        assert {forms[home.code] for home in new} == {"RSU-2027-1"}
        assert {scoring.get_current_score(code).formula_version for code in forms} == {"HCP-2027/BUT-2027"}
        assert all(scoring.replay(code, n)[1] for code in old for n in (1, 2))
        assert scoring.get_score(old[0], 1).formula_version == "HCP-2021-BO7011/BUT-2021"


@pytest.mark.parametrize(
    ("ages_on", "age", "due_next_day"),
    [("declaration", 45, False), ("scoring", 45, True), ("year", 46, False)],
)
def test_which_day_s_ages_count_is_the_reading_in_force(
    tmp_path: Path, ages_on: str, age: int, due_next_day: bool
) -> None:
    codes = load(40)
    code = next(c for c in codes if scoring.get_current_score(c).milieu == 1)
    head = social.get_household(code).head
    social_services.follow_birth(person=head, birth=PartialDate(1980, 12, 20))
    with new_law(
        tmp_path,
        (*READINGS, {"from: 2021-08-09": "from: 2026-11-01", "\nages_on: scoring": f"\nages_on: {ages_on}"}),
    ):
        assert journey.rescore(household_code=code, actor=ACTOR, now=NOW).inputs["head_age"] == age
        rescore_all(NOW)
        assert (journey.rescore_due(now=NOW + dt.timedelta(days=1)) is not None) is due_next_day
        later = journey.rescore(household_code=code, actor=ACTOR, now=NOW + YEAR).inputs["head_age"]
        assert later == (45 if ages_on == "declaration" else 46 if ages_on == "scoring" else 47)


def test_a_score_by_given_inputs_does_not_keep_the_job_busy() -> None:
    (code,) = load(1)
    score = scoring.get_current_score(code)
    scoring_services.record_score(
        household_code="99999999999", inputs=score.inputs, milieu=score.milieu, region_code=score.region,
        trigger="imported", actor=ACTOR, now=NOW,
    )  # fmt: skip
    assert journey.rescore_due(now=NOW) is None


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(clock, "now", lambda: NOW + YEAR)

    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(build(("rescore",)), ["rescore", *arguments])
        return done.exit_code, done.output

    return run


def test_the_command_counts_before_it_writes(run) -> None:
    load(30)
    assert run("--all", "--dry-run")[1].startswith("in 30 = scored")
    assert scoring.list_rescorings() == []
    status, output = run("--all")
    assert (status, "refused 0" in output) == (0, True)
    assert run("--all")[1] == "in 30 = scored 0 + set aside 0 + as before 30 + refused 0\n"


def test_the_command_scores_one_household(run) -> None:
    (code,) = load(1)
    assert "in 1 = scored" in run("--household", code, "--dry-run", "--on", "2028-01-01")[1]
    status, output = run("--household", code)
    assert (status, output.split(":")[0]) == (0, code)


def test_the_command_lists_who_is_refused(run) -> None:
    codes = load(2)
    home = Household.objects.get(pk=codes[0])
    home.set_births({})
    home.save()
    status, output = run("--all")
    assert (status, codes[0] in output, "refused 1" in output) == (1, True, True)


@pytest.mark.parametrize(
    "arguments",
    [(), ("--all", "--household", "1"), ("--all", "--on", "2027-01-01"), ("--all", "--dry-run", "--on", "x")],
)
def test_wrong_usage_says_what_to_do(run, arguments) -> None:
    done = CliRunner().invoke(build(("rescore",)), ["rescore", *arguments])
    assert done.exit_code != 0
    assert scoring.list_rescorings() == []


def test_the_reading_and_the_formula_are_one_law() -> None:
    found = scoring_rules.law_on(NOW.date())
    assert found.ages_on == "scoring"
    assert len(found.pins) == 4
