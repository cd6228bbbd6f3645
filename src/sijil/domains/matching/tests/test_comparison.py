"""The comparison with everyone known, in the database: found, stored, and loud when it fails."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction

from sijil.domains.matching import errors, models, queries, services
from sijil.domains.matching.rules.blocking import Rule
from sijil.domains.matching.services import comparing
from sijil.domains.matching.tests.subjects import NOW, fatima, twin_of
from sijil.domains.matching.types import Verdict
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """A register of a few people, and the way to read them."""
    known = {}

    def add(subject):
        services.index_subject(subject, now=NOW)
        known[subject.ref] = subject
        return subject

    add.load = lambda refs: {ref: known[ref] for ref in refs if ref in known}
    add.known = known
    return add


def compare(people, subject):
    return services.compare(subject, load=people.load, now=NOW)


def test_the_first_person_is_unique(people):
    found = compare(people, people(fatima()))
    assert (found.verdict, found.candidates, found.compared) == (Verdict.UNIQUE, (), 0)


def test_a_second_file_is_found_and_explained(people):
    first = people(fatima())
    found = compare(people, people(fatima(last_name_fr="Echcherkaoui", phone="")))
    assert (found.verdict, [c.ref for c in found.candidates]) == (Verdict.LIKELY, [first.ref])
    assert found.candidates[0].levels["last_name"] == "exact"
    assert found.candidates[0].levels["phone"] == "missing"


def test_one_script_is_enough_to_be_found(people):
    people(fatima(last_name_ar="", first_name_ar="", phone="", document_number=""))
    arabic_only = fatima(last_name_fr="", first_name_fr="", phone="", document_number="")
    assert compare(people, people(arabic_only)).verdict is Verdict.LIKELY


def test_a_birth_year_alone_still_finds(people):
    people(fatima(phone="", document_number=""))
    assert (
        compare(people, people(fatima(birth=PartialDate(1988), phone="", document_number=""))).verdict
        is Verdict.LIKELY
    )


def test_a_twin_is_compared_and_let_through(people):
    people(fatima())
    found = compare(people, people(twin_of(fatima())))
    assert (found.verdict, found.compared) == (Verdict.UNIQUE, 1)


def test_the_likeliest_comes_first(people):
    people(fatima(birth=PartialDate(1955, 2, 3), phone="", document_number=""))
    best = people(fatima())
    found = compare(people, people(fatima()))
    assert found.candidates[0].ref == best.ref
    assert [c.verdict for c in found.candidates] == [Verdict.LIKELY, Verdict.POSSIBLE]


def test_the_result_is_stored_and_cannot_change(people):
    subject = people(fatima())
    found = compare(people, subject)
    assert queries.find_comparison(subject.ref) == found
    assert queries.find_comparison(uuid4()) is None
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        models.Comparison.objects.update(verdict="likely")


def test_what_is_stored_names_nobody(people):
    people(fatima())
    compare(people, people(fatima()))
    rows = str(list(models.MatchingKey.objects.values())) + str(list(models.Comparison.objects.values()))
    for secret in ("Cherkaoui", "الشرقاوي", "Fatima", "CRK", "612345678", "AB123456", "1988"):
        assert secret not in rows


def test_a_candidate_that_cannot_be_read_stops_everything(people):
    people(fatima())
    with pytest.raises(Refused) as refused:
        services.compare(people(fatima()), load=lambda refs: {}, now=NOW)
    assert refused.value.error is errors.CANDIDATE_UNREADABLE
    assert not models.Comparison.objects.exists()


def test_an_error_of_the_reader_is_not_a_verdict(people):
    people(fatima())

    def broken(refs):
        raise OSError("the register does not answer")

    with pytest.raises(OSError, match="does not answer"):
        services.compare(people(fatima()), load=broken, now=NOW)
    assert not models.Comparison.objects.exists()


def test_an_empty_file_is_refused():
    names = dict.fromkeys(("last_name_ar", "first_name_ar", "last_name_fr", "first_name_fr", "phone"), "")
    empty = fatima(**names, document_number="", commune_code="")
    for refuse in (lambda: services.index_subject(empty, now=NOW),
                   lambda: services.compare(empty, load=dict, now=NOW)):  # fmt: skip
        with pytest.raises(Refused) as refused:
            refuse()
        assert refused.value.error is errors.NOTHING_TO_COMPARE


def test_indexing_again_replaces_the_keys(people):
    subject = people(fatima())
    moved = fatima(ref=subject.ref, last_name_ar="بناني", last_name_fr="Bennani", birth=PartialDate(1950))
    people(moved)
    assert compare(people, people(fatima(phone="", document_number=""))).compared == 0


def test_a_forgotten_subject_is_not_found(people):
    known = people(fatima())
    assert services.forget_subject(known.ref, now=NOW) == len(Rule)
    assert compare(people, people(fatima())).compared == 0


def test_bulk_loading_gives_the_same_keys(people):
    one = fatima()
    with connection.cursor() as cursor:
        rows = services.copy_keys(cursor, [one])
    copied = set(models.MatchingKey.objects.values_list("key", "rule"))
    services.index_subject(one, now=NOW)
    assert (rows, copied) == (len(Rule), set(models.MatchingKey.objects.values_list("key", "rule")))


def limit(monkeypatch, **limits):
    import dataclasses

    model = comparing.model_on(NOW.date())
    monkeypatch.setattr(comparing, "model_on", lambda day: dataclasses.replace(model, **limits))


def test_blocks_too_large_are_dropped_and_said(people, monkeypatch):
    limit(monkeypatch, block=1)
    for _ in range(2):
        people(fatima(phone="", document_number=""))
    found = compare(people, people(fatima(document_number="")))
    assert (found.dropped_blocks, found.compared) == (len(Rule) - 2, 0)
    assert found.verdict is Verdict.POSSIBLE


def test_a_large_block_does_not_hide_a_small_one(people, monkeypatch):
    limit(monkeypatch, block=1)
    for _ in range(2):
        people(fatima(phone="", document_number=""))
    twice = people(fatima(phone=""))
    found = compare(people, people(fatima(phone="")))
    assert [c.ref for c in found.candidates] == [twice.ref]


def test_too_many_candidates_are_cut_by_shared_keys(people, monkeypatch):
    limit(monkeypatch, candidates=1)
    people(fatima(birth=PartialDate(1955, 2, 3), phone="", document_number=""))
    people(fatima(birth=PartialDate(1955, 2, 3), phone="", document_number=""))
    best = people(fatima())
    found = compare(people, people(fatima()))
    assert found.is_truncated
    assert found.candidates[0].ref == best.ref


@pytest.mark.django_db(transaction=True)
def test_of_two_like_files_at_once_the_second_sees_the_first():
    """Both index and compare in one transaction, at the same time; never do both read "unique"."""
    one, other = fatima(), fatima()
    load = lambda refs: {s.ref: s for s in (one, other) if s.ref in refs}  # noqa: E731
    start, verdicts = threading.Barrier(2), []

    def enrol(subject):
        start.wait()
        with transaction.atomic():
            services.index_subject(subject, now=NOW)
            verdicts.append(services.compare(subject, load=load, now=NOW).verdict)
        connections.close_all()

    threads = [threading.Thread(target=enrol, args=(s,)) for s in (one, other)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert sorted(verdicts) == [Verdict.LIKELY, Verdict.UNIQUE]
