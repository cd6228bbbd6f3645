"""What the cleaners refuse: one code per fault, whichever door the text came through."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

FIELD_MISSING = ErrorCode(
    "kernel.field_missing",
    Category.INVALID,
    "A required answer is missing.",
    "Fill this field in.",
)
TEXT_TOO_LONG = ErrorCode(
    "kernel.text_too_long",
    Category.INVALID,
    "This answer is longer than {limit} characters.",
    "Shorten it.",
)
NAME_NOT_ARABIC = ErrorCode(
    "kernel.name_not_arabic",
    Category.INVALID,
    "This name must be written in Arabic letters.",
    "Use Arabic letters only, without digits; a space, a hyphen or an apostrophe may join parts.",
)
NAME_NOT_LATIN = ErrorCode(
    "kernel.name_not_latin",
    Category.INVALID,
    "This name must be written in Latin letters.",
    "Use Latin letters with or without accents, without digits; a space, a hyphen, an apostrophe or a full "
    "stop may join parts.",
)
NAME_TOO_LONG = ErrorCode(
    "kernel.name_too_long",
    Category.INVALID,
    "This name is longer than {limit} characters.",
    "Write the name as it stands on the document, without titles or explanations.",
)
PHONE_INVALID = ErrorCode(
    "kernel.phone_invalid",
    Category.INVALID,
    "No telephone has this number.",
    "Write ten digits that start with 05, 06, 07 or 08, or a foreign number with + and the country's code.",
)
EMAIL_INVALID = ErrorCode(
    "kernel.email_invalid",
    Category.INVALID,
    "This is not an e-mail address.",
    "Write it like name@example.ma, or leave it empty.",
)
PAPER_NUMBER_INVALID = ErrorCode(
    "kernel.paper_number_invalid",
    Category.INVALID,
    "The number does not look like one of this paper.",
    "Copy the letters and digits of the paper, for example AB123456.",
)
REQUEST_NUMBER_INVALID = ErrorCode(
    "kernel.request_number_invalid",
    Category.MISSING,
    "This number is not complete or has a typing mistake.",
    "Copy the ten letters and digits of your receipt: there is no 0, O, 1, I or L among them.",
)
IDCS_INVALID = ErrorCode(
    "kernel.idcs_invalid",
    Category.INVALID,
    "This identifier (IDCS) has a typing mistake or is not complete.",
    "Copy its 10 digits from the message that told you of your registration.",
)
ADDRESS_INVALID = ErrorCode(
    "kernel.address_invalid",
    Category.INVALID,
    "This is not an address.",
    "Write the quarter or douar, the street and the number.",
)
LINE_INVALID = ErrorCode(
    "kernel.line_invalid",
    Category.INVALID,
    "This answer says nothing.",
    "Write words or figures.",
)
POSTCODE_INVALID = ErrorCode(
    "kernel.postcode_invalid",
    Category.INVALID,
    "This is not a postcode.",
    "Write its five digits, or leave it empty.",
)
CHOICE_UNKNOWN = ErrorCode(
    "kernel.choice_unknown",
    Category.INVALID,
    "This is none of the answers offered.",
    "Choose one of the answers of the list.",
)
AMOUNT_INVALID = ErrorCode(
    "kernel.amount_invalid",
    Category.INVALID,
    "This amount cannot be read: {value}.",
    "Write dirhams with at most two decimals, for example 150 or 150,50.",
)
INTEGER_INVALID = ErrorCode(
    "kernel.integer_invalid",
    Category.INVALID,
    "This is not a whole number: {value}.",
    "Write it in digits, without decimals.",
)
DATE_YEAR = ErrorCode(
    "kernel.date_year",
    Category.INVALID,
    "The year is missing or not complete.",
    "Write the year with four digits.",
)
DATE_MONTH = ErrorCode(
    "kernel.date_month",
    Category.INVALID,
    "The month is missing.",
    "Write the month; if it is not known, leave the day empty too.",
)
DATE_HIJRI = ErrorCode(
    "kernel.date_hijri",
    Category.INVALID,
    "{year} looks like a year of the Hijri calendar.",
    "Write the date of the Gregorian calendar that stands on the paper: this Hijri year fell in {first} and "
    "{second}.",
)
