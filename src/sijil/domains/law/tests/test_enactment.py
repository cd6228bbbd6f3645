"""Enacting: ahead of its day, by two people, once; then read like what was shipped, for ever."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.law import errors, queries, services
from sijil.domains.law.models import LawUse, LawVersion
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.errors import Refused
from sijil.kernel.law import kinds
from sijil.kernel.tests.guards import falsify
from sijil.kernel.tests.shelves import reading

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
ADMIN = Actor(ActorKind.OFFICER, "admin.one")
TEXT = """law: tried.limit
version: {version}
from: {day}
source: a decision
last_checked_on: 2026-11-20
doubt: none
most: {most}
"""


class Limit(law.Body, frozen=True):
    most: int

    def __post_init__(self) -> None:
        if self.most > 100:
            raise law.Wrong(f"{self.most} is too many.", "Write 100 at most.", "most")


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    folder = kinds.PACKAGE / "domains/tried/parameters/limit"
    monkeypatch.setitem(kinds._kinds, "tried.limit", law.LawKind("tried.limit", Limit, folder))
    monkeypatch.setattr(services, "_noted", set())
    place = tmp_path / "domains/tried/parameters/limit"
    place.mkdir(parents=True)
    (place / "L-1.yaml").write_text(text("L-1", "2026-01-01", 10))
    with reading(tmp_path, queries.EnactedLaws()):
        yield


def text(version: str = "L-2", day: str = "2027-01-01", most: object = 20) -> str:
    return TEXT.format(version=version, day=day, most=most)


def enact(content: str = "", **changes: object) -> law.Law:
    given = {"content": content or text(), "second": "admin.two", "actor": ADMIN, "now": NOW, **changes}
    return services.enact(**given)


@pytest.mark.django_db
def test_an_enacted_version_is_in_force_from_its_day_on():
    made = enact()
    assert law.on("tried.limit", dt.date(2026, 12, 31)).body.most == 10
    assert law.on("tried.limit", dt.date(2027, 1, 1)).body.most == 20
    assert law.load("tried.limit", "L-2").pin == made.pin


@pytest.mark.django_db
def test_the_row_names_both_signers_and_holds_the_text():
    made = enact()
    row = LawVersion.objects.get()
    assert (row.enacted_by, row.signed_by, row.content) == ("admin.one", "admin.two", text())
    assert (row.digest, row.starts_on) == (made.digest, dt.date(2027, 1, 1))
    assert [e.pin for e in queries.list_enactments()] == [made.pin]


REFUSED = {
    "today": ({"content": text(day="2026-11-22")}, errors.NOT_FUTURE),
    "yesterday": ({"content": text(day="2026-11-21")}, errors.NOT_FUTURE),
    "a name that was shipped": ({"content": text(version="L-1")}, errors.VERSION_KNOWN),
    "a text that is no law": ({"content": "hello"}, errors.TEXT_INVALID),
    "a body of another kind": ({"content": text(most='"20"')}, errors.TEXT_INVALID),
    "a value that is absurd": ({"content": text(most=101)}, errors.TEXT_INVALID),
    "an unknown law": ({"content": text().replace("tried.limit", "tried.other")}, errors.TEXT_INVALID),
    "an end that may not be": ({"content": text() + "to: 2027-12-31\n"}, errors.OVERLAPS),
    "one signer": ({"second": "admin.one"}, errors.SAME_SIGNER),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("changes", "error"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_nothing(changes, error):
    with pytest.raises(Refused) as refused:
        enact(**changes)
    assert refused.value.error is error
    assert not LawVersion.objects.exists()


@pytest.mark.django_db
def test_a_refused_text_is_told_with_its_line_and_remedy():
    with pytest.raises(Refused) as refused:
        enact(text(most='"20"'), called="limit.yaml")
    facts = refused.value.facts
    assert (facts["file"], facts["line"]) == ("limit.yaml", 7)
    assert facts["remedy"] == "Write a whole number without quotes."


@pytest.mark.django_db
def test_a_day_that_is_taken_is_refused():
    enact()
    with pytest.raises(Refused) as refused:
        enact(text(version="L-3"))
    assert refused.value.error is errors.OVERLAPS
    assert "same day" in refused.value.facts["wrong"]


@pytest.mark.django_db
def test_a_name_is_enacted_once():
    enact()
    with pytest.raises(Refused) as refused:
        enact(text(day="2028-01-01"))
    assert refused.value.error is errors.VERSION_KNOWN


@pytest.mark.django_db
def test_the_day_is_that_of_the_country():
    half_past_midnight = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 00:30 on 1 January in Morocco
    with pytest.raises(Refused) as refused:
        enact(now=half_past_midnight)
    assert refused.value.error is errors.NOT_FUTURE
    assert enact(now=half_past_midnight - dt.timedelta(hours=1)).version == "L-2"


@pytest.mark.django_db
@pytest.mark.parametrize("model", [LawVersion, LawUse])
@pytest.mark.parametrize("change", ["update", "delete"])
def test_rows_never_change(model, change):
    services.note_use(pins=[enact().pin], now=NOW)
    rows = model.objects.all()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        rows.delete() if change == "delete" else rows.update(digest="0" * 64)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("law_version_two_people", {"signed_by": "admin.one"}),
        ("law_version_named_once", {"starts_on": "2029-01-01"}),
        ("law_version_one_a_day", {"version": "L-9"}),
        ("law_version_digest_form", {"version": "L-9", "starts_on": "2029-01-01", "digest": "none"}),
    ],
)
def test_the_database_holds_it_too(name, changes):
    enact()
    row = LawVersion.objects.values().get()
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        LawVersion.objects.create(**{**row, "id": None, **changes})


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_one_is_kept():
    start, outcomes = threading.Barrier(2), []

    def run():
        try:
            with transaction.atomic():
                law.versions("tried.limit")
                start.wait()
                enact()
            outcomes.append("done")
        except Refused as refused:
            outcomes.append(refused.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(outcomes) == ["done", "law.version_known"]


@pytest.mark.django_db
def test_a_version_that_was_rolled_back_is_forgotten():
    with transaction.atomic():
        enact()
        assert law.load("tried.limit", "L-2")
        transaction.set_rollback(True)
    with pytest.raises(LookupError):
        law.load("tried.limit", "L-2")


@pytest.mark.django_db
def test_a_row_changed_behind_the_back_is_told():
    enact()
    falsify("UPDATE law_version SET content = replace(content, 'most: 20', 'most: 21')")
    law.current().forget()
    assert [f.seen for f in law.examine() if f.name == "tried.limit" and not f.well] == [
        "tried.limit L-2 (enacted):1: This is not what was enacted. Restore the database, or this release."
    ]


@pytest.mark.django_db
def test_a_use_is_noted_once():
    pin = law.pin("tried.limit", dt.date(2026, 5, 5))
    for _ in range(3):
        services.note_use(pins=[pin, pin], now=NOW)
    assert queries.list_pins() == [pin]
    assert law.check_pins(queries.list_pins()) == []


@pytest.mark.django_db(transaction=True)
def test_a_known_use_costs_no_query(django_assert_num_queries):
    pin = law.pin("tried.limit", dt.date(2026, 5, 5))
    services.note_use(pins=[pin], now=NOW)
    with django_assert_num_queries(0):
        services.note_use(pins=[pin], now=NOW)


@pytest.mark.django_db
def test_a_use_that_was_rolled_back_is_noted_again():
    pin = law.pin("tried.limit", dt.date(2026, 5, 5))
    with transaction.atomic():
        services.note_use(pins=[pin], now=NOW)
        transaction.set_rollback(True)
    services.note_use(pins=[pin], now=NOW)
    assert queries.list_pins() == [pin]


@pytest.mark.django_db
def test_of_two_enacted_at_once_the_one_seen_last_is_read_too():
    kept = []
    for place, (version, day) in ((1_000_002, ("L-3", "2028-01-01")), (1_000_001, ("L-2", "2027-01-01"))):
        new = services.read(text(version, day))
        facts = {"name": new.name, "version": new.version, "starts_on": new.starts_on, "digest": new.digest}
        people = {"enacted_at": NOW, "enacted_by": "admin.one", "signed_by": "admin.two"}
        LawVersion.objects.create(id=place, content=text(version, day), **facts, **people)
        kept.append([one.version for one in law.versions("tried.limit")])
    assert kept == [["L-1", "L-3"], ["L-1", "L-2", "L-3"]]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enact_the_same_day_at_once_the_second_is_refused(tmp_path):
    """Although it knows nothing of the first yet: it looked a moment ago."""
    told = []

    def second():
        try:
            enact()
        except Refused as refused:
            told.append(refused.error)
        finally:
            connection.close()

    with law.use_shelf(law.Shelf(tmp_path, queries.EnactedLaws(), look_every=60)):
        law.versions("tried.limit")
        other = threading.Thread(target=second)
        with transaction.atomic():
            services._wait_for_others()
            other.start()
            enact(text("L-3", "2027-01-01"))
        other.join(20)
    assert told == [errors.OVERLAPS]
    assert [one.version for one in queries.EnactedLaws().texts()] == ["L-3"]
