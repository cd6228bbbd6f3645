"""Acts of the kernel in the log: one entry for each person shown, repeats counted, oneself left out."""

import datetime as dt

import pytest

from sijil.domains.audit.models import AuditEntry, ReadTally
from sijil.domains.audit.queries import count_readings, list_entries
from sijil.domains.audit.services import Log, count_reads
from sijil.kernel.actors import citizen, delegate, officer
from sijil.kernel.acts import Act
from sijil.kernel.texts import Text4

NOW = dt.datetime(2026, 11, 27, 9, 5, tzinfo=dt.UTC)
READ = Act(
    "trial.read",
    Text4("فتح ملفكم.", "A ouvert votre dossier.", "Opened your file."),
    "account",
    "",
    reads=True,
)
SALMA = officer("salma", centre="C1")
pytestmark = pytest.mark.django_db


def show(*subjects, actor=SALMA, now=NOW):
    Log().shown(READ, actor=actor, subjects=subjects, facts={}, now=now)


def written():
    return [
        (e.subject, e.facts) for e in AuditEntry.objects.filter(action=READ.code).order_by("at", "subject")
    ]


def test_twelve_names_shown_are_twelve_entries():
    show(*(f"person-{n:02}" for n in range(12)))
    assert written() == [(f"person-{n:02}", {"centre": "C1"}) for n in range(12)]


def test_the_same_reader_person_act_and_hour_is_one_entry_with_a_count():
    for minute in (0, 5, 50):
        show("a", "b", now=NOW.replace(minute=minute))
    show("a", now=NOW + dt.timedelta(hours=1))
    assert [subject for subject, _ in written()] == ["a", "b", "a"]
    assert sorted(ReadTally.objects.values_list("subject", "count")) == [("a", 1), ("a", 3), ("b", 3)]


def test_another_reader_is_another_entry():
    show("a")
    show("a", actor=officer("driss"))
    assert len(written()) == 2


def test_oneself_is_not_written_also_through_a_delegate():
    show("me", actor=citizen("me"))
    show("me", "helper", actor=delegate("helper", acts_for="me"))
    assert written() == []


def test_a_delegate_who_reads_another_person_is_written_with_whom_for():
    show("other", actor=delegate("helper", acts_for="me"))
    assert written() == [("other", {"for": "me"})]


def test_repeats_are_written_into_the_log_when_the_hour_is_over():
    show("a")
    show("a")
    show("b")
    assert count_reads(now=NOW) == 0
    assert count_reads(now=NOW + dt.timedelta(hours=1)) == 1
    assert count_reads(now=NOW + dt.timedelta(hours=2)) == 0
    entry = AuditEntry.objects.get(action="audit.reads_counted")
    assert (entry.subject, entry.facts["count"], entry.facts["by"]) == ("a", 2, "officer:salma")


def test_many_repeats_are_counted_in_parts():
    for _ in range(2):
        show(*(f"person-{n}" for n in range(7)))
    later = NOW + dt.timedelta(hours=1)
    assert [count_reads(now=later, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert AuditEntry.objects.filter(action="audit.reads_counted").count() == 7


def test_an_entry_of_a_reading_knows_how_often_it_was_repeated():
    show("a")
    show("a", "b")
    show("a", now=NOW + dt.timedelta(hours=1))
    show("a", actor=officer("driss"))
    entries = list_entries("a") + list_entries("b")
    counted = count_readings(entries)
    first = next(e for e in entries if e.subject == "a" and e.at == NOW and e.actor_id == "salma")
    assert counted == {first.id: 2}


def test_nothing_is_counted_for_no_entries():
    assert count_readings([]) == {}


def test_nobody_shown_writes_nothing():
    show()
    assert written() == []


def test_a_step_that_concerns_several_is_an_entry_for_each_always_and_oneself_too():
    for _ in range(2):
        who = ["b", "me", "b"]
        Log().record_each(READ, actor=citizen("me"), subjects=who, facts={"household": "1"}, now=NOW)
    assert written() == [(who, {"household": "1"}) for who in ("b", "b", "me", "me")]
