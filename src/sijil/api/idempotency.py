"""A creating call sent twice is done once: ``Idempotency-Key`` (draft-ietf-httpapi-idempotency-key-header).

@router.post(...)
@once()
def open_file(request, body): ...

The same key of the same caller for the same call and body brings the first answer again. The work and its
answer are committed together: whoever never got an answer finds either both or neither. A refusal and a
failure keep nothing, so the key may be used anew. While the first try still runs, the second is refused
(409): it must not hold a thread of the pages.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.db import connection, transaction
from django.http import HttpResponse
from ninja.decorators import decorate_view
from ninja.operation import Operation
from ninja.utils import contribute_operation_callback

from sijil.kernel.actors import PUBLIC
from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.kernel.sealing import keyring
from sijil.pages import clock
from sijil.pages.models import Answer

HEADER = "Idempotency-Key"
KEPT_HOURS = 24
LONGEST = 255

KEY_UNFIT = ErrorCode(
    "api.key_unfit",
    Category.INVALID,
    "The Idempotency-Key is missing, empty or too long.",
    "Send 1 to {limit} characters, a random UUID for each thing to be made.",
)
KEY_DIFFERS = ErrorCode(
    "api.key_differs",
    Category.INVALID,
    "This Idempotency-Key was used with another body.",
    "Send the same body again, or take a new key for another thing.",
)
KEY_BUSY = ErrorCode(
    "api.key_busy",
    Category.CONFLICT,
    "The first call with this Idempotency-Key is still being done.",
    "Send the same call again in a second.",
)

NOTE = (
    "A random text of yours, a UUID for example: the same call with it is done once, and answered alike for "
    f"{KEPT_HOURS} hours."
)
_PARAMETER = {
    "name": HEADER,
    "in": "header",
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "description": NOTE},
}
_Call = TypeVar("_Call", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class _Slot:
    """Where an answer is kept. ``key``: of the caller, the call and its key; ``body``: the digest of what was
    sent. Both are blind indexes: nothing can be read from them, nor tried out without the key.
    """

    key: bytes
    body: bytes
    now: dt.datetime

    @property
    def aad(self) -> str:
        return f"pages_answer.sealed_answer:{self.key.hex()}"

    def lock(self) -> None:
        """Hold the key until the end of the transaction. Raises: Refused(KEY_BUSY)."""
        with connection.cursor() as cursor:
            number = int.from_bytes(self.key[:8], "big", signed=True)
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s::bigint)", [number])
            if not cursor.fetchone()[0]:
                raise Refused(KEY_BUSY)

    def find(self) -> HttpResponse | None:
        """Return the first answer again, if it is kept. Raises: Refused(KEY_DIFFERS)."""
        found = Answer.objects.filter(key=self.key, kept_until__gt=self.now).first()
        if found is None:
            return None
        if bytes(found.body) != self.body:
            raise Refused(KEY_DIFFERS)
        first = keyring().unseal_json("pages", bytes(found.sealed_answer), aad=self.aad)
        return HttpResponse(first["text"], status=first["status"], content_type=first["type"])

    def keep(self, response: HttpResponse) -> None:
        """Keep the answer of what was done, in the transaction that did it."""
        answer = {"status": response.status_code, "type": response["Content-Type"]}
        sealed = keyring().seal_json("pages", answer | {"text": response.content.decode()}, aad=self.aad)
        until = self.now + dt.timedelta(hours=KEPT_HOURS)
        facts = {"body": self.body, "sealed_answer": sealed, "kept_until": until}
        Answer.objects.update_or_create(key=self.key, defaults=facts)


def once(
    *, before: Callable[..., None] = lambda *given, **values: None, needed: bool = False
) -> Callable[[_Call], _Call]:
    """Let a call be repeated by its key. ``needed``: refused without one, where nothing else tells the same
    call from another. ``before``: given what the call is given, counts each try, repeated
    ones too, outside the transaction: a limit is neither given back nor held while the work is done.
    """

    def wrap(view: _Call) -> _Call:
        def contribute(operation: Operation) -> None:
            operation.view_func = _in_slot(operation.view_func, before, needed)
            parameter = _PARAMETER | {"required": needed}
            operation.openapi_extra = {**(operation.openapi_extra or {}), "parameters": [parameter]}

        contribute_operation_callback(view, contribute)
        return decorate_view(_in_one_act)(view)

    return wrap


def forget_answers(*, now: dt.datetime) -> int:
    """Delete the answers that are kept no longer; return how many."""
    return Answer.objects.filter(kept_until__lte=now).delete()[0]


def _in_slot(view: Callable[..., Any], before: Callable[..., None], needed: bool) -> Callable[..., Any]:
    """Inside the run of an operation: who calls is known, and what was sent is valid."""

    @wraps(view)
    def viewed(request: Any, *args: Any, **values: Any) -> Any:
        before(request, *args, **values)
        if HEADER not in request.headers and not needed:
            return view(request, *args, **values)
        slot = _slot(request)
        request.act.enter_context(transaction.atomic())
        slot.lock()
        if (first := slot.find()) is not None:
            return first
        request.slot = slot
        return view(request, *args, **values)

    return viewed


def _in_one_act(run: Callable[..., Any]) -> Callable[..., Any]:
    """Around the run of an operation: its answer is written out, and committed with the work."""

    @wraps(run)
    def whole(request: Any, **place: Any) -> Any:
        with ExitStack() as request.act:
            response = run(request, **place)
            if hasattr(request, "slot"):
                _end(request.slot, response)
        return response

    return whole


def _end(slot: _Slot, response: HttpResponse) -> None:
    """What a refusal counted stays; what a failure began does not."""
    if response.status_code >= 500:
        transaction.set_rollback(True)
    elif response.status_code < 300:
        slot.keep(response)


def _slot(request: Any) -> _Slot:
    """Return the place of a call. Raises: Refused(KEY_UNFIT)."""
    key = request.headers.get(HEADER, "").strip()
    if not 0 < len(key) <= LONGEST:
        raise Refused(KEY_UNFIT, limit=LONGEST)
    actor = getattr(request, "actor", PUBLIC)
    caller = request.META["REMOTE_ADDR"] if actor is PUBLIC else f"{actor}:{actor.acts_for}"
    named = "\0".join((actor.kind, caller, request.method, request.path, key))
    sent = hashlib.sha256(request.body).hexdigest()
    return _Slot(
        key=keyring().blind_index("pages", "idempotency.key", named),
        body=keyring().blind_index("pages", "idempotency.body", sent),
        now=clock.now(),
    )
