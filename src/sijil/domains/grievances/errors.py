"""Refusals of grievances."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

GRIEVANCE_UNKNOWN = ErrorCode(
    "grievances.unknown",
    Category.MISSING,
    "There is no grievance of this number.",
    "Go back to the list and open it from there.",
)
NOT_OPEN_TO_GRIEVANCE = ErrorCode(
    "grievances.not_open",
    Category.CONFLICT,
    "Nothing was decided of this file that another officer could look at anew.",
    "Only a file that was refused because its person is known already is looked at anew.",
)
TOO_LATE = ErrorCode(
    "grievances.too_late",
    Category.CONFLICT,
    "The last day to say that this decision is wrong was {until}.",
    "Come to your centre with the papers that show it.",
)
ALREADY_RECEIVED = ErrorCode(
    "grievances.already_received",
    Category.CONFLICT,
    "Another officer is looking at this decision already.",
    "Wait for the answer: it comes on the page of the number.",
)
WORDS_TOO_SHORT = ErrorCode(
    "grievances.words_too_short",
    Category.INVALID,
    "Write a few words more ({least} characters at least).",
    "Say in a sentence what is so and how it is known.",
)
WORDS_TOO_LONG = ErrorCode(
    "grievances.words_too_long",
    Category.INVALID,
    "The text is longer than {most} characters.",
    "Keep what matters, in a few sentences.",
)
OUTCOME_UNKNOWN = ErrorCode(
    "grievances.outcome_unknown",
    Category.INVALID,
    "Choose whether the decision stands.",
    "Choose “The decision stands” or “The decision is reversed”.",
)
TOOK_PART = ErrorCode(
    "grievances.took_part",
    Category.FORBIDDEN,
    "You had a part in this decision, so another officer must look at it anew.",
    "Leave it to a colleague.",
)
