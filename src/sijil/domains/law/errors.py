"""Why a version cannot be enacted."""

from __future__ import annotations

from sijil.kernel.errors import Category, ErrorCode

TEXT_INVALID = ErrorCode(
    "law.text_invalid",
    Category.INVALID,
    "This text cannot be law: {file}, line {line}.",
    "{wrong} {remedy}",
)
NOT_FUTURE = ErrorCode(
    "law.not_future",
    Category.INVALID,
    "The version {version} would start on {day}, which is not after today.",
    "Law is enacted ahead: give it a later first day.",
)
VERSION_KNOWN = ErrorCode(
    "law.version_known",
    Category.CONFLICT,
    "There is already a version {version} of {name}.",
    "A published version never changes: give the new one a name of its own.",
)
OVERLAPS = ErrorCode(
    "law.overlaps",
    Category.CONFLICT,
    "The version {version} does not fit between the other versions of {name}.",
    "{wrong} {remedy}",
)
SAME_SIGNER = ErrorCode(
    "law.same_signer",
    Category.FORBIDDEN,
    "Law is enacted by two people.",
    "Let somebody else give the second signature.",
)
SIGNER_REFUSED = ErrorCode(
    "law.signer_refused",
    Category.FORBIDDEN,
    "{login} may not enact law.",
    "Two administrators with an active account sign it.",
)
