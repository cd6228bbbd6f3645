"""``GET /health/``: whether all is well, for whoever watches the machine; no person's data."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse

from sijil.pages import clock
from sijil.reporting.health import examine


def view(request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything is well, 503 when not."""
    checks = examine(now=clock.now())
    well = all(check.well for check in checks)
    return JsonResponse({"well": well, "checks": [asdict(c) for c in checks]}, status=200 if well else 503)
