"""What accounts refuse. No answer tells whether a number, a login or an account exists."""

from sijil.kernel.errors import Category, ErrorCode

SIGN_IN_REFUSED = ErrorCode(
    "accounts.sign_in_refused",
    Category.UNAUTHENTICATED,
    "The login or the password is not right.",
    "Check both; after {left} more wrong trials there is a pause of {minutes} minutes.",
)
SIGN_IN_LOCKED = ErrorCode(
    "accounts.sign_in_locked",
    Category.TOO_MANY,
    "There were too many wrong trials: a pause until {until}.",
    'Wait until then, or choose a new password with "forgotten password".',
)
TOO_MANY_FROM_ADDRESS = ErrorCode(
    "accounts.too_many_from_address",
    Category.TOO_MANY,
    "There were too many trials from this connection: a pause until {until}.",
    "Wait until then, or use another connection.",
)
TOKEN_INVALID = ErrorCode(
    "accounts.token_invalid",
    Category.UNAUTHENTICATED,
    "This token is not known, or it has expired.",
    "Sign in again for a new one.",
)
ROLE_NEEDED = ErrorCode(
    "accounts.role_needed",
    Category.FORBIDDEN,
    "Your account may not do this.",
    "Use an account that has the right role.",
)
CODE_TOO_SOON = ErrorCode(
    "accounts.code_too_soon",
    Category.TOO_MANY,
    "A code was asked for less than {minutes} minutes ago.",
    "Type the code that was sent, or ask for another at {until}.",
)
CODE_TOO_MANY = ErrorCode(
    "accounts.code_too_many",
    Category.TOO_MANY,
    "Too many codes were asked for today.",
    "Try again tomorrow.",
)
CODE_WRONG = ErrorCode(
    "accounts.code_wrong",
    Category.INVALID,
    "This code is not right.",
    "Check the message; {left} trials are left.",
)
CODE_SPENT = ErrorCode(
    "accounts.code_spent",
    Category.CONFLICT,
    "This code has expired or was tried too often.",
    "Ask for a new code.",
)
GRANT_INVALID = ErrorCode(
    "accounts.grant_invalid",
    Category.CONFLICT,
    "The time to choose a password is over.",
    "Start again: a new code will be sent.",
)
CONTACT_UNPROVED = ErrorCode(
    "accounts.contact_unproved",
    Category.CONFLICT,
    "This telephone or e-mail was not confirmed by a code.",
    "Ask for a code there and type it; then send the request again.",
)
ALREADY_OPEN = ErrorCode(
    "accounts.already_open",
    Category.CONFLICT,
    "There is an account for this number already.",
    'Sign in, or choose a new password with "forgotten password".',
)
NO_ACCOUNT = ErrorCode(
    "accounts.no_account",
    Category.MISSING,
    "There is no account for this number yet.",
    "Open an account first.",
)
PASSWORD_SHORT = ErrorCode(
    "accounts.password_short",
    Category.INVALID,
    "This password is too short.",
    "Use {length} characters or more; several words are easy to remember.",
)
PASSWORD_COMMON = ErrorCode(
    "accounts.password_common",
    Category.INVALID,
    "This password is easy to guess.",
    "Do not use a common word, your own number or digits only; several words are easy to remember.",
)
PASSWORD_SAME = ErrorCode(
    "accounts.password_same",
    Category.INVALID,
    "This is your present password.",
    "Choose another one.",
)
LOGIN_TAKEN = ErrorCode(
    "accounts.login_taken",
    Category.CONFLICT,
    "This login is taken.",
    "Choose another one.",
)
LOGIN_INVALID = ErrorCode(
    "accounts.login_invalid",
    Category.INVALID,
    "This login cannot be used.",
    "Use 3 to 64 small letters, digits, dots or dashes, beginning with a letter.",
)
ROLE_UNKNOWN = ErrorCode(
    "accounts.role_unknown",
    Category.INVALID,
    "There is no role {role}.",
    "Use one of: {known}.",
)
ACCOUNT_MISSING = ErrorCode(
    "accounts.account_missing",
    Category.MISSING,
    "There is no such account.",
    "Check the login.",
)
ROLE_NONE = ErrorCode(
    "accounts.role_none",
    Category.INVALID,
    "No role is chosen.",
    "Choose at least one role.",
)
ROLES_APART = ErrorCode(
    "accounts.roles_apart",
    Category.INVALID,
    "These roles do not go together in one account.",
    "Choose fewer roles; beside each stands with which it does not go together.",
)
AREA_UNFIT = ErrorCode(
    "accounts.area_unfit",
    Category.INVALID,
    "These roles are not given for this area.",
    "Choose a wider or a smaller area: the whole country, a region, a province, a commune or one centre.",
)
VALIDITY_WRONG = ErrorCode(
    "accounts.validity_wrong",
    Category.INVALID,
    "The account would end before it begins, or has ended already.",
    "Choose a last day from today on, after the first day.",
)
NAME_MISSING = ErrorCode(
    "accounts.name_missing",
    Category.INVALID,
    "The name is missing.",
    "Write the name as colleagues know it, at most 120 characters.",
)
LINK_INVALID = ErrorCode(
    "accounts.link_invalid",
    Category.CONFLICT,
    "This link is no longer good: it was used, replaced, or is more than an hour old.",
    "Ask an administrator for a new one.",
)
FACTOR_WRONG = ErrorCode(
    "accounts.factor_wrong",
    Category.INVALID,
    "This code is not right, or it was used already.",
    "Type the code that your telephone shows now; if it is refused again, check the clock of the telephone.",
)
FACTOR_LOCKED = ErrorCode(
    "accounts.factor_locked",
    Category.TOO_MANY,
    "There were too many wrong codes: a pause until {until}.",
    "Wait until then; if the telephone is lost, ask an administrator for a new link.",
)
FACTOR_NEEDED = ErrorCode(
    "accounts.factor_needed",
    Category.UNAUTHENTICATED,
    "This account needs the code of its second factor.",
    "Send the code that the telephone shows as `code`; a telephone is added on the sign-in page.",
)
NOT_READY = ErrorCode(
    "accounts.not_ready",
    Category.CONFLICT,
    "The owner of this account has not chosen a password yet.",
    "Give them the one-time link, then activate the account.",
)
FIRST_DONE = ErrorCode(
    "accounts.first_done",
    Category.CONFLICT,
    "An administrator is active: there are no first administrators any more.",
    "An active administrator adds others on the page of accounts; on this machine: sijil staff add.",
)
