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
