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
    "The identifier is for life, the civil register tells of the parents, and a suspension or a death is a "
    "step of its own; leave this field out.",
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
PHONE_FULL = ErrorCode(
    "population_register.phone_full",
    Category.CONFLICT,
    "This telephone has {most} open requests already.",
    "Use another telephone; or come to your centre, where no telephone is needed.",
)
PAPER_MISSING = ErrorCode(
    "population_register.paper_missing",
    Category.CONFLICT,
    "A paper is missing: {papers}.",
    "Write it in the form with its number and compare it. If it is not there, ask the person to bring it.",
)
PAPER_INCOMPLETE = ErrorCode(
    "population_register.paper_incomplete",
    Category.CONFLICT,
    "Something of this paper is not written in the form: {papers}.",
    "Write its number as on the paper, and for a residence title the last day on which it is good.",
)
PAPER_EXPIRED = ErrorCode(
    "population_register.paper_expired",
    Category.CONFLICT,
    "This paper has expired: {papers}. It was good until {until}.",
    "Ask the person to have it renewed and to come back with the new one; the file stays open.",
)
GUARDIAN_MISSING = ErrorCode(
    "population_register.guardian_missing",
    Category.CONFLICT,
    "It is not said who represents this person.",
    "Write the ten-digit identifier of the father, the mother or the guardian; they are registered first.",
)
GUARDIAN_UNKNOWN = ErrorCode(
    "population_register.guardian_unknown",
    Category.CONFLICT,
    "Nobody in the register has the identifier of the legal representative.",
    "Read the ten digits again; if the representative has none, register the representative first.",
)
GUARDIAN_UNFIT = ErrorCode(
    "population_register.guardian_unfit",
    Category.CONFLICT,
    "The register does not let this legal representative act for anybody.",
    "Write the identifier of who represents the person today, with the deed that names them.",
)
GUARDIAN_TOO_YOUNG = ErrorCode(
    "population_register.guardian_too_young",
    Category.CONFLICT,
    "The legal representative is under {years} years old.",
    "Write the identifier of an adult who represents the person, with the deed that names them.",
)
BIRTH_RECEIVED = ErrorCode(
    "population_register.birth_received",
    Category.CONFLICT,
    "The child of a birth that is taken back was received at a counter, or has a number.",
    "Nothing is undone by itself: the centre that has the file looks at it.",
)
PARENT_UNKNOWN = ErrorCode(
    "population_register.parent_unknown",
    Category.CONFLICT,
    "Nobody in the register has the identifier of this parent.",
    "Read the ten digits again; if the parent has none, leave this empty: it is added once they have one.",
)
PARENT_UNFIT = ErrorCode(
    "population_register.parent_unfit",
    Category.CONFLICT,
    "The register does not know this parent as alive and active.",
    "Leave this empty, and name who represents the child today: the civil register tells of the parents.",
)
PARENT_TOO_YOUNG = ErrorCode(
    "population_register.parent_too_young",
    Category.CONFLICT,
    "This parent is not {years} years old, or too near in age to the child.",
    "Read the ten digits again; if they are right, leave this empty and name who represents the child.",
)
PARENT_IS_ANOTHER = ErrorCode(
    "population_register.parent_is_another",
    Category.CONFLICT,
    "By this identifier the mother is a man, or the father a woman.",
    "Read the ten digits again: those of the mother and of the father may be exchanged.",
)
PARENT_UNPROVED = ErrorCode(
    "population_register.parent_unproved",
    Category.CONFLICT,
    "No paper of this file shows whose child this is.",
    "Add the birth record extract or the family booklet with its number, or leave the parent empty.",
)
PARENT_DIFFERS = ErrorCode(
    "population_register.parent_differs",
    Category.CONFLICT,
    "The civil register names another person as this parent.",
    "Read the ten digits again; if the paper says so, leave this empty and tell the civil-status office.",
)
WITNESS_NOT_STANDING = ErrorCode(
    "population_register.witness_not_standing",
    Category.CONFLICT,
    "The register does not know this witness as alive and active.",
    "Ask the person for another witness.",
)
WITNESS_MINOR = ErrorCode(
    "population_register.witness_minor",
    Category.CONFLICT,
    "A witness must be at least {least} years old.",
    "Ask the person for another witness.",
)
WITNESS_WITHOUT_PAPER = ErrorCode(
    "population_register.witness_without_paper",
    Category.CONFLICT,
    "The register knows no identity card or residence title of this witness.",
    "If the witness holds one, correct their record first; or ask the person for another witness.",
)
WITNESS_MUTUAL = ErrorCode(
    "population_register.witness_mutual",
    Category.CONFLICT,
    "The two witnesses attest one another.",
    "Take one of them off, and ask the person for another witness.",
)
WITNESS_TOO_OFTEN = ErrorCode(
    "population_register.witness_too_often",
    Category.CONFLICT,
    "This witness has attested {most} times within twelve months.",
    "Ask the person for another witness.",
)
WITNESS_IS_OFFICER = ErrorCode(
    "population_register.witness_is_officer",
    Category.CONFLICT,
    "Whoever treats the file is no witness of it.",
    "Let another officer of the centre treat the file, or ask the person for another witness.",
)
WITNESS_TWICE = ErrorCode(
    "population_register.witness_twice",
    Category.CONFLICT,
    "This witness is on the file already.",
    "Enter the number of another witness.",
)
WITNESS_UNKNOWN = ErrorCode(
    "population_register.witness_unknown",
    Category.MISSING,
    "This witness is not on the file, or has signed.",
    "Reload the page to see the witnesses of the file.",
)
WITNESS_CARD_DIFFERS = ErrorCode(
    "population_register.witness_card_differs",
    Category.CONFLICT,
    "The register knows another number of the card or title of this witness.",
    "Read the number again on the card that the witness shows.",
)
WITNESSES_ENOUGH = ErrorCode(
    "population_register.witnesses_enough",
    Category.CONFLICT,
    "The file has its {most} witnesses.",
    "Take one of them off first.",
)
WITNESSES_MISSING = ErrorCode(
    "population_register.witnesses_missing",
    Category.CONFLICT,
    "The file rests on {least} witnesses, and {count} have attested.",
    "Enter the witnesses by their numbers and let each attest; or correct which paper the person has.",
)
WITNESS_UNREACHABLE = ErrorCode(
    "population_register.witness_unreachable",
    Category.CONFLICT,
    "The register knows no telephone and no e-mail of this witness.",
    "The witness attests at the counter, with their card.",
)
EMAIL_FULL = ErrorCode(
    "population_register.email_full",
    Category.CONFLICT,
    "This e-mail has {most} open requests already.",
    "Use another e-mail or a telephone; or come to your centre, where none is needed.",
)
SLIP_OVER = ErrorCode(
    "population_register.slip_over",
    Category.CONFLICT,
    "The temporary slip of this file is valid no more.",
    "Print the deposit receipt, and look at where the file stands.",
)
