"""What notifications refuse."""

from sijil.kernel.errors import Category, ErrorCode

RECIPIENT_INVALID = ErrorCode(
    "notifications.recipient_invalid",
    Category.INVALID,
    "No message can be sent to this phone number or e-mail address.",
    "Correct the number (it starts with 05, 06 or 07) or the address.",
)
REPORT_UNREADABLE = ErrorCode(
    "notifications.report_unreadable",
    Category.INVALID,
    "This is no delivery report of the gateway in use.",
    "Send reports in the form that the gateway of the settings reads.",
)
MESSAGE_MISSING = ErrorCode(
    "notifications.message_missing",
    Category.MISSING,
    "There is no such message.",
    "Reload the list of messages.",
)
