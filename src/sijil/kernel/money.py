"""Money is an integer number of centimes (1/100 dirham). No float holds an amount."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from sijil.kernel.errors import Category, ErrorCode, Refused

AMOUNT_INVALID = ErrorCode(
    "kernel.amount_invalid",
    Category.INVALID,
    "This amount cannot be read: {value}.",
    "Write dirhams with at most two decimals, for example 150 or 150,50.",
)


def centimes(text: str | int | Decimal, *, field: str | None = None) -> int:
    """Return the centimes of an amount in dirhams. Raises: Refused(AMOUNT_INVALID)."""
    cleaned = str(text).replace(" ", "").replace("\u202f", "").replace("\u00a0", "").replace(",", ".")
    try:
        value = Decimal(cleaned) * 100
    except InvalidOperation:
        raise Refused(AMOUNT_INVALID, field=field, value=text) from None
    if not value.is_finite() or value != value.to_integral_value():
        raise Refused(AMOUNT_INVALID, field=field, value=text)
    return int(value)
