"""A centre that does not serve the commune takes a file for a dated reason only, and the reason stays."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from sijil.domains.appointments import queries, rules, services
from sijil.domains.appointments.models import ElsewhereRow
from sijil.domains.appointments.tests.conftest import AGDAL, NOW, OFFICER
from sijil.kernel import law
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.usefixtures("centres")
FAR = "07.351.01.0"


def take(reason: str = "hospital", note: str = "", number: str = "A") -> None:
    services.take_elsewhere(
        request_number=number,
        centre_code=AGDAL,
        commune_code=FAR,
        reason=reason,
        note=note,
        actor=OFFICER,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("reason", "note", "field"),
    [
        ("", "", "elsewhere_reason"),
        ("because", "x", "elsewhere_reason"),
        ("other", " ", "elsewhere_note"),
        ("other", "x" * 1000, "elsewhere_note"),
        ("hospital", "؟!", "elsewhere_note"),
    ],
)
def test_no_reason_of_the_law_no_file(reason: str, note: str, field: str) -> None:
    with pytest.raises(Refused) as refused:
        take(reason, note)
    assert refused.value.field == field
    assert not ElsewhereRow.objects.exists()


def test_the_first_reason_stays_and_cannot_be_changed() -> None:
    take("other", "  بيت  العائلة ")
    take("hospital")
    found = queries.find_elsewhere("A", AGDAL, FAR)
    assert found is not None
    assert (found.reason, found.note, found.on) == ("other", "بيت العائلة", dt.date(2026, 11, 22))
    with pytest.raises(IntegrityError, match="immutable"), transaction.atomic():
        ElsewhereRow.objects.update(reason="moving")


def test_a_reason_is_of_its_file_and_commune() -> None:
    take()
    assert queries.find_elsewhere("B", AGDAL, FAR) is None
    assert queries.find_elsewhere("A", AGDAL, "04.421.01.0") is None


def test_reasons_are_dated_and_in_four_languages() -> None:
    with pytest.raises(law.NotInForce):
        rules.elsewhere_reasons(dt.date(2021, 12, 31))
    for reason in rules.elsewhere_reasons(NOW.date()).values():
        assert set(reason.mapping()) == {"ar", "fr", "en", "zgh"}
    assert rules.elsewhere_words("moving", NOW.date(), "fr").startswith("déménagement")
