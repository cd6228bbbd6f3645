"""What is refused of events."""

from sijil.kernel.errors import Category, ErrorCode

EVENT_MISSING = ErrorCode(
    "events.event_missing", Category.MISSING, "There is no such event.", "Check the number of the event."
)
STEP_MISSING = ErrorCode(
    "events.step_missing",
    Category.MISSING,
    "No step {step} follows this event.",
    "The steps of each kind of event are listed in docs/journeys/events.md.",
)
EVENT_DIFFERS = ErrorCode(
    "events.event_differs",
    Category.CONFLICT,
    "An event with this number and another content was received before.",
    "Send a correction that annuls the first one, then the right event with a number of its own.",
)
DAY_IN_FUTURE = ErrorCode(
    "events.day_in_future",
    Category.INVALID,
    "This day has not come yet.",
    "Write the day on which it happened.",
)
DAY_TOO_LONG_AGO = ErrorCode(
    "events.day_too_long_ago",
    Category.INVALID,
    "This day is more than {years} years ago.",
    "Check the year.",
)
REGISTERED_TOO_EARLY = ErrorCode(
    "events.registered_too_early",
    Category.INVALID,
    "The act was registered before the day on which it happened.",
    "Check both days.",
)
ANNULS_ITSELF = ErrorCode(
    "events.annuls_itself",
    Category.INVALID,
    "An event cannot annul itself.",
    "Give the correction a number of its own, and name the event that it annuls.",
)
CORRECTION_STANDS = ErrorCode(
    "events.correction_stands",
    Category.CONFLICT,
    "A correction that was applied is not taken back.",
    "Send the right event anew, with a number of its own.",
)
DIED_BEFORE_BIRTH = ErrorCode(
    "events.died_before_birth",
    Category.CONFLICT,
    "The day of death lies before the person's birth.",
    "Ask the source which person is meant, then annul the event or correct the person.",
)
