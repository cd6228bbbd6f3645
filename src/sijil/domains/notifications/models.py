"""Four tables: the outbox, its steps, the delivery reports, and the phones and mailboxes of the demo."""

from __future__ import annotations

from django.db import models

from sijil.domains.notifications.states import MessageState
from sijil.domains.notifications.types import Channel, Fate
from sijil.kernel.ids import new_key
from sijil.kernel.rows import StateRow


class Message(models.Model):
    """One message. ``sealed``: recipient, title and body, and the same by another channel.

    ``subject``: key of a person, request number or household code. ``revivals``: how often it began anew.
    ``instead_of``: the dead message that this one carries by another channel.
    """

    id = models.UUIDField(primary_key=True, default=new_key)
    channel = models.CharField(max_length=8)
    template = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=64, blank=True)
    sealed = models.BinaryField()
    state = models.CharField(max_length=10, default=MessageState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    revivals = models.PositiveSmallIntegerField(default=0)
    instead_of = models.UUIDField(null=True, unique=True)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    provider_ref = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "notifications_message"
        indexes = [
            models.Index(
                fields=["queued_at"],
                condition=models.Q(state__in=[MessageState.QUEUED.value, MessageState.SENDING.value]),
                name="notifications_message_waiting",
            ),
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(state=MessageState.QUEUED.value, attempts=0),
                name="notifications_message_new",
            ),
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(state=MessageState.QUEUED.value, attempts__gt=0),
                name="notifications_message_again",
            ),
            models.Index(
                fields=["claimed_at"],
                condition=models.Q(state=MessageState.SENDING.value),
                name="notifications_message_claimed",
            ),
            models.Index(fields=["subject", "queued_at"], name="notifications_message_subject"),
            models.Index(fields=["state", "-queued_at", "-id"], name="notifications_message_listed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=[c.value for c in Channel]),
                name="notifications_message_channel",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[s.value for s in MessageState]),
                name="notifications_message_state",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.SENT) | models.Q(sent_at__isnull=False),
                name="notifications_message_sent_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.DELIVERED) | models.Q(delivered_at__isnull=False),
                name="notifications_message_delivered_has_a_time",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=MessageState.DEAD) | ~models.Q(reason=""),
                name="notifications_message_dead_has_a_reason",
            ),
        ]


class MessageStep(StateRow):
    """Queued, claimed, sent, tried again, given up, revived. ``reason``: of the gateway, without identity."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="steps")

    class Meta(StateRow.Meta):
        abstract = False
        db_table = "notifications_message_step"


class Receipt(models.Model):
    """The delivery report on one part of a message, expected or come. ``message`` is null while a report is
    there before the answer that says whose it is.
    """

    channel = models.CharField(max_length=8)
    reference = models.CharField(max_length=80)
    message = models.ForeignKey(Message, null=True, on_delete=models.PROTECT, related_name="receipts")
    revival = models.PositiveSmallIntegerField(default=0)
    fate = models.CharField(max_length=10, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    noted_at = models.DateTimeField()

    class Meta:
        db_table = "notifications_receipt"
        indexes = [
            models.Index(
                fields=["noted_at"],
                condition=models.Q(message__isnull=True),
                name="notifications_receipt_nobodys",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["channel", "reference"], name="notifications_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(fate__in=["", *(f.value for f in Fate)]), name="notifications_receipt_fate"
            ),
        ]


class DemoDelivery(models.Model):
    """A message that arrived on a phone or in a mailbox of the demonstration. ``id``: the key of the
    message.
    """

    id = models.UUIDField(primary_key=True)
    channel = models.CharField(max_length=8)
    recipient_index = models.BinaryField(max_length=16)
    sealed = models.BinaryField()
    arrived_at = models.DateTimeField()

    class Meta:
        db_table = "notifications_demo_delivery"
        indexes = [
            models.Index(fields=["-arrived_at"], name="notifications_demo_newest"),
            models.Index(fields=["recipient_index", "-arrived_at"], name="notifications_demo_recipient"),
        ]
