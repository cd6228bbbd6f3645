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
    "A published list can never be changed.",
)
"""The confirmation page asks for this tick."""
DECISION_MISSING = ErrorCode(
    "programmes.decision_missing",
    Category.MISSING,
    "Nothing was decided on this household in this programme by that day.",
    "Ask for a later day.",
)
SCORES_OF_ANOTHER_LAW = ErrorCode(
    "programmes.scores_of_another_law",
    Category.CONFLICT,
    "{count} households have a score made by another law than the one in force.",
    "The administrator scores everybody anew (sijil rescore --all), which asks who lacks an answer; "
    "then publish.",
)
ANSWERS_AWAITED = ErrorCode(
    "programmes.answers_awaited",
    Category.CONFLICT,
    "{count} households are asked to complete their declaration, and have until {until}.",
    "The law in force cannot score them before they answer. Publish when all have answered, or after this "
    "day: who has not answered by then stays on the list by the last score, and the list counts them.",
)
DECISIONS_DUE = ErrorCode(
    "programmes.decisions_due",
    Category.CONFLICT,
    "{count} households are not yet decided by the threshold in force.",
    "Wait for the night's decisions, or the administrator decides now (sijil decide --all); then publish.",
)
DECISIONS_UNLIKE = ErrorCode(
    "programmes.decisions_unlike",
    Category.CONFLICT,
    "{count} decisions are not what their scores say.",
    "Nothing can be published. Tell your administrator at once: somebody changed the database.",
)
FIGURES_CHANGED = ErrorCode(
    "programmes.figures_changed",
    Category.CONFLICT,
    "The figures have changed since you opened the page: {eligible} households qualify now.",
    "Read the figures again, then confirm.",
)
DECIDING_RUNNING = ErrorCode(
    "programmes.deciding_running",
    Category.CONFLICT,
    "The households of this programme are being decided by another process.",
    "Wait for its end.",
)
