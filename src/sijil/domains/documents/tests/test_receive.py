"""A paper is sealed, kept once, opened again, and never changed."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import IntegrityError, connection, transaction
from PIL import Image

from sijil.domains.documents import errors, queries, services
from sijil.domains.documents.acts import PAPER_READ
from sijil.domains.documents.models import Document, DocumentContent
from sijil.domains.documents.types import Accepted, MediaType
from sijil.kernel.actors import PUBLIC, officer
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import SealBroken

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
OWNER = "request:K7QD4M2X9T"
OFFICER = officer("salma", centre="C1")


def photo(shade=10):
    out = BytesIO()
    Image.new("L", (300, 300), shade).save(out, "PNG")
    return Accepted(MediaType.PNG, out.getvalue(), 1)


def receive(**changes):
    facts = {
        "owner": OWNER,
        "kind": "cnie",
        "filename": "carte.png",
        "paper": photo(),
        "actor": PUBLIC,
        "now": NOW,
    }
    return services.receive(**facts | changes)


def opened(document_id, **where):
    reading = {"subject": "K7QD4M2X9T", "act": PAPER_READ, "actor": OFFICER, "now": NOW}
    return queries.get_document(document_id, **reading, **where)


@pytest.mark.django_db
def test_giving_and_opening_a_paper_are_written_down(log):
    document = receive()
    receive()
    opened(document)
    assert log.entries == [("paper.received", "portal", "K7QD4M2X9T", {"kind": "cnie"})]
    assert log.readings == [("paper.read", "salma", ["K7QD4M2X9T"])]


@pytest.mark.django_db
def test_a_paper_is_kept_and_opened_again():
    document = opened(receive(), owner=OWNER)
    assert (document.kind, document.media_type, document.name, document.pages) == (
        "cnie",
        "image/png",
        "carte.png",
        1,
    )
    assert Image.open(BytesIO(document.content)).size == (300, 300)


@pytest.mark.django_db
def test_the_database_holds_neither_content_nor_name():
    receive(filename="Aicha Bennani.png")
    row = DocumentContent.objects.get()
    assert b"PNG" not in bytes(row.sealed)
    assert b"Aicha" not in bytes(row.sealed_name)


@pytest.mark.django_db
def test_the_same_paper_twice_is_one():
    assert receive() == receive(filename="again.png")
    assert Document.objects.count() == DocumentContent.objects.count() == 1


@pytest.mark.django_db
def test_another_kind_owner_or_content_is_another_paper():
    first, *others = (
        receive(),
        receive(kind="other"),
        receive(owner="request:OTHER"),
        receive(paper=photo(11)),
    )
    assert len({first, *others}) == 4
    assert [line.kind for line in queries.list_documents(OWNER)] == ["cnie", "other", "cnie"]


@pytest.mark.django_db
def test_a_paper_moved_to_another_row_does_not_open():
    one, two = receive(), receive(paper=photo(99))
    DocumentContent.objects.filter(document_id=one).update(
        sealed=DocumentContent.objects.get(document_id=two).sealed
    )
    with pytest.raises(SealBroken):
        opened(one)


@pytest.mark.django_db
@pytest.mark.parametrize("owner", ["request:OTHER", "person:4827193650"])
def test_a_paper_is_not_shown_to_another_owner(owner):
    with pytest.raises(Refused) as refused:
        opened(receive(), owner=owner)
    assert refused.value.error is errors.DOCUMENT_MISSING


@pytest.mark.django_db
def test_an_unknown_paper_is_missing():
    with pytest.raises(Refused):
        opened(new_key())


@pytest.mark.django_db
def test_an_unknown_kind_is_refused():
    with pytest.raises(Refused) as refused:
        receive(kind="selfie")
    assert (refused.value.error, refused.value.field) == (errors.KIND_UNKNOWN, "kind")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "kept"),
    [("C:\\photos\\a.png", "a.png"), ("../../etc/passwd", "passwd"), ("a\x00\n.png", "a.png")],
)
def test_only_the_last_part_of_a_name_is_kept(typed, kept):
    assert opened(receive(filename=typed)).name == kept


@pytest.mark.django_db
def test_one_owner_has_a_limit(monkeypatch):
    monkeypatch.setattr(services.rules, "limits_on", lambda day: services.rules.Limits(5, 2))
    receive(paper=photo(1)), receive(paper=photo(2))
    with pytest.raises(Refused) as refused:
        receive(paper=photo(3))
    assert refused.value.error is errors.TOO_MANY_FILES
    assert receive(paper=photo(2))  # known already: not one more


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda: Document.objects.update(kind="other"),
        lambda: Document.objects.filter(owner__startswith="person:").delete(),
        lambda: DocumentContent.objects.update(document_id=new_key()),
        lambda: DocumentContent.objects.all().delete(),
    ],
)
def test_a_row_never_changes(change):
    receive(), receive(owner="person:1234")
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        change()


@pytest.mark.django_db
def test_a_paper_goes_with_its_content_and_that_is_written_down(log):
    document, other = receive(), receive(paper=photo(99))
    services.remove(document, owner=OWNER, actor=PUBLIC, now=NOW)
    assert [line.id for line in queries.list_documents(OWNER)] == [other]
    assert [content.document_id for content in DocumentContent.objects.all()] == [other]
    assert log.entries[-1] == ("paper.removed", "portal", "K7QD4M2X9T", {"kind": "cnie"})
    with pytest.raises(Refused) as refused:
        services.remove(other, owner="request:AAAAAAAAAA", actor=PUBLIC, now=NOW)
    assert refused.value.error is errors.DOCUMENT_MISSING


@pytest.mark.django_db
def test_a_frozen_paper_does_not_go():
    document = receive()
    services.freeze_papers(owner=OWNER, now=NOW)
    with pytest.raises(IntegrityError, match="evidence"), transaction.atomic():
        services.remove(document, owner=OWNER, actor=PUBLIC, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_the_same_paper_from_eight_hands_at_once_is_one():
    def give(_):
        try:
            return receive()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(give, range(8)))
    assert len(ids) == 1
    assert opened(ids.pop()).size > 0
