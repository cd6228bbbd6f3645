"""The formula of the score, as everybody may read it: it is law, and public."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sijil.domains.scoring import queries


def describe(on: dt.date, language: str) -> dict[str, Any]:
    """Return the formula in force on a day, term by term, as plain data with exact strings for numbers."""
    return queries.describe_formula(on, language)
