"""The demonstration's phones and mailboxes: the message is put, sealed, where the demo inbox shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from sijil.domains.notifications.models import DemoDelivery
from sijil.domains.notifications.types import Outgoing, Taken
from sijil.kernel.sealing import keyring


class DemoGateway:
    """Like a provider that knows the key: a message given twice arrives once."""

    is_twin = True

    def send(self, message: Outgoing, *, now: dt.datetime) -> Taken:
        words = {
            name: value
            for name, value in asdict(message).items()
            if name in ("to", "title", "body", "language")
        }
        delivery = DemoDelivery(
            id=message.key,
            channel=message.channel,
            recipient_index=keyring().blind_index("notifications", "recipient", message.to),
            sealed=keyring().seal_json(
                "notifications", words, aad=f"notifications_demo_delivery.sealed:{message.key}"
            ),
            arrived_at=now,
        )
        DemoDelivery.objects.bulk_create([delivery], ignore_conflicts=True)
        return Taken(f"demo-{message.key}")
