"""No log holds an identifier or a telephone."""

import logging
import sys

import pytest
from django.conf import settings

from sijil.kernel.ids import draw_idcs, draw_person_key
from sijil.kernel.logs import HIDDEN, Formatter, hide


def line(message, *args, error=None):
    record = logging.LogRecord("django.request", logging.WARNING, "f.py", 1, message, args, error)
    return Formatter("{levelname} {message}", style="{").format(record)


def test_an_identifier_typed_into_an_address_is_hidden():
    idcs = draw_idcs()
    assert line("Not Found: %s", f"/v1/persons/{idcs}/x") == f"WARNING Not Found: /v1/persons/{HIDDEN}/x"


@pytest.mark.parametrize("between", [" ", "%20", "\u00a0"])
@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩"])
def test_it_is_hidden_however_it_is_written(between, digits):
    idcs = draw_idcs().translate({ord(str(n)): c for n, c in enumerate(digits)})
    written = between.join([idcs[:4], idcs[4:7], idcs[7:]])
    assert hide(f"/persons/{written}/") == f"/persons/{HIDDEN}/"


@pytest.mark.parametrize("phone", ["+212612345678", "00212612345678", "0612345678"])
def test_a_telephone_is_hidden(phone):
    assert line("to=%s", phone) == f"WARNING to={HIDDEN}"


def test_what_a_traceback_says_is_hidden_too():
    idcs = draw_idcs()
    try:
        raise ValueError(f"Key (idcs)=({idcs}) already exists")
    except ValueError:
        assert idcs not in (said := line("failed", error=sys.exc_info()))
    assert "Traceback" in said


@pytest.mark.parametrize(
    "kept",
    [
        draw_person_key(),
        "018cc251-f400-7000-8000-000000000000",
        "2026-11-27 09:00",
        "1234567890",
        "v1.1234567890",
    ],
)
def test_what_names_nobody_stays(kept):
    assert hide(f"about {kept}.") == f"about {kept}."


def test_every_handler_of_the_product_hides():
    assert {one["()"] for one in settings.LOGGING["formatters"].values()} == {"sijil.kernel.logs.Formatter"}
