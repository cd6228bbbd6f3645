"""The demonstration's phones, and the page that a receipt's code opens."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from sijil.domains.documents.receipts import seal, sign_claim
from sijil.domains.documents.types import Claim, ReceiptKind
from sijil.domains.notifications.services import queue_message, send_due
from sijil.portal.inbox import read_recipient

NOW = dt.datetime(2026, 11, 3, 9, tzinfo=dt.UTC)
ONE, TWO = "+212612345678", "+212700000001"


def tell(to, channel="sms", number="K7QD-4M2X-9T"):
    with transaction.atomic():
        queue_message(
            channel=channel,
            to=to,
            template="household_scored",
            language="ar",
            facts={"number": number},
            subject="x",
            now=NOW,
        )
    send_due(NOW)


@pytest.fixture(autouse=True)
def french(client):
    client.cookies["language"] = "fr"


def page(client, address="/demo/inbox/"):
    return client.get(address).content.decode()


@pytest.mark.django_db
def test_the_inbox_shows_phones_and_mailboxes(client):
    tell(ONE)
    tell("aicha@example.ma", "email")
    shown = page(client)
    assert ONE in shown
    assert "aicha@example.ma" in shown
    assert "مؤشر أسرتكم جاهز" in shown


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["0612345678", "06 12 34 56 78", "+212612345678", "٠٦١٢٣٤٥٦٧٨"])
def test_one_phone_is_found_as_people_write_it(client, typed):
    tell(ONE, number="AAAA-AAAA-AA")
    tell(TWO, number="BBBB-BBBB-BB")
    shown = client.get("/demo/inbox/", {"to": typed}).content.decode()
    assert "AAAA-AAAA-AA" in shown
    assert "BBBB-BBBB-BB" not in shown


def test_an_address_is_compared_with_its_domain_in_small_letters():
    assert read_recipient(" Aicha@Example.MA ") == "Aicha@example.ma"


@pytest.mark.django_db
def test_an_empty_inbox_says_what_to_do(client):
    assert "rechargez" in page(client)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/demo/inbox/", "/v1/demo/messages"])
def test_outside_the_demonstration_there_is_no_inbox(client, settings, address):
    settings.ENV = settings.ENV.model_copy(update={"demo": False})
    assert client.get(address).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("appointment", "Bulletin de rendez-vous"),
        ("deposit", "Récépissé de dépôt"),
        ("temporary", "Fiche provisoire avec photo"),
        ("household", "déclaration de ménage"),
        ("score", "Indice d’un ménage"),
    ],
)
def test_a_genuine_code_says_what_the_paper_is(client, kind, words):
    token = sign_claim(Claim(ReceiptKind(kind), "K7QD-4M2X-9T", dt.date(2026, 11, 3), "Sijil"))
    shown = page(client, f"/check/{token}/")
    assert "authentique" in shown
    assert words in shown
    assert "K7QD-4M2X-9T" in shown
    assert "3 novembre 2026" in shown


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.e30"])
def test_any_other_code_is_refused_in_words(client, token):
    answer = client.get(f"/check/{token}/")
    assert answer.status_code == 404
    assert "<h1>" in answer.content.decode()


@pytest.mark.django_db
def test_the_code_is_asked_for_and_answered_at_the_printed_address(client):
    assert 'name="code"' in page(client, "/check/")
    assert client.get("/check/", {"code": "k7qd 4m2x 9tab"})["Location"] == "/check/K7QD-4M2X-9TAB/"
    assert "Aucun document ne porte ce code" in page(client, "/check/K7QD-4M2X-9TAB/")


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["K7QD-4M2X-9T", "-", "9" * 900])
def test_a_code_with_a_mistake_is_asked_for_again(client, code):
    answer = client.get(f"/check/{code}/")
    assert answer.status_code == 404
    assert "12 lettres et chiffres" in answer.content.decode()


@pytest.mark.django_db
def test_nothing_typed_is_said_at_the_field(client):
    answer = client.get("/check/", {"code": " "})
    assert answer.status_code == 422
    assert "sous le carré" in answer.content.decode()


@pytest.mark.django_db
def test_codes_are_not_tried_without_end(client, monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    codes = [client.get("/check/K7QD-4M2X-9TAB/").status_code for _ in range(61)]
    assert codes == [404] * 60 + [429]


@pytest.mark.django_db
def test_a_withdrawn_key_is_told_as_what_it_is(client, settings, tmp_path):
    settings.HOME = tmp_path
    token = sign_claim(Claim(ReceiptKind.SCORE, "K7QD-4M2X-9T", dt.date(2026, 11, 3), "Sijil"))
    seal.withdraw_key(seal.trusted_ids()[0])
    shown = page(client, f"/check/{token}/")
    assert "n’est plus valable" in shown
    assert "K7QD-4M2X-9T" not in shown


def test_the_keys_are_published_without_their_private_half(client):
    answer = client.get("/.well-known/receipt-keys.json")
    assert answer["Content-Type"] == "application/jwk-set+json"
    assert all(key["alg"] == "EdDSA" and "d" not in key for key in answer.json()["keys"])
    assert answer.json()["keys"]


@pytest.mark.django_db
def test_a_changed_code_is_not_genuine(client):
    token = sign_claim(Claim(ReceiptKind.SCORE, "K7QD-4M2X-9T", dt.date(2026, 11, 3), "Sijil"))
    assert "n’est pas authentique" in page(client, f"/check/{token[:-4]}AAAA/").replace(
        "&#x27;", "’"
    ).replace("'", "’")
