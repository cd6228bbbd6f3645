"""A receipt printed again says what it said the first time."""

import datetime as dt
import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from sijil.domains.documents import receipts, services
from sijil.domains.documents.models import Receipt, ReceiptCode
from sijil.domains.documents.queries import check_code
from sijil.domains.documents.receipts import Both, codes, seal
from sijil.domains.documents.services import Content, print_receipt
from sijil.kernel.actors import officer
from sijil.kernel.acts import Act
from sijil.kernel.sealing import SealBroken
from sijil.kernel.texts import Text4

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
PRINTED = Act("test.printed", Text4("طبع", "A imprimé.", "Printed."), "enrolment", "", reads=True)
OFFICER = officer("salma", centre="C1")


def facts(name="Aïcha Bennani"):
    return {
        "applicant": Both("عائشة بناني", name),
        "deposited_at": NOW,
        "centre": "CSC 204",
        "until": dt.date(2026, 11, 4),
    }


def printed(write=lambda: Content(facts()), now=NOW, **changes):
    values = {"number": "K7QD-4M2X-9T", "issued_at": NOW, "subject": "K7QD4M2X9T", "act": PRINTED}
    return print_receipt("deposit", write, **{**values, "actor": OFFICER, "now": now, **changes})


def never():
    raise AssertionError("what it says is asked for a second time")


def test_printed_again_it_says_the_same_and_asks_nothing():
    first = printed()
    assert first.startswith(b"%PDF-")
    assert printed(never, now=NOW + dt.timedelta(days=400)) == first


def test_other_sentences_of_today_do_not_reach_an_old_receipt(monkeypatch):
    first = printed()
    monkeypatch.setattr(receipts.words, "write_receipt", never)
    monkeypatch.setattr(receipts.draw, "write_receipt", never)
    assert printed(never) == first


def test_its_code_stays_the_one_that_was_printed(settings, tmp_path):
    first = printed()
    seal.rotate_key()
    assert printed(never) == first


def typed(monkeypatch):
    """Return the short code of the receipt that is printed now."""
    seen = []
    draw_page = receipts.draw_page
    monkeypatch.setattr(
        receipts,
        "draw_page",
        lambda page, marks, at, **more: seen.append(marks) or draw_page(page, marks, at, **more),
    )
    printed()
    return seen[0]


def test_the_typed_code_gives_the_answer_of_the_square(monkeypatch):
    marks = typed(monkeypatch)
    answer = check_code(marks.code)
    assert answer == seal.check_token(marks.square.rsplit("/", 2)[1])
    assert (answer.verdict, answer.claim.number) == ("genuine", "K7QD-4M2X-9T")
    assert re.fullmatch(r"[2-9A-HJKMNP-Z]{4}(-[2-9A-HJKMNP-Z]{4}){2}", marks.code)


@pytest.mark.parametrize("write", [str.lower, lambda code: code.replace("-", " "), lambda code: f" {code}. "])
def test_a_code_is_read_as_people_type_it(monkeypatch, write):
    assert check_code(write(typed(monkeypatch).code)).verdict == "genuine"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", "unreadable"),
        ("K7QD-4M2X-9T", "unreadable"),
        ("K7QD-4M2X-9TA0", "unreadable"),
        ("K7QD-4M2X-9TAB", "unknown_code"),
    ],
)
def test_what_is_no_code_of_ours(text, verdict):
    printed()
    assert (check_code(text).verdict, check_code(text).claim) == (verdict, None)


def test_a_code_put_to_another_receipt_is_not_answered(monkeypatch):
    code = typed(monkeypatch).code
    row = Receipt.objects.get()
    other = Receipt.objects.create(
        kind="score", subject="x", number="y", issued_at=NOW, words="", sealed=row.sealed, digest=b""
    )
    index = codes.index("K7QD4M2X9TAB")
    ReceiptCode.objects.create(receipt=other, code=index, key=seal.trusted_ids()[0])
    assert check_code("K7QD-4M2X-9TAB").verdict == "unknown_code"
    assert check_code(code).verdict == "genuine"


def test_a_withdrawn_key_ends_the_code_and_a_new_print_has_another(monkeypatch, settings, tmp_path):
    settings.HOME = tmp_path
    old = typed(monkeypatch)
    seal.rotate_key()
    assert typed(monkeypatch) == old
    seal.withdraw_key(seal.trusted_ids()[1])
    assert (check_code(old.code).verdict, check_code(old.code).claim) == ("withdrawn", None)
    new = typed(monkeypatch)
    assert new.code != old.code
    assert check_code(new.code).verdict == "genuine"


def test_another_issue_of_the_same_number_is_another_receipt():
    printed()
    printed(issued_at=NOW + dt.timedelta(days=1))
    assert Receipt.objects.count() == 2


def test_the_row_names_nobody_and_holds_the_version_of_the_words():
    printed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT r::text FROM documents_receipt r")
        assert "Bennani" not in str(cursor.fetchall())
    row = Receipt.objects.get()
    assert (row.words, len(row.digest)) == (receipts.words_version(), 16)


@pytest.mark.parametrize("change", [lambda: Receipt.objects.update(words="x"), Receipt.objects.all().delete])
def test_a_kept_receipt_is_never_changed(change):
    printed()
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        change()


def test_a_text_put_into_another_row_does_not_open():
    printed()
    row = Receipt.objects.get()
    Receipt.objects.create(
        kind="deposit", subject="x", number="y", issued_at=NOW, words="", sealed=row.sealed, digest=b""
    )
    with pytest.raises(SealBroken):
        printed(never, number="y")


def test_each_print_is_written_down(log):
    printed()
    printed()
    assert log.readings == [("test.printed", "salma", ["K7QD4M2X9T"])] * 2


def test_a_wrong_fact_keeps_nothing():
    with pytest.raises(ValueError, match="deposit"):
        printed(lambda: Content({"nickname": "x"}))
    assert not Receipt.objects.exists()


def test_the_text_kept_is_all_that_is_printed():
    printed()
    row = Receipt.objects.get()
    text = json.loads(
        services.keyring().unseal("documents", bytes(row.sealed), aad=f"documents_receipt.sealed:{row.id}")
    )
    assert {"title", "rows", "next", "number", "issued", "issuer"} <= text.keys()
    assert text["rows"][0]["value"] == {"ar": "عائشة بناني", "fr": "Aïcha Bennani"}


@pytest.mark.django_db(transaction=True)
def test_printed_by_four_hands_at_once_it_is_kept_once():
    def hand(n):
        try:
            return printed(lambda: Content(facts(f"Name {n}")))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        pages = set(pool.map(hand, range(4)))
    assert (len(pages), Receipt.objects.count()) == (1, 1)
