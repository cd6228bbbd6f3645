"""Refusals of geography."""

from sijil.kernel.errors import Category, ErrorCode

PLACE_UNKNOWN = ErrorCode(
    "geography.place_unknown",
    Category.INVALID,
    "No place has the code {code}.",
    "Choose the region, the province and the commune from the lists.",
)
