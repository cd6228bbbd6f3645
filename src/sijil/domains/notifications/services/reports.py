"""Delivery reports: what a provider tells of messages that it took."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable

from django.db import transaction

from sijil.domains.notifications.adapters import (
    GATEWAYS,
    Collecting,
    GatewayFailed,
    Reporting,
    ReportUnreadable,
    get_gateway,
)
from sijil.domains.notifications.errors import REPORT_UNREADABLE
from sijil.domains.notifications.models import Message, Receipt
from sijil.domains.notifications.services.queueing import MESSAGES, OUTBOX, send_otherwise
from sijil.domains.notifications.types import Channel, Fate, Report
from sijil.kernel.errors import Refused

log = logging.getLogger("sijil.notifications")


def record_reports(*, channel: str, body: bytes, media_type: str, now: dt.datetime) -> int:
    """Keep the delivery reports that a provider sent; return how many.

    Raises: Refused(REPORT_UNREADABLE), also when the gateway in use has no such half.
    """
    gateway = get_gateway(channel)
    if not isinstance(gateway, Reporting):
        raise Refused(REPORT_UNREADABLE)
    try:
        reports = gateway.read_reports(body, media_type)
    except ReportUnreadable as unreadable:
        raise Refused(REPORT_UNREADABLE) from unreadable
    for report in reports:
        keep_report(channel=channel, report=report, now=now)
    return len(reports)


def collect_reports(now: dt.datetime) -> int:
    """Fetch the delivery reports of the gateways that are asked for them; return how many."""
    count = 0
    for channel in GATEWAYS:
        gateway = get_gateway(channel)
        if isinstance(gateway, Collecting):
            count += _collect(channel, gateway, now)
    return count


def _collect(channel: Channel, gateway: Collecting, now: dt.datetime) -> int:
    try:
        return gateway.collect(lambda report: keep_report(channel=channel, report=report, now=now))
    except GatewayFailed as failure:
        log.info("no reports from the gateway (%s): %s", channel, failure.reason)
        return 0


@transaction.atomic
def keep_report(*, channel: str, report: Report, now: dt.datetime) -> None:
    """Keep what became of a part, once. What nobody sent yet is kept until the gateway says whose it is."""
    fresh = Receipt(channel=channel, reference=report.reference, noted_at=now)
    Receipt.objects.bulk_create([fresh], ignore_conflicts=True)
    mine = Receipt.objects.filter(channel=channel, reference=report.reference)
    unsettled, told = mine.exclude(fate=Fate.DELIVERED), {"fate": report.fate, "reason": report.reason[:200]}
    if unsettled.filter(message__isnull=True).update(**told):
        return
    whose = mine.values_list("message_id", flat=True).get()
    if whose is not None:
        message = Message.objects.select_for_update().get(id=whose)  # of two parts at once one waits
        if unsettled.update(**told):
            _settle(message, now)


def forget_reports(now: dt.datetime) -> int:
    """Delete the reports of a week ago that belong to no message of ours; return how many."""
    week_ago = now - dt.timedelta(days=7)
    return Receipt.objects.filter(message__isnull=True, noted_at__lt=week_ago).delete()[0]


def expect(message: Message, parts: Iterable[str], now: dt.datetime) -> None:
    """Note under which numbers reports will come; one may be there already."""
    for part in parts:
        row, _ = Receipt.objects.select_for_update().get_or_create(
            channel=message.channel, reference=part[:80], defaults={"noted_at": now}
        )
        if row.message_id not in (None, message.id):  # the provider counts from the start again
            row.fate = ""
        row.message, row.revival = message, message.revivals
        row.save()
    _settle(message, now)


def _settle(message: Message, now: dt.datetime) -> None:
    """All parts arrived: delivered. One did not: dead, and tried by the other channel."""
    parts = message.receipts.filter(revival=message.revivals)
    failed = parts.filter(fate=Fate.FAILED).first()
    it = Message.objects.filter(id=message.id)
    if failed is not None:
        reason = f"not delivered: {failed.reason}"[:200]
        if MESSAGES.move(it, "bounce", actor=OUTBOX, now=now, reason=reason):
            send_otherwise(message, now)
    elif not parts.exclude(fate=Fate.DELIVERED).exists():
        MESSAGES.move(it, "deliver", actor=OUTBOX, now=now, delivered_at=now)
