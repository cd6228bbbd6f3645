"""What verification refuses."""

from sijil.kernel.errors import Category, ErrorCode

IDCS_INVALID = ErrorCode(
    "verification.idcs_invalid",
    Category.INVALID,
    "This is not a well-formed IDCS.",
    "Write its ten digits; the last one is a check digit.",
)
SEX_INVALID = ErrorCode(
    "verification.sex_invalid", Category.INVALID, "The sex is not known.", "Write F or M."
)
SUBJECT_MISSING = ErrorCode(
    "verification.subject_missing",
    Category.MISSING,
    "This number is not known to verification.",
    "Enrol it first.",
)
