"""What the verification process refuses, besides what the domains refuse."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

BODY_INVALID = ErrorCode(
    "verify.body_invalid", Category.INVALID, "The field {field} is not as it should be.", "{what}"
)
PURPOSE_REFUSED = ErrorCode(
    "verify.purpose_refused",
    Category.FORBIDDEN,
    "This purpose is not among those agreed with you.",
    "Use one of the purposes of your agreement.",
)
SCOPE_MISSING = ErrorCode(
    "verify.scope_missing",
    Category.FORBIDDEN,
    "The access token does not hold the scope {scope}.",
    "Ask for it at POST /oauth2/token with scope={scope}.",
)
PARTNER_SUSPENDED = ErrorCode(
    "verify.partner_suspended",
    Category.FORBIDDEN,
    "Your access is suspended.",
    "Write to the administrator of the registers.",
)
RATE_EXCEEDED = ErrorCode(
    "verify.rate_exceeded",
    Category.TOO_MANY,
    "More questions than agreed: {rate} a second.",
    "Wait as many seconds as the header Retry-After says.",
)
WRONG_TOO_OFTEN = ErrorCode(
    "verify.wrong_too_often",
    Category.TOO_MANY,
    "You were wrong about this number too often.",
    "Ask the person for their papers; one more question about them is answered in {minutes} minutes.",
)
