"""The home page and the pages that explain the service."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import SafeString

from sijil.pages import languages
from sijil.portal.track import TrackForm


def home(request: HttpRequest) -> HttpResponse:
    """Ask what the person wants to do; tracking a request is the first field."""
    return render(request, "portal/home.html", {"number_field": _number_field(languages.spoken())})


@cache
def _number_field(_: str) -> SafeString:
    """Return the empty field in a language: the same for everybody."""
    field: SafeString = TrackForm()["number"].as_field_group()
    return field


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


def legal(request: HttpRequest) -> HttpResponse:
    """Say who publishes the service and how to reach them; the layout knows it already."""
    return render(request, "portal/legal.html")


def partners(request: HttpRequest) -> HttpResponse:
    """Explain the verification API, with calls that can be copied."""
    return render(request, "portal/partners.html", {"verify": verify_address(request)})


def verify_address(request: HttpRequest) -> str:
    """Return the address of the verify process: the public one, or its port on this machine."""
    if settings.ENV.public_url:
        return str(settings.ENV.public_url).rstrip("/")
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return f"{request.scheme}://{host}:{settings.ENV.verify_port}"


urlpatterns = [
    path("", home, name="portal-home"),
    path("privacy/", privacy, name="portal-privacy"),
    path("legal/", legal, name="portal-legal"),
    path("accessibility/", accessibility, name="portal-accessibility"),
    path("partners/", partners, name="portal-partners"),
]
