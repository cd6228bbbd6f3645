"""``GET /readyz`` and ``/health/``: whether all is well, for whoever watches the machine (``/livez``: gate).

Anybody may ask, so an answer costs next to nothing: it is computed once in a few seconds and kept. What was
seen is told to whoever holds the token of the figures (``sijil metrics-token``) and to a signed-in
administrator.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from sijil.api.metrics import is_watcher
from sijil.domains.accounts.types import Role
from sijil.pages import clock, guards
from sijil.reporting import health

KEPT_SECONDS = 3.0
Seen = TypeVar("Seen")


@dataclass
class Kept(Generic[Seen]):
    """An answer computed by one thread at most every ``KEPT_SECONDS``; the others get the last one."""

    compute: Callable[[], Seen]
    clock: Callable[[], float] = time.monotonic
    _seen: Seen | None = None
    _until: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def get(self) -> Seen:
        seen = self._seen
        if seen is not None and (self.clock() < self._until or self._lock.locked()):
            return seen
        with self._lock:
            if self._seen is None or self.clock() >= self._until:
                self._seen = self.compute()
                self._until = self.clock() + KEPT_SECONDS
            return self._seen

    def forget(self) -> None:
        self._seen = None


READY = Kept(lambda: health.is_ready())
CHECKS = Kept(lambda: health.examine(now=clock.now()))


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when pages can be answered, 503 when not."""
    is_ready = READY.get()
    return JsonResponse({"ready": is_ready}, status=200 if is_ready else 503)


@require_safe
def view(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything is well, 503 when not; what was seen, to who may know it."""
    checks = CHECKS.get()
    well = all(check.well for check in checks)
    body: dict[str, object] = {"well": well}
    if _may_see(request):
        body["checks"] = [asdict(check) for check in checks]
    return JsonResponse(body, status=200 if well else 503)


def _may_see(request: HttpRequest) -> bool:
    return is_watcher(request) or (
        guards.is_signed_in(request) and guards.has_role(request, Role.ADMINISTRATOR)
    )
