"""Refusals of the social register."""

from sijil.kernel.errors import Category, ErrorCode

ANSWER_MISSING = ErrorCode(
    "social_register.answer_missing",
    Category.INVALID,
    "An answer is missing: {label}.",
    "Answer this question, then continue.",
)
ANSWER_INVALID = ErrorCode(
    "social_register.answer_invalid",
    Category.INVALID,
    "This answer cannot be read: {label}.",
    "Write a whole number, or choose one of the answers.",
)
ANSWER_OUT_OF_BOUNDS = ErrorCode(
    "social_register.answer_out_of_bounds",
    Category.INVALID,
    "This figure is not between {minimum} and {maximum}: {label}.",
    "Check the figure and its unit.",
)
AREA_MISSING = ErrorCode(
    "social_register.area_missing",
    Category.INVALID,
    "It is not said in which part of the commune the household lives.",
    "Open the page of the place, and say whether it is in the urban centre or in a rural part.",
)
FIELD_UNKNOWN = ErrorCode(
    "social_register.field_unknown",
    Category.INVALID,
    "There is no such question: {name}.",
    "Use a question of the form in force.",
)
REGISTRATION_UNKNOWN = ErrorCode(
    "social_register.registration_unknown",
    Category.MISSING,
    "There is no such registration.",
    "Check the number, or start from your file.",
)
HOUSEHOLD_UNKNOWN = ErrorCode(
    "social_register.household_unknown",
    Category.MISSING,
    "There is no such household.",
    "Check the household code, or start from your file.",
)
NOTHING_ASKED = ErrorCode(
    "social_register.nothing_asked",
    Category.CONFLICT,
    "No answer is asked of your household now.",
    "Open your file: what was already answered is in the last declaration.",
)
NOTHING_TO_REVIEW = ErrorCode(
    "social_register.nothing_to_review",
    Category.MISSING,
    "No score of this household waits for a check.",
    "Go back to the list: somebody has decided, or a newer score counts.",
)
SCORE_CHANGED = ErrorCode(
    "social_register.score_changed",
    Category.CONFLICT,
    "The score is not the one that you looked at: the household was scored anew meanwhile.",
    "Look at the new score, then decide.",
)
BIRTH_UNKNOWN = ErrorCode(
    "social_register.birth_unknown",
    Category.MISSING,
    "The birth date of a member of the household is not kept with it.",
    "Confirm the members of the household again.",
)
MEMBER_UNKNOWN = ErrorCode(
    "social_register.member_unknown",
    Category.MISSING,
    "This person is not in your list.",
    "Go back to the list of members.",
)
MEMBER_ALREADY_LISTED = ErrorCode(
    "social_register.member_already_listed",
    Category.CONFLICT,
    "This person is already in your list.",
    "A person is written once. Change the answers of this person from the list.",
)
MEMBER_ELSEWHERE = ErrorCode(
    "social_register.member_elsewhere",
    Category.CONFLICT,
    "This person already belongs to a household.",
    "A person belongs to one household only. Take this person out of your list.",
)
PERSON_NOT_CONFIRMED = ErrorCode(
    "social_register.person_not_confirmed",
    Category.INVALID,
    "The number and the birth date do not match a registered person.",
    "Check both on the person's message. Everybody in the household, "
    "even a child, must first be in the population register.",
)
MEMBER_NOT_ACTIVE = ErrorCode(
    "social_register.member_not_active",
    Category.CONFLICT,
    "This person is not active in the population register.",
    "Take this person out of the list.",
)
HEAD_NOT_ONE = ErrorCode(
    "social_register.head_not_one",
    Category.INVALID,
    "A household has exactly one head; here there are {count}.",
    "Choose one person as the head of the household.",
)
SPOUSE_TOO_YOUNG = ErrorCode(
    "social_register.spouse_too_young",
    Category.INVALID,
    "The spouse of the head must be at least {minimum} years old.",
    "Check the relation of this person to the head of the household.",
)
HEAD_TOO_YOUNG = ErrorCode(
    "social_register.head_too_young",
    Category.INVALID,
    "The head of the household must be at least {minimum} years old.",
    "Choose another person as the head.",
)
SPOUSE_NOT_MARRIED = ErrorCode(
    "social_register.spouse_not_married",
    Category.INVALID,
    "The head and the spouse must both be married.",
    "Check the family situation of both persons.",
)
PARENT_YOUNGER = ErrorCode(
    "social_register.parent_younger",
    Category.INVALID,
    "A parent cannot be younger than their child.",
    "Check the relation of this person to the head of the household.",
)
DECLARANT_NOT_ALLOWED = ErrorCode(
    "social_register.declarant_not_allowed",
    Category.FORBIDDEN,
    "A household is declared by its head, the spouse, a parent of the head "
    "or an adult child who lives there.",
    "Ask one of these persons to sign in and to declare the household.",
)
DECLARANT_NOT_LISTED = ErrorCode(
    "social_register.declarant_not_listed",
    Category.INVALID,
    "You are not in the list of members.",
    "Add yourself: who declares a household lives in it.",
)
DECLARANT_STAYS = ErrorCode(
    "social_register.declarant_stays",
    Category.INVALID,
    "You cannot take yourself out of the household that you declare.",
    "Delete the whole draft instead, or let another person of the household declare it.",
)
TICKS_NEEDED = ErrorCode(
    "social_register.ticks_needed",
    Category.INVALID,
    "You have not ticked both statements.",
    "Read the two statements and tick them to send your file.",
)
REGISTRATION_OPEN = ErrorCode(
    "social_register.registration_open",
    Category.CONFLICT,
    "You already have a registration in progress: {number}.",
    "Continue it from your file.",
)
DRAFT_CHANGED = ErrorCode(
    "social_register.draft_changed",
    Category.CONFLICT,
    "Your answers were changed on another device while you were reading this page.",
    "Read the answers again, then confirm.",
)
HOUSEHOLD_TOO_BIG = ErrorCode(
    "social_register.household_too_big",
    Category.INVALID,
    "A household has at most {maximum} members here.",
    "Check that everybody on the list shares the dwelling and its expenses.",
)
