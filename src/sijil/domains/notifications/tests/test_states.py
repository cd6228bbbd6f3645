import datetime as dt

import pytest
from django.db import IntegrityError

from sijil.domains.notifications.models import Message, MessageStep
from sijil.domains.notifications.services import MESSAGES, OUTBOX
from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.kernel.ids import new_key

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
TABLE = {
    ("queued", "claim"): "sending",
    ("sending", "confirm"): "sent",
    ("queued", "confirm"): "sent",
    ("dead", "confirm"): "sent",
    ("sending", "retry"): "queued",
    ("queued", "give_up"): "dead",
    ("sending", "give_up"): "dead",
    ("dead", "revive"): "queued",
    ("queued", "deliver"): "delivered",
    ("sending", "deliver"): "delivered",
    ("sent", "deliver"): "delivered",
    ("dead", "deliver"): "delivered",
    ("sent", "bounce"): "dead",
}


@pytest.mark.django_db
@pytest.mark.parametrize("action", MESSAGE.actions)
@pytest.mark.parametrize("state", [s.value for s in MessageState])
def test_every_cell(state, action):
    key = new_key()
    row = Message(id=key, channel="sms", template="x", language="ar", sealed=b"", queued_at=NOW, due_at=NOW)
    MESSAGES.open(row, "queue", actor=OUTBOX, now=NOW)
    Message.objects.update(state=state, sent_at=NOW, delivered_at=NOW, reason="before")
    target = TABLE.get((state, action))
    moved = MESSAGES.move(
        Message.objects.filter(id=key), action, actor=OUTBOX, now=NOW, reason="because", delivered_at=NOW
    )
    assert moved == ([key] if target else [])
    assert Message.objects.get().state == (target or state)
    assert MessageStep.objects.count() == (2 if target else 1)


@pytest.mark.django_db
def test_a_step_is_immutable():
    row = Message(channel="sms", template="x", language="ar", sealed=b"", queued_at=NOW, due_at=NOW)
    MESSAGES.open(row, "queue", actor=OUTBOX, now=NOW)
    with pytest.raises(IntegrityError, match="immutable"):
        MessageStep.objects.update(action="x")


def test_only_delivered_is_final():
    assert MESSAGE.final_states() == ("delivered",)
