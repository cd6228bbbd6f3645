"""What partners are refused."""

from sijil.kernel.errors import Category, ErrorCode

PARTNER_MISSING = ErrorCode(
    "partners.partner_missing", Category.MISSING, "There is no such partner.", "Check its code."
)
CODE_INVALID = ErrorCode(
    "partners.code_invalid",
    Category.INVALID,
    "This partner code cannot be used: {code}.",
    "Use 3 to 40 small letters, digits and dashes, beginning with a letter.",
)
CODE_TAKEN = ErrorCode(
    "partners.code_taken", Category.CONFLICT, "A partner already has the code {code}.", "Choose another code."
)
SCOPE_UNKNOWN = ErrorCode(
    "partners.scope_unknown",
    Category.INVALID,
    "There is no scope {scope}.",
    "Choose among the scopes of the product.",
)
PURPOSE_INVALID = ErrorCode(
    "partners.purpose_invalid",
    Category.INVALID,
    "A purpose needs a code and a text in Arabic, French and English.",
    "Write what the partner asks for in the three languages: the person asked about reads it.",
)
CLIENT_REFUSED = ErrorCode(
    "partners.client_refused",
    Category.UNAUTHENTICATED,
    "The client id or the secret is wrong, or the partner is suspended.",
    "Check both; ask the administrator of the registers for a new secret if it is lost.",
)
KEY_INVALID = ErrorCode(
    "partners.key_invalid",
    Category.INVALID,
    "This is not a public key that can be used.",
    "Give one JSON Web Key: Ed25519, P-256, or RSA of 2048 to 8192 bits; never the private key.",
)
KEY_TAKEN = ErrorCode(
    "partners.key_taken",
    Category.CONFLICT,
    "This key is registered already, or was.",
    "Make a new pair of keys; each partner signs with keys of its own.",
)
KEY_MISSING = ErrorCode(
    "partners.key_missing",
    Category.MISSING,
    "The partner has no such key.",
    "List its keys with: sijil partner keys.",
)
MESSAGE_REFUSED = ErrorCode(
    "partners.message_refused",
    Category.UNAUTHENTICATED,
    "The message is not signed by a source that we know, not meant for us, or out of its time.",
    "Check the key, the address that you name as audience, and the time; then sign it anew.",
)
TOKEN_INVALID = ErrorCode(
    "partners.token_invalid",
    Category.UNAUTHENTICATED,
    "The access token is missing, expired or not ours.",
    "Get a new token at POST /oauth2/token and send it as Authorization: Bearer.",
)
