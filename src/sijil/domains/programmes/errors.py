"""Refusals of the programmes."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

PROGRAMME_MISSING = ErrorCode(
    "programmes.programme_missing",
    Category.MISSING,
    "There is no programme {programme}.",
    "Choose a programme of the list.",
)
LIST_MISSING = ErrorCode(
    "programmes.list_missing",
    Category.MISSING,
    "There is no such published list.",
    "Choose a list of the programme's page.",
)
PUBLICATION_RUNNING = ErrorCode(
    "programmes.publication_running",
    Category.CONFLICT,
    "A list of this programme is being prepared.",
    "Wait for its end, then reload the page.",
)
NOBODY_SCORED = ErrorCode(
    "programmes.nobody_scored",
    Category.CONFLICT,
    "No household has a score yet, so there is nothing to publish.",
    "Publish after the first households are registered.",
)
PUBLICATION_UNTICKED = ErrorCode(
    "programmes.publication_unticked",
    Category.INVALID,
    "Tick the box to confirm that the list is to be frozen.",
    "A published list can never be changed; tick the box if this is what you want.",
)
"""The confirmation page asks for this tick."""
