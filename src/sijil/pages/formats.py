"""Numbers, dates and identifiers as people in Morocco write them, in the language of the page.

Every function returns plain text. In templates use the filters of the same names: they also isolate
the text from right-to-left reordering. A house choice: thousands are parted by a thin space in every language
(CLDR has dots for ar-MA and fr-MA, commas in English), so that no separator can be read as a decimal sign.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from babel.dates import format_date, format_time, format_timedelta, get_day_names
from django.utils.translation import get_language, gettext

from sijil.kernel.dates import ZONE, PartialDate, local
from sijil.pages.clock import now

LOCALES = {"ar": "ar_MA", "fr": "fr_MA", "zgh": "zgh_MA", "en": "en_GB"}
THIN = "\u202f"
MINUS = "\u2212"
Number = int | Decimal | Fraction | float | str


def locale() -> str:
    return LOCALES.get(get_language() or "en", "en_GB")


def number(value: Number, digits: int | None = None) -> str:
    """``2 800 000``, ``9,432``. ``digits`` after the comma: rounded half-even; None: as many as there are."""
    exact = _decimal(value, digits)
    whole, _, rest = f"{abs(exact):f}".partition(".")
    groups = f"{int(whole):,}".replace(",", THIN)
    comma = "." if locale() == "en_GB" else ","
    sign = MINUS if exact < 0 else ""
    return f"{sign}{groups}{comma}{rest}" if rest else f"{sign}{groups}"


def _decimal(value: Number, digits: int | None) -> Decimal:
    if isinstance(value, Fraction):
        exact = Decimal(value.numerator) / Decimal(value.denominator)
    else:
        exact = Decimal(str(value))
    return exact if digits is None else exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


def signed(value: Number, digits: int | None = 3) -> str:
    """``+0,029`` or ``−0,816``; zero has no sign."""
    text = number(value, digits)
    return f"+{text}" if _decimal(value, digits) > 0 else text


def signed_exact(value: Decimal | Fraction) -> str:
    """``+0,0475``: every decimal that counts and none more."""
    text = f"{_decimal(value, None):f}"
    return signed(Decimal(text.rstrip("0").rstrip(".") if "." in text else text), None)


def percent(value: Number, digits: int = 0) -> str:
    """``0.25`` as ``25 %``."""
    return f"{number(_decimal(value, None) * 100, digits)}{THIN}%"


def money(centimes: int) -> str:
    """Centimes as dirhams: ``1 500 درهم``; the centimes are shown only when there are some."""
    digits = 2 if centimes % 100 else 0
    return gettext("%(amount)s dirhams") % {"amount": number(Decimal(centimes) / 100, digits)}


def date_long(day: dt.date | dt.datetime | PartialDate | None) -> str:
    """``3 نونبر 2026``; a partial date shows what is known."""
    return _date(day, "d MMMM y", "MMMM y")


def date_short(day: dt.date | dt.datetime | PartialDate | None) -> str:
    """``03/11/2026``."""
    return _date(day, "dd/MM/y", "MM/y")


def weekday(day: dt.date | dt.datetime) -> str:
    """``الثلاثاء 3 نونبر 2026``."""
    return _date(day, "EEEE d MMMM y", "MMMM y")


def weekdays(days: Sequence[int]) -> str:
    """``lundi – vendredi``: days of the week, 1 = Monday; days in a row by the first and the last."""
    names = get_day_names("wide", locale=locale())
    shown = [str(names[day - 1]) for day in days]
    in_a_row = list(days) == list(range(days[0], days[0] + len(days)))
    return f"{shown[0]} – {shown[-1]}" if in_a_row and len(days) > 2 else " · ".join(shown)


def _date(day: dt.date | dt.datetime | PartialDate | None, full: str, month: str) -> str:
    if day is None:
        return ""
    if isinstance(day, PartialDate):
        if day.month is None:
            return str(day.year)
        pattern = full if day.day else month
        day = dt.date(day.year, day.month, day.day or 1)
        return _in_words(day, pattern)
    return _in_words(_local(day), full)


def _in_words(day: dt.date, pattern: str) -> str:
    """Write a day; French says ``1er décembre``, which CLDR leaves out."""
    if day.day == 1 and locale() == "fr_MA":
        pattern = pattern.replace("d M", "d'er' M")
    return format_date(day, pattern, locale=locale())


def _local(moment: dt.date | dt.datetime) -> dt.date:
    return local(moment) if isinstance(moment, dt.datetime) else moment


def time(moment: dt.datetime) -> str:
    """``09:14``, Moroccan time."""
    return format_time(moment, "HH:mm", tzinfo=ZONE, locale=locale())


def datetime(moment: dt.datetime | None) -> str:
    """``3 نونبر 2026، 09:14``."""
    if moment is None:
        return ""
    comma = "، " if get_language() == "ar" else ", "
    return f"{date_long(moment)}{comma}{time(moment)}"


def time_ago(moment: dt.datetime | None) -> str:
    """``قبل 5 دقائق``, ``dans 3 jours``; Tamazight has no such words in CLDR, so it gets the moment."""
    if moment is None:
        return ""
    if get_language() == "zgh":
        return datetime(moment)
    return format_timedelta(moment - now(), add_direction=True, locale=locale())
