"""Refusals of geography."""

from sijil.kernel.errors import Category, ErrorCode

PLACE_UNKNOWN = ErrorCode(
    "geography.place_unknown",
    Category.INVALID,
    "No place has the code {code}.",
    "Choose the region, the province and the commune from the lists.",
)
AREA_NOT_ASKED = ErrorCode(
    "geography.area_not_asked",
    Category.INVALID,
    "In this commune it is not asked in which part the household lives.",
    "Give the commune alone.",
)
