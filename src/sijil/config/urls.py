"""Every address of the web process, by interface."""

from django.urls import include, path

from sijil.api import health, metrics, reference
from sijil.api.main import api

urlpatterns = [
    path("", include("sijil.portal.urls")),
    path("", include("sijil.country.tour")),
    path("counter/", include("sijil.counter.urls")),
    path("backoffice/", include("sijil.backoffice.urls")),
    path("v1/docs", reference.index, name="api-docs"),
    path("v1/docs/<slug:slug>", reference.subject, name="api-docs-subject"),
    path("v1/docs/shapes/<slug:name>", reference.shape, name="api-docs-shape"),
    path("v1/openapi.json", reference.description),
    path("v1/", api.urls),
    path("health/", health.view),
    path("readyz", health.ready),
    path("metrics", metrics.view),
]

handler400 = "sijil.config.failures.bad_request"
handler404 = "sijil.config.failures.not_found"
handler500 = "sijil.config.failures.failed"
