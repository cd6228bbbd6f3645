"""Writes: queue a message with the change it tells of, send it after commit, never lose it.

What did not arrive by one channel goes by the other, where the person has both.
"""

from sijil.domains.notifications.services.queueing import (
    MESSAGES,
    OUTBOX,
    queue_message,
    queue_messages,
    revive_all,
    revive_message,
)
from sijil.domains.notifications.services.reports import (
    collect_reports,
    forget_reports,
    keep_report,
    record_reports,
)
from sijil.domains.notifications.services.sending import (
    requeue_stuck,
    send_due,
    send_due_email,
    send_due_sms,
    send_message,
)

__all__ = [
    "MESSAGES",
    "OUTBOX",
    "collect_reports",
    "forget_reports",
    "keep_report",
    "queue_message",
    "queue_messages",
    "record_reports",
    "requeue_stuck",
    "revive_all",
    "revive_message",
    "send_due",
    "send_due_email",
    "send_due_sms",
    "send_message",
]
