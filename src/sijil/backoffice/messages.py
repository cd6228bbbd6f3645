"""Messages: what did not arrive first, then those on their way and those that went; one of them, and again.

A recipient is masked; to see it is an act of its own, written down.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.notifications.rules import LANDLINE, title_of
from sijil.domains.notifications.states import MESSAGE, MessageState
from sijil.domains.notifications.types import MessageStatus
from sijil.journeys import messages as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock, labels, refusals
from sijil.pages.guards import actor_of, post_only, role_required
from sijil.pages.languages import spoken
from sijil.pages.paging import by_key

administrator = role_required("administrator")
PAGE = 50
ORDER = (
    MessageState.DEAD,
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.DELIVERED,
)
"""The states in the order in which they ask for a look: what failed first."""
OURS = {
    "not delivered": _("The operator did not deliver it."),
    "sender stopped": _("The sender stopped before the message went."),
    "fault of the adapter": _("The link to the gateway has a fault."),
}
"""What the service itself writes as a reason, before what it was told."""


@administrator
def show_list(request: HttpRequest) -> HttpResponse:
    """The messages of a state, the newest first; those that did not arrive if none is asked for."""
    state = request.GET.get("state", "")
    state = state if state in set(MessageState) else MessageState.DEAD.value
    counts = journey.count()
    page = by_key(
        lambda after, limit: journey.list_in_state(state, after=after or "", limit=limit),
        after=request.GET.get("after"),
        key_of=lambda message: message.place,
        size=PAGE,
    )
    context = {
        "state": state,
        "states": [(one.value, labels.words("message", one), counts[one]) for one in ORDER],
        "total": counts[state],
        "page": page,
        "lines": [_line(message) for message in page.rows],
        "page_query": urlencode({"state": state}),
    }
    return render(request, "backoffice/messages/list.html", context)


@administrator
def show(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message: where it is, how often it was tried, why it did not arrive."""
    return _page(request, message_id)


@administrator
@post_only("backoffice-message")
def reveal(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The recipient in clear, for this answer only; the person reads that somebody looked."""
    to = journey.read_recipient(message_id, actor=actor_of(request), now=clock.now())
    return _page(request, message_id, revealed=to)


@administrator
@post_only("backoffice-message")
def send_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Try a message again that did not arrive."""
    try:
        journey.revive(message_id=message_id, actor=actor_of(request), now=clock.now())
    except Refused as refused:
        messages.error(request, str(refusals.words(refused)))
    else:
        messages.success(request, gettext("The message is queued again."))
    return redirect("backoffice-message", message_id)


def _page(request: HttpRequest, message_id: UUID, revealed: str = "") -> HttpResponse:
    found = journey.get_message(message_id)
    is_dead = MESSAGE.find(found.state, "revive") is not None
    context = {
        "line": _line(found),
        "message": found,
        "revealed": revealed,
        "may_revive": is_dead and found.reason != LANDLINE,
    }
    return render(request, "backoffice/messages/message.html", context)


def _line(message: MessageStatus) -> dict[str, Any]:
    channel, _colon, state = message.retried_by.partition(": ")
    return {
        "id": message.id,
        "title": title_of(message.template, spoken()),
        "to": message.to,
        "channel": labels.words("channel", message.channel),
        "state": message.state,
        "attempts": message.attempts,
        "at": message.queued_at,
        "reason": _why(message.reason),
        "instead": (labels.words("channel", channel), labels.words("message", state)) if channel else None,
    }


def _why(reason: str) -> str:
    """Return why it did not arrive; what the gateway says stays in its own words."""
    if reason == LANDLINE:
        return gettext("A fixed line receives no SMS.")
    ours, _colon, told = reason.partition(": ")
    return f"{OURS[ours]} {told}".rstrip() if ours in OURS else reason


urlpatterns = [
    path("", show_list, name="backoffice-messages"),
    path("<uuid:message_id>/", show, name="backoffice-message"),
    path("<uuid:message_id>/recipient/", reveal, name="backoffice-message-recipient"),
    path("<uuid:message_id>/again/", send_again, name="backoffice-message-again"),
]
