"""How many requests wait for one telephone or e-mail that was proved; and who waits with one card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from sijil.domains.population_register import errors, models
from sijil.domains.population_register.rules import OPEN_REQUESTS, check_identity
from sijil.domains.population_register.sealed import blind_index
from sijil.domains.population_register.states import RequestState
from sijil.domains.population_register.types import Identity, PaperKind
from sijil.kernel import law
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused

OPEN = (
    RequestState.PRE_REGISTERED,
    RequestState.PAPERS_REQUESTED,
    RequestState.DEPOSITED,
    RequestState.IN_ADJUDICATION,
)
CLOSED = (RequestState.WITHDRAWN, RequestState.REJECTED)
STRONG = (PaperKind.CNIE, PaperKind.RESIDENCE_TITLE)
"""Papers whose number is one person's; a birth extract may be copied for a family."""
A_DAY = dt.timedelta(days=1)


def require_room(*, identity: Identity, proved: str = "", actor: Actor, now: dt.datetime) -> bool:
    """Have the paper and the contact alone until the commit; tell whether its holder is to be told.

    ``proved``: the telephone or e-mail that was confirmed; what is open for it without a proof, where an
    officer wrote it down, is not counted. That somebody waits with the same card is told to an officer alone
    (:func:`has_card_open`): here the answer is the same, as anybody may type the number of a card. An
    officer, before whom the person stands, may always open one.
    Raises: Refused naming the field, Refused(PHONE_FULL, EMAIL_FULL).
    """
    if actor.kind is ActorKind.OFFICER:
        return False
    told = identity.with_changes({"language": identity.language or "ar"})
    who = check_identity(told, legal_day(now))
    paper, contact = blind_index("paper_number", who.paper_number), blind_index("contact", proved)
    for index in sorted({paper, contact} - {b""}):
        _lock(index)
    most = law.on(OPEN_REQUESTS, legal_day(now)).body.open_of_a_phone
    if contact and _open(proved_index=contact).count() >= most:
        error, field = (errors.EMAIL_FULL, "email") if "@" in proved else (errors.PHONE_FULL, "phone")
        raise Refused(error, field=field, most=most)
    return who.paper_kind in STRONG and not _is_typed_lately(paper, now)


def _is_typed_lately(paper: bytes, now: dt.datetime) -> bool:
    """Tell whether a request has a card and is open or came within a day: taken back too, it tells once."""
    lately = Q(state__in=OPEN) | Q(state__in=CLOSED, opened_at__gt=now - A_DAY)
    return models.EnrolmentRequest.objects.filter(lately, paper_index=paper).exists()


def has_card_open(*, cards: Iterable[str], but: UUID) -> bool:
    """Tell an officer whether a card or residence title is on another open request too; not on whose."""
    indexes = [blind_index("paper_number", card) for card in cards]
    return bool(indexes) and _open(paper_index__in=indexes).exclude(id=but).exists()


def _open(**index: Any) -> QuerySet[models.EnrolmentRequest]:
    return models.EnrolmentRequest.objects.filter(state__in=OPEN, **index)


def _lock(index: bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(index[:8], "big", signed=True)])
