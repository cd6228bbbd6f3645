import datetime as dt

import pytest

from sijil.domains.notifications import rules
from sijil.domains.notifications.errors import RECIPIENT_INVALID
from sijil.domains.notifications.types import Channel
from sijil.kernel.errors import Refused

NOON = dt.datetime(2026, 11, 3, 11, 0, tzinfo=dt.UTC)
TYPICAL = {
    "code": "482913", "minutes": "5", "number": "K7QD-4M2X-9T", "grievance": "K7QD-4M2X-9T",
    "centre": "CSC Hay Mohammadi", "at": NOON,
    "until": NOON.date(), "reason": "X" * 40, "idcs": "4827 193 650", "programme": "ASD", "score": "9,812",
    "threshold": "9,743001", "partner": "Banque Populaire", "what": "X" * 60,
}  # fmt: skip
CODES = list(rules.templates().templates)


def write(code, channel, language):
    facts = {name: TYPICAL[name] for name in rules.templates().templates[code].facts}
    return rules.write_text(code, channel, language, facts)


@pytest.mark.parametrize("language", rules.LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_every_template_is_complete_in_every_language(code, language):
    sms, mail = write(code, Channel.SMS, language), write(code, Channel.EMAIL, language)
    assert "\n" not in sms.body
    assert sms.title == ""
    assert mail.title
    assert "{" not in sms.body + mail.title + mail.body


@pytest.mark.parametrize("code", CODES)
def test_french_travels_in_the_gsm_alphabet_in_two_parts_at_most(code):
    segments = rules.count_segments(write(code, Channel.SMS, "fr").body)
    assert segments.encoding == "gsm7"
    assert segments.parts <= 2


@pytest.mark.parametrize("language", ["ar", "zgh"])
@pytest.mark.parametrize("code", CODES)
def test_arabic_and_tamazight_take_three_parts_at_most(code, language):
    assert rules.count_segments(write(code, Channel.SMS, language).body).parts <= 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, ("gsm7", 160, 1)),
        ("a" * 161, ("gsm7", 161, 2)),
        ("é" * 153 * 2, ("gsm7", 306, 2)),
        ("€" * 80, ("gsm7", 160, 1)),
        ("€" * 81, ("gsm7", 162, 2)),
        ("ê" * 70, ("ucs2", 70, 1)),
        ("ح" * 71, ("ucs2", 71, 2)),
        ("😀" * 35, ("ucs2", 70, 1)),
        ("", ("gsm7", 0, 1)),
    ],
)
def test_segments_are_counted_as_the_operators_do(text, expected):
    segments = rules.count_segments(text)
    assert (segments.encoding, segments.units, segments.parts) == expected


def test_an_email_is_signed_and_an_sms_is_not():
    assert "merci de ne pas" in write("idcs_issued", Channel.EMAIL, "fr").body
    assert "merci de ne pas" not in write("idcs_issued", Channel.SMS, "fr").body


def test_moments_are_written_in_moroccan_time():
    assert rules.show_fact(NOON) == "03/11/2026 12:00"
    assert rules.show_fact(NOON.date()) == "03/11/2026"


@pytest.mark.parametrize("facts", [{}, {"code": "1"}, {"code": "1", "minutes": 5, "name": "x"}])
def test_facts_must_be_exactly_those_of_the_template(facts):
    with pytest.raises(ValueError, match="otp_open_account"):
        rules.write_text("otp_open_account", Channel.SMS, "ar", facts)


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("sms", "+212612345678"),
        ("sms", "+33612345678"),
        ("email", "a.b+c@example.ma"),
        ("email", "x@sub.example.org"),
        ("email", "o'brien@exemple-é.ma"),
    ],
)
def test_a_recipient_is_accepted(channel, to):
    assert rules.clean_recipient(Channel(channel), f" {to} ") == to


@pytest.mark.parametrize(
    ("channel", "to"),
    [
        ("sms", "0612345678"), ("sms", ""), ("sms", "+2126 12"), ("sms", "a@b.ma"), ("email", "nobody"),
        ("email", "a@b"), ("email", "a@b.ma\nBcc: x@y.ma"), ("email", "<a@b.ma>"), ("email", "é @b.ma"),
        ("email", f"{'a' * 65}@b.ma"),
    ],
)  # fmt: skip
def test_a_recipient_is_refused(channel, to):
    with pytest.raises(Refused) as refused:
        rules.clean_recipient(Channel(channel), to)
    assert refused.value.error is RECIPIENT_INVALID


def test_the_domain_of_an_address_is_lowered_the_rest_kept():
    assert rules.clean_recipient(Channel.EMAIL, "Aicha.B@Example.MA") == "Aicha.B@example.ma"


@pytest.mark.parametrize(
    ("number", "fixed"), [("+212522334455", True), ("+212612345678", False), ("+212701234567", False)]
)
def test_fixed_lines_are_known(number, fixed):
    assert rules.is_landline(number) is fixed


def test_waits_double_up_to_an_hour():
    waits = [rules.wait_after(n).total_seconds() for n in range(1, rules.MAX_ATTEMPTS + 1)]
    assert waits[:3] == [30, 60, 120]
    assert waits == sorted(waits)
    assert waits[-1] == 3600


@pytest.mark.parametrize(
    ("attempts", "permanent", "final"), [(1, False, False), (1, True, True), (8, False, True)]
)
def test_giving_up(attempts, permanent, final):
    assert rules.is_final(attempts, permanent=permanent) is final
