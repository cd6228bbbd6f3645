"""Refusals of the population register."""

from sijil.kernel.errors import Category, ErrorCode

UNKNOWN_NUMBER = ErrorCode(
    "population_register.unknown_number",
    Category.MISSING,
    "No request has this number.",
    "Check the number on your receipt: ten letters and digits, without O, I or L.",
)
UNKNOWN_PERSON = ErrorCode(
    "population_register.unknown_person",
    Category.MISSING,
    "No person can be shown for this number.",
    "Check the ten digits of the IDCS.",
)
BORN_IN_FUTURE = ErrorCode(
    "population_register.born_in_future",
    Category.INVALID,
    "This birth date is in the future.",
    "Check the year of birth.",
)
BORN_TOO_LONG_AGO = ErrorCode(
    "population_register.born_too_long_ago",
    Category.INVALID,
    "This birth date is more than 130 years ago.",
    "Check the year of birth.",
)
PAPERS_NOT_COMPARED = ErrorCode(
    "population_register.papers_not_compared",
    Category.CONFLICT,
    "The papers have not been compared with the form.",
    "Compare them field by field and save, then receive the file.",
)
NO_FREE_NUMBER = ErrorCode(
    "population_register.no_free_number",
    Category.CONFLICT,
    "No free number was found.",
    "Nothing was changed; the step is tried again.",
)
