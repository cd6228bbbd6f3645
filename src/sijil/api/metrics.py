"""``GET /metrics``: figures for Prometheus, for whoever holds the token (``sijil metrics-token``).

Text format 0.0.4, or OpenMetrics 1.0 for a caller that asks for it.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from sijil.kernel.errors import Category, ErrorCode, Refused
from sijil.pages import clock
from sijil.pages.problems import CONTENT_TYPE, refusal_problem
from sijil.reporting.metrics import Figure, measure

TOKEN_NEEDED = ErrorCode(
    "api.metrics_token_needed",
    Category.UNAUTHENTICATED,
    "These figures are for whoever watches the installation.",
    "Send the token that sijil metrics-token prints, as Authorization: Bearer.",
)


@require_safe
def view(request: HttpRequest) -> HttpResponse:
    """Answer the figures; 401 without the token."""
    if not is_watcher(request):
        body = refusal_problem(Refused(TOKEN_NEEDED))
        return JsonResponse(
            body, status=401, content_type=CONTENT_TYPE, headers={"WWW-Authenticate": "Bearer"}
        )
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    registry = CollectorRegistry()
    registry.register(_Figures(measure(now=clock.now())))
    return HttpResponse(encode(registry), content_type=content_type)


def is_watcher(request: HttpRequest) -> bool:
    """Tell whether the request carries the token. An installation without a token lets nobody in."""
    token = _token(Path(settings.HOME))
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return bool(token) and scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token)


def _token(home: Path) -> bytes:
    try:
        return (home / "keys" / "metrics.token").read_bytes().strip()
    except OSError:
        return b""


class _Figures(Collector):
    def __init__(self, figures: Iterable[Figure]) -> None:
        self.figures = figures

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for figure in self.figures:
            family = GaugeMetricFamily(figure.name, figure.says, labels=figure.labels)
            for labels, value in figure.samples:
                family.add_metric(labels, value)
            yield family
