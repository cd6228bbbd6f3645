"""What the audit log refuses."""

from sijil.kernel.errors import Category, ErrorCode

ENTRY_MISSING = ErrorCode(
    "audit.entry_missing",
    Category.MISSING,
    "There is no sealed entry {id}.",
    "Check its id; a new entry is sealed within seconds.",
)
