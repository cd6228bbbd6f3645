"""Messages from outside their journeys: the phones of the demonstration, and what was given up.

    list_demo_inbox   what arrived on the phones and in the mailboxes of the demonstration
    list_in_state     where messages are, a state at a time;  count  how many there are of each
    list_dead         what no gateway brought, with the reason;  revive, revive_all  try it again
    read_recipient    the telephone or the address of one, which is written down
    record_reports    what a provider tells of messages on their way

Text stays sealed but on the phones themselves; a recipient is masked until somebody asks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from sijil.domains.notifications import queries, services
from sijil.domains.notifications.types import InboxMessage, MessageStatus
from sijil.kernel.actors import Actor


def list_demo_inbox(*, to: str, limit: int) -> list[InboxMessage]:
    """Return what arrived, newest first; ``to``: one phone (E.164) or address only, empty: everybody's."""
    return queries.list_inbox(to=to, limit=limit)


def count() -> Mapping[str, int]:
    """Return how many messages are in each state."""
    return queries.count_by_state()


def list_in_state(state: str, *, after: str, limit: int) -> list[MessageStatus]:
    """Return the messages in a state, the newest first, after a place in the list; recipients masked."""
    return queries.list_in_state(state, after=after, limit=limit)


def get_message(message_id: UUID) -> MessageStatus:
    """Return one message, its recipient masked. Raises: Refused(MESSAGE_MISSING)."""
    return queries.get_message(message_id)


def read_recipient(message_id: UUID, *, actor: Actor, now: dt.datetime) -> str:
    """Return where a message goes, in clear; who looked is written down. Raises: Refused(MESSAGE_MISSING)."""
    return queries.get_recipient(message_id, actor=actor, now=now)


def list_dead(*, limit: int) -> list[MessageStatus]:
    """Return the messages given up, newest first, with the reason; the recipient masked, no text."""
    return queries.list_dead(limit=limit)


def revive(*, message_id: UUID, actor: Actor, now: dt.datetime) -> None:
    """Try a dead message again. Raises: Refused(MESSAGE_MISSING, TRANSITION_REFUSED, RECIPIENT_INVALID)."""
    services.revive_message(message_id=message_id, actor=actor, now=now)


def revive_all(*, actor: Actor, now: dt.datetime) -> int:
    """Try every dead message again but those to fixed lines; return how many."""
    return services.revive_all(actor=actor, now=now)


def record_reports(*, channel: str, body: bytes, media_type: str, now: dt.datetime) -> None:
    """Keep what a provider tells; known or not is answered alike. Raises: Refused(REPORT_UNREADABLE)."""
    services.record_reports(channel=channel, body=body, media_type=media_type, now=now)
