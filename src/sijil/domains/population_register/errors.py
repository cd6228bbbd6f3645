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
FIELD_MISSING = ErrorCode(
    "population_register.field_missing",
    Category.INVALID,
    "A required answer is missing.",
    "Fill this field in.",
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
PHONE_INVALID = ErrorCode(
    "population_register.phone_invalid",
    Category.INVALID,
    "This is not a Moroccan telephone number.",
    "Write ten digits that start with 05, 06 or 07.",
)
EMAIL_INVALID = ErrorCode(
    "population_register.email_invalid",
    Category.INVALID,
    "This is not an e-mail address.",
    "Write it like name@example.ma, or leave it empty.",
)
PAPER_NUMBER_INVALID = ErrorCode(
    "population_register.paper_number_invalid",
    Category.INVALID,
    "The number does not look like one of this paper.",
    "Copy the letters and digits of the paper, without spaces.",
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
