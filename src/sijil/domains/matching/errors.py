"""Refusals of matching."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

CANDIDATE_UNREADABLE = ErrorCode(
    "matching.candidate_unreadable",
    Category.CONFLICT,
    "The comparison stopped: {count} known files could not be read.",
    "Nothing was decided. Repair the files, then compare again.",
)
NOTHING_TO_COMPARE = ErrorCode(
    "matching.nothing_to_compare",
    Category.INVALID,
    "The file holds too little to be compared with the others.",
    "Complete the names and the birth date.",
)
CASE_UNKNOWN = ErrorCode(
    "matching.case_unknown",
    Category.MISSING,
    "There is no such case.",
    "Go back to the queue and open the case from there.",
)
CASE_ALREADY_OPEN = ErrorCode(
    "matching.case_already_open",
    Category.CONFLICT,
    "A case is already open for this file.",
    "Decide the open case first.",
)
CASE_WITHOUT_CANDIDATE = ErrorCode(
    "matching.case_without_candidate",
    Category.INVALID,
    "A case needs at least one known file to compare with.",
    "Register the file if nothing near it is known.",
)
NOT_JUDGED_SAME = ErrorCode(
    "matching.not_judged_same",
    Category.CONFLICT,
    "No decision of this case says that the two files belong to the same person.",
    "Look at the case again: it is open, or was decided otherwise.",
)
ALREADY_DECIDED = ErrorCode(
    "matching.already_decided",
    Category.FORBIDDEN,
    "You have already decided this case; another officer must now decide.",
    "Go on to the next case of the queue.",
)
OWN_FILE = ErrorCode(
    "matching.own_file",
    Category.FORBIDDEN,
    "You received this file at the counter, so you may not decide it.",
    "Leave the case to another officer.",
)
VERDICT_UNKNOWN = ErrorCode(
    "matching.verdict_unknown",
    Category.INVALID,
    "Choose one of the three answers.",
    "Choose “Different person”, “Same person” or “I cannot tell”.",
)
REASON_REQUIRED = ErrorCode(
    "matching.reason_required",
    Category.INVALID,
    "Write why you decide so ({least} characters at least).",
    "Name the fields, papers or images that convinced you.",
)
REASON_TOO_LONG = ErrorCode(
    "matching.reason_too_long",
    Category.INVALID,
    "The reason is longer than {most} characters.",
    "Keep what convinced you, in a few sentences.",
)
CANDIDATE_REQUIRED = ErrorCode(
    "matching.candidate_required",
    Category.INVALID,
    "Choose the known file that belongs to the same person.",
    "Select one of the files of this case.",
)
ASK_UNKNOWN = ErrorCode(
    "matching.ask_unknown",
    Category.INVALID,
    "Choose what would let you tell.",
    "Ask for a paper, new pictures or a visit.",
)
ASKED_ENOUGH = ErrorCode(
    "matching.asked_enough",
    Category.CONFLICT,
    "The persons of this case have been asked as often as they may be.",
    "Decide with what there is: “Different person” or “Same person”.",
)
ASK_NOT_OPEN = ErrorCode(
    "matching.ask_not_open",
    Category.CONFLICT,
    "Nothing of the kind is asked of this file any more.",
    "Look at the file again: it was answered, or the day has passed.",
)
