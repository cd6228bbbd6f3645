"""People of the tests of matching."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any
from uuid import uuid4

from sijil.domains.matching.types import Candidate, Subject, Verdict
from sijil.kernel import actors
from sijil.kernel.actors import Actor, system
from sijil.kernel.dates import PartialDate

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
MATCHER = system("matcher")

FATIMA: dict[str, Any] = {
    "last_name_ar": "الشرقاوي",
    "first_name_ar": "فاطمة",
    "last_name_fr": "Cherkaoui",
    "first_name_fr": "Fatima",
    "birth": PartialDate(1988, 3, 14),
    "sex": "F",
    "commune_code": "01.151.01.01",
    "phone": "+212612345678",
    "document_number": "AB123456",
}


def fatima(**changes: Any) -> Subject:
    """Return Fatima Cherkaoui with a new reference and the given changes."""
    return Subject(**{"ref": uuid4(), **FATIMA, **changes})


def twin_of(subject: Subject, **changes: Any) -> Subject:
    """Return the twin brother of ``subject``."""
    own = {"first_name_ar": "يوسف", "first_name_fr": "Youssef", "sex": "M", "document_number": ""}
    return dataclasses.replace(subject, ref=uuid4(), **{**own, **changes})


def officer(login: str) -> Actor:
    """Return an adjudicator."""
    return actors.officer(login, roles=["adjudicator"])


def near(subject: Subject) -> Candidate:
    return Candidate(subject.ref, 2500, Verdict.LIKELY, {"last_name": "exact"}, 4)
