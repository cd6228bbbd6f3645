"""Receipts: the words, the code, the page, the same bytes for the same facts."""

import base64
import datetime as dt
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.errors import SecurityWarning
from joserfc.jwk import OKPKey

from sijil.domains.documents.receipts import (
    Both,
    Line,
    check_token,
    compose,
    draw,
    draw_page,
    marks,
    public_keys,
    seal,
    sign_claim,
)
from sijil.domains.documents.receipts.words import sentences, show, write_receipt
from sijil.domains.documents.types import Claim, ReceiptKind
from sijil.kernel import signing

NOW = dt.datetime(2026, 11, 3, 9, 14, tzinfo=dt.UTC)
NUMBER = "K7QD-4M2X-9T"
NAME = Both("عائشة بناني", "Aïcha Bennani")
FACTS = {
    "deposit": {"applicant": NAME, "deposited_at": NOW, "centre": "CSC 204", "until": dt.date(2026, 11, 4)},
    "household": {"declarant": NAME, "submitted_at": NOW, "members": 5},
    "score": {
        "household_code": "4827193650-3",
        "score": "9,432",
        "formula": "HCP-2021-BO7011",
        "computed_at": NOW,
    },
}
CLAIM = Claim(ReceiptKind.DEPOSIT, NUMBER, dt.date(2026, 11, 3), "Sijil")


def render(kind="deposit", **options):
    page = compose(kind, FACTS[kind], number=NUMBER, issued_at=NOW, **options)
    return draw_page(page, marks(CLAIM, NOW, seal.trusted_ids()[0]), NOW)


@pytest.mark.parametrize("kind", FACTS)
def test_a_receipt_is_one_page_of_pdf(kind):
    pdf = render(kind)
    assert pdf.startswith(b"%PDF-")
    assert b"/Type/Pages/Count 1/" in pdf
    assert len(pdf) < 150_000


@pytest.mark.parametrize("kind", FACTS)
def test_the_same_facts_give_the_same_bytes(kind):
    assert render(kind) == render(kind)


def test_a_long_table_is_an_annex():
    terms = [Line(f"عنصر {n}", f"terme {n}", f"+0,{n:07d}") for n in range(35)]
    programmes = [Line("الدعم", "ASD", Both("مقبولة", "admis"))]
    pdf = render("score", tables={"terms": terms, "programmes": programmes})
    assert b"/Type/Pages/Count 2/" in pdf


def test_only_fonts_of_ours_are_embedded():
    names = set(re.findall(rb"/FontName/[A-Z]{6}\+([A-Za-z]+)", render()))
    assert names == {b"IBMPlexSans", b"SijilArabic", b"NotoSansTifinagh"}


@pytest.mark.parametrize("kind", FACTS)
def test_every_fact_has_its_words_in_both_languages(kind):
    body = sentences().receipts[kind]
    headings = [*body.facts.values(), *body.tables.values(), *body.next]
    assert all(heading.ar and heading.fr for heading in headings)
    assert set(body.title.mapping()) == {"ar", "fr", "zgh"}


@pytest.mark.parametrize(
    ("value", "arabic", "french"),
    [
        (dt.date(2026, 11, 3), "3 نونبر 2026", "3 novembre 2026"),
        (NOW, "3 نونبر 2026، 10:14", "3 novembre 2026 à 10:14"),
        (dt.date(2027, 7, 20), "20 يوليوز 2027", "20 juillet 2027"),
        (5, "5", "5"),
        (NAME, "عائشة بناني", "Aïcha Bennani"),
        ([NAME, "x"], "عائشة بناني، x", "Aïcha Bennani, x"),
    ],
)
def test_values_are_written_the_moroccan_way(value, arabic, french):
    assert (show(value, "ar"), show(value, "fr")) == (arabic, french)


@pytest.mark.parametrize(
    ("facts", "tables"),
    [({}, {}), (FACTS["deposit"] | {"nickname": "x"}, {}), (FACTS["deposit"], {"terms": []})],
)
def test_a_fact_too_many_or_too_few_is_a_mistake(facts, tables):
    with pytest.raises(ValueError, match="deposit"):
        write_receipt(ReceiptKind.DEPOSIT, facts, tables, NUMBER, NOW)


def test_what_comes_next_names_the_date():
    page = write_receipt(ReceiptKind.DEPOSIT, FACTS["deposit"], {}, NUMBER, NOW)
    assert "4 novembre 2026" in page["next"][-1]["fr"]
    assert "4 نونبر 2026" in page["next"][-1]["ar"]


def test_the_code_says_what_it_is_and_names_nobody():
    token = sign_claim(CLAIM)
    assert check_token(token) == check_token(token)
    assert check_token(token).claim == CLAIM
    assert sign_claim(CLAIM) == token


def test_a_changed_letter_is_a_forgery():
    head, body, signature = sign_claim(CLAIM).split(".")
    other = sign_claim(Claim(ReceiptKind.DEPOSIT, "M3TR-7K2P-4X", CLAIM.issued_on, "Sijil")).split(".")
    forged = [
        f"{head}.{other[1]}.{signature}",
        f"{head}.{body}.{other[2]}",
        f"{head}.{body}.",
        f"{head}.{body}",
    ]
    assert {check_token(token).verdict for token in forged} == {"forged"}


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("change", [{"alg": "none"}, {"alg": "HS256"}, {"alg": "Ed25519"}, {"crit": ["b64"]}])
def test_a_code_that_names_another_signature_is_a_forgery(change):
    head, body, signature = sign_claim(CLAIM).split(".")
    other = part(json.loads(base64.urlsafe_b64decode(head + "==")) | change)
    assert check_token(f"{other}.{body}.{signature}").verdict == "forged"


def test_a_key_of_others_is_unknown():
    assert check_token(f"{part({'alg': 'EdDSA', 'kid': 'z'})}.{part({})}.AA").verdict == "unknown_key"


def test_anybody_checks_a_code_with_the_published_keys():
    token, (key, *_older) = sign_claim(CLAIM), public_keys()["keys"]
    with pytest.warns(SecurityWarning, match="EdDSA"):  # the library prefers the newer name
        read = jws.deserialize_compact(token, OKPKey.import_key(key), algorithms=["EdDSA"])
    assert read.headers() == {"alg": "EdDSA", "kid": key["kid"]}
    assert json.loads(read.payload)["n"] == NUMBER
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}


@settings(max_examples=100, deadline=None)
@given(
    st.text(max_size=60) | st.from_regex(r"\A[A-Za-z0-9_-]{4,40}\.[A-Za-z0-9_-]{2,40}\.[A-Za-z0-9_-]{0,40}\Z")
)
def test_no_text_makes_the_check_fall(text):
    assert check_token(text).verdict in ("forged", "unknown_key")


def test_a_very_long_code_is_not_even_read():
    assert check_token("a" * 5000).verdict == "forged"


def test_old_receipts_stay_genuine_when_the_key_is_replaced(settings, tmp_path):
    settings.HOME = tmp_path
    old = sign_claim(CLAIM)
    kid = seal.rotate_key()
    assert sign_claim(CLAIM) != old
    assert check_token(old).verdict == check_token(sign_claim(CLAIM)).verdict == "genuine"
    first, _second = public_keys()["keys"]
    assert first["kid"] == kid


def test_what_a_withdrawn_key_signed_is_genuine_no_more(settings, tmp_path):
    settings.HOME = tmp_path
    old, (kid,) = sign_claim(CLAIM), seal.trusted_ids()
    seal.withdraw_key(kid)
    assert (check_token(old).verdict, check_token(old).claim) == ("withdrawn", None)
    assert check_token(sign_claim(CLAIM)).verdict == "genuine"
    assert kid not in [key["kid"] for key in public_keys()["keys"]]
    assert check_token(old[:-4] + "AAAA").verdict == "forged"


def test_only_a_trusted_key_is_withdrawn_or_signs(settings, tmp_path):
    settings.HOME = tmp_path
    (kid,) = seal.trusted_ids()
    seal.withdraw_key(kid)
    with pytest.raises(KeyError):
        seal.withdraw_key(kid)
    with pytest.raises(KeyError):
        sign_claim(CLAIM, kid)


def test_a_key_added_by_another_process_signs_and_checks_here(settings, tmp_path):
    settings.HOME = tmp_path
    old = sign_claim(CLAIM)
    signing.add_key(tmp_path / "keys" / "receipts", signing.make_ed25519)
    new = sign_claim(CLAIM)
    assert new != old
    assert {check_token(token).verdict for token in (old, new)} == {"genuine"}


def test_the_key_is_private_and_made_once(settings, tmp_path):
    settings.HOME = tmp_path
    token = sign_claim(CLAIM)
    (place,) = (tmp_path / "keys" / "receipts").glob("*.pem")
    assert place.stat().st_mode & 0o777 == 0o600
    seal._read_keys.cache_clear()
    assert sign_claim(CLAIM) == token


@pytest.mark.parametrize(
    ("public", "start"), [("https://sijil.example/", "https://sijil.example/check/"), ("", "http://")]
)
def test_the_code_opens_the_public_address(settings, public, start):
    settings.ENV = settings.ENV.model_copy(update={"public_url": public})
    assert draw.check_address("TOKEN").startswith(start)
    assert draw.check_address("TOKEN").endswith("/check/TOKEN/")


def test_the_drawing_of_the_code_is_small_and_black_on_white():
    svg = draw.draw_qr(draw.check_address(sign_claim(CLAIM)))
    assert svg.startswith("<svg")
    assert len(svg) < 30_000
