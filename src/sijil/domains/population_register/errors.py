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
FIELD_UNKNOWN = ErrorCode(
    "population_register.field_unknown",
    Category.INVALID,
    "The form of a person does not ask this.",
    "Leave it out; the form lists what it asks.",
)
NAMES_MISSING = ErrorCode(
    "population_register.names_missing",
    Category.INVALID,
    "A person needs at least one name.",
    "Write the name that stands on the document, in the letters in which it stands there.",
)
NAME_AND_NONE = ErrorCode(
    "population_register.name_and_none",
    Category.INVALID,
    "A name is written, and it is marked as missing from the document.",
    "Clear the name, or take the mark away.",
)
NOT_ASKED = ErrorCode(
    "population_register.not_asked",
    Category.INVALID,
    "This is not asked together with the other answers.",
    "Leave it empty, or correct the answer that it depends on.",
)
PAPERS_NOT_COMPARED = ErrorCode(
    "population_register.papers_not_compared",
    Category.CONFLICT,
    "The papers have not been compared with the form.",
    "Compare them field by field and save, then receive the file.",
)
PAPER_COMPARED = ErrorCode(
    "population_register.paper_compared",
    Category.CONFLICT,
    "This paper was compared with your form already; it stays in the file.",
    "Send another paper if this one is no longer right.",
)
NO_FREE_NUMBER = ErrorCode(
    "population_register.no_free_number",
    Category.CONFLICT,
    "No free number was found.",
    "Nothing was changed; the step is tried again.",
)
FIELD_STAYS = ErrorCode(
    "population_register.field_stays",
    Category.INVALID,
    "No correction changes this.",
    "The identifier is for life, and a suspension or a death is a step of its own; leave this field out.",
)
NOTHING_CHANGES = ErrorCode(
    "population_register.nothing_changes",
    Category.CONFLICT,
    "The register says this already.",
    "Read the person again, and send only what is to be another.",
)
PAPER_NEEDED = ErrorCode(
    "population_register.paper_needed",
    Category.INVALID,
    "A paper must show this change.",
    "Name the paper that was seen: its kind, its number and its date.",
)
SINCE_IN_FUTURE = ErrorCode(
    "population_register.since_in_future",
    Category.INVALID,
    "This day has not come yet.",
    "Write the day from which it is true, today at the latest.",
)
SINCE_TOO_EARLY = ErrorCode(
    "population_register.since_too_early",
    Category.INVALID,
    "The register knows this person since {first} only.",
    "Write that day or a later one; leave the day out for what was wrong from the beginning.",
)
PERSON_DECEASED = ErrorCode(
    "population_register.person_deceased",
    Category.FORBIDDEN,
    "The register says that this person is deceased.",
    "If it is a mistake, go to a citizen service centre with the card. Relatives use their own accounts.",
)
PERSON_SUSPENDED = ErrorCode(
    "population_register.person_suspended",
    Category.FORBIDDEN,
    "The file of this person in the register is suspended.",
    "Go to a citizen service centre with the card: an officer says why, and what opens it again.",
)
REQUEST_OPEN = ErrorCode(
    "population_register.request_open",
    Category.CONFLICT,
    "A request with this paper number is open already.",
    "Follow it by its number or take it back; or come to your centre with the paper, without an appointment.",
)
PHONE_FULL = ErrorCode(
    "population_register.phone_full",
    Category.CONFLICT,
    "This telephone has {most} open requests already.",
    "Use another telephone; or come to your centre, where no telephone is needed.",
)
EMAIL_FULL = ErrorCode(
    "population_register.email_full",
    Category.CONFLICT,
    "This e-mail has {most} open requests already.",
    "Use another e-mail or a telephone; or come to your centre, where none is needed.",
)
