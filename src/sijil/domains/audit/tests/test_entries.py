"""Writing entries, keeping them, and finding them by person."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from sijil.domains.audit.queries import list_consultations, list_entries
from sijil.domains.audit.services import ensure_partitions
from sijil.domains.audit.tests.conftest import BANK, NOW
from sijil.kernel.actors import PUBLIC, Actor, ActorKind, citizen, officer, system

pytestmark = pytest.mark.django_db
OFFICER = officer("agdal-1", centre="C1")


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_an_entry_keeps_who_what_and_why(write):
    (key,) = write(purpose="credit", facts={"result": "match"})
    (entry,) = list_entries("2574081631")
    assert (entry.id, entry.actor_id, entry.actor_label, entry.at) == (key, "bank", "Banque", NOW)
    assert (entry.action, entry.purpose, entry.facts) == ("verification.asked", "credit", {"result": "match"})
    assert entry.xid > 0
    assert entry.cluster != 0


def test_an_entry_goes_with_the_transaction_that_asked_for_it(write):
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert list_entries("2574081631") == []


@pytest.mark.parametrize("sql", ["UPDATE audit_entry SET subject = '1'", "DELETE FROM audit_entry"])
def test_an_entry_is_never_changed(write, sql):
    write()
    with pytest.raises(DatabaseError, match="immutable"), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize(
    ("at", "table"),
    [(NOW, "audit_entry_2026_11"), (dt.datetime(1999, 1, 1, tzinfo=dt.UTC), "audit_entry_default")],
)
def test_an_entry_goes_to_its_month_and_no_date_is_refused(write, at, table):
    ensure_partitions(now=NOW)
    before = count(table)
    write(at=at)
    assert count(table) == before + 1


def test_partitions_are_made_ahead_once():
    far = dt.datetime(2031, 11, 15, tzinfo=dt.UTC)
    made = ensure_partitions(now=far, months=2)
    assert made == ["audit_entry_2031_11", "audit_entry_2031_12", "audit_entry_2032_01"]
    assert ensure_partitions(now=far, months=2) == []


def test_a_month_that_began_in_the_default_partition_stays_there(write):
    far = dt.datetime(2035, 5, 15, tzinfo=dt.UTC)
    write(at=far)
    assert ensure_partitions(now=far, months=0) == []
    assert len(list_entries("2574081631")) == 1


def test_a_new_partition_is_immutable_too(write):
    far = dt.datetime(2031, 11, 15, tzinfo=dt.UTC)
    ensure_partitions(now=far, months=0)
    write(at=far)
    with pytest.raises(DatabaseError, match="immutable"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_entry_2031_11")


def test_a_person_sees_partners_and_officers_newest_first(write):
    write(actor=BANK)
    write(actor=OFFICER, action="person.read", at=NOW + dt.timedelta(hours=1))
    assert [e.actor_id for e in list_consultations("2574081631")] == ["agdal-1", "bank"]


@pytest.mark.parametrize("actor", [PUBLIC, system("matcher"), citizen("2574081631")])
def test_own_acts_and_machines_are_not_consultations(write, actor):
    write(actor=actor)
    assert list_consultations("2574081631") == []


def test_what_another_person_did_with_the_file_is_shown_but_not_with_the_household(write):
    head = citizen("9000000005")
    write(actor=head, action="household.member_added")
    write(actor=head, action="household.read", subject="12345678901")
    assert [e.action for e in list_consultations("2574081631", also=["12345678901"])] == [
        "household.member_added"
    ]


def test_another_person_sees_nothing_of_it(write):
    write(subject="2574081631")
    assert list_consultations("9000000005") == []


def test_a_person_s_request_numbers_can_be_included(write):
    write(subject="K7QD4M2X9T", actor=OFFICER, action="request.read")
    assert len(list_consultations("2574081631", also=["K7QD4M2X9T"])) == 1


def test_pages_follow_one_another_without_gap_or_repeat(write):
    keys = write(7)
    keys += write(3)  # the same moments again: the id decides
    seen, after = [], None
    while page := list_consultations("2574081631", after=after, limit=3):
        seen += [e.id for e in page]
        after = page[-1].key
    assert sorted(seen) == sorted(keys)
    assert len(seen) == 10


@pytest.mark.parametrize("key", ["", "x", "1.2", "99999999999999999999.01a20150-206b-75d0-bab0-158aa0593db5"])
def test_a_key_that_cannot_be_read_starts_at_the_beginning(write, key):
    write(2)
    assert len(list_consultations("2574081631", after=key)) == 2


def test_the_label_is_short_enough_or_refused(write):
    with pytest.raises(DatabaseError):
        write(actor=Actor(ActorKind.OFFICER, "x", "y" * 300))


def test_an_entry_holds_the_centre_of_the_officer_as_a_fact(write):
    write(actor=OFFICER, facts={"reason": "paper_missing"})
    (entry,) = list_entries("2574081631")
    assert entry.facts == {"reason": "paper_missing", "centre": "C1"}
    assert entry.actor_label == "agdal-1"
