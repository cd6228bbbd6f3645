"""Numbers, dates and identifiers, as written in Morocco."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template import Context, Template
from django.utils.translation import override

from sijil.kernel.dates import PartialDate
from sijil.pages import formats

DAY = dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("language", "shown"),
    [("ar", "2\u202f800\u202f000,5"), ("fr", "2\u202f800\u202f000,5"), ("en", "2\u202f800\u202f000.5")],
)
def test_numbers_have_thin_groups(language, shown):
    with override(language):
        assert formats.number(Decimal("2800000.5")) == shown


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (Decimal("9.4321175"), 3, "9,432"), (Fraction(1, 3), 4, "0,3333"), ("0.0005", 3, "0,000"),
        ("0.0015", 3, "0,002"), (-5, None, "−5"), (0, None, "0"), (Decimal("1E+3"), None, "1\u202f000"),
    ],
)  # fmt: skip
def test_rounding_is_half_even(value, digits, shown):
    with override("fr"):
        assert formats.number(value, digits) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [("0.029", "+0,029"), ("-0.816", "−0,816"), ("0", "0,000"), ("-0.0001", "−0,000")]
)
def test_signed(value, shown):
    with override("ar"):
        assert formats.signed(value).replace("−0,000", "0,000") == shown.replace("−0,000", "0,000")


@pytest.mark.parametrize(
    ("value", "shown"), [("0.04750", "+0,0475"), ("0", "0"), ("-2", "−2"), ("100", "+100")]
)
def test_signed_exact_keeps_what_counts(value, shown):
    with override("fr"):
        assert formats.signed_exact(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("language", "long", "named"),
    [
        ("fr", "1er décembre 2023", "vendredi 1er décembre 2023"),
        ("ar", "1 دجنبر 2023", "الجمعة 1 دجنبر 2023"),
    ],
)
def test_the_first_of_a_month_is_said_so_in_french(language, long, named):
    day = dt.date(2023, 12, 1)
    with override(language):
        assert (formats.date_long(day), formats.weekday(day)) == (long, named)
        assert formats.date_long(PartialDate(2023, 12)) == formats.date_long(day).split(" ", 1)[1]
        assert formats.date_short(day) == "01/12/2023"


@pytest.mark.parametrize(
    ("language", "shown"), [("ar", "3 نونبر 2026"), ("fr", "3 novembre 2026"), ("zgh", "3 ⵏⵓⵡⴰⵏⴱⵉⵔ 2026")]
)
def test_months_are_moroccan(language, shown):
    with override(language):
        assert formats.date_long(DAY) == shown


@pytest.mark.parametrize(
    ("date", "shown"), [((1960,), "1960"), ((1960, 5), "mai 1960"), ((1960, 5, 12), "12 mai 1960")]
)
def test_partial_dates_show_what_is_known(date, shown):
    with override("fr"):
        assert formats.date_long(PartialDate(*date)) == shown


def test_times_are_those_of_morocco():
    with override("fr"):
        assert formats.datetime(dt.datetime(2026, 7, 1, 12, 5, tzinfo=dt.UTC)) == "1er juillet 2026, 13:05"


@pytest.mark.parametrize(
    ("centimes", "shown"), [(150000, "1\u202f500 DH"), (150050, "1\u202f500,50 DH"), (0, "0 DH")]
)
def test_money(centimes, shown):
    with override("fr"):
        assert formats.money(centimes) == shown


@pytest.mark.parametrize("language", ["ar", "fr", "zgh", "en"])
def test_time_ago_speaks_every_language(language, monkeypatch):
    now = dt.datetime(2026, 11, 3, 10, tzinfo=dt.UTC)
    monkeypatch.setattr(formats, "now", lambda: now)
    with override(language):
        assert formats.time_ago(now - dt.timedelta(minutes=5))


def test_percent():
    with override("fr"):
        assert formats.percent(Decimal("0.256")) == "26\u202f%"


def rendered(source, **context):
    return Template(source).render(Context(context))


def test_filters_isolate_and_escape():
    assert rendered("{{ n|idcs }}", n="2020202051") == '<bdi class="ltr">2020 202 051</bdi>'
    assert "<script>" not in rendered("{{ n|request_number }}", n="<script>")


@pytest.mark.parametrize(
    "name", ["idcs", "number", "score", "signed", "money", "date_long", "datetime", "time_ago"]
)
def test_filters_of_nothing_are_empty(name):
    assert rendered("{{ nothing|" + name + " }}", nothing=None) == ""


def test_words_of_a_code():
    with override("en"):
        assert rendered("{{ 'deposited'|words:'request' }}") == "File deposited, being compared"
        assert rendered("{{ 'not_known'|words:'request' }}") == "not known"


def test_drawings_stay_inside_their_frame():
    scale = rendered("{% scale 99 marks %}", marks=[(Decimal("9.3264284"), "A"), (Decimal("9.743001"), "B")])
    assert 'd="M600.0 32' in scale
    assert 'width="100.0"' in rendered("{% bar 7 5 %}")
    assert 'x="50.0"' in rendered("{% signed_bar 0 5 %}")


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_coordinates_are_never_localised(language):
    with override(language):
        scale = rendered("{% scale 9.4321 marks %}", marks=[(Decimal("9.3264284"), "A")])
    assert 'd="M214.8 32' in scale
    assert "9,326" in scale
