"""The home page and the pages that explain the service."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from sijil.portal.track import TrackForm


def home(request: HttpRequest) -> HttpResponse:
    """Ask what the person wants to do; tracking a request is the first field."""
    return render(request, "portal/home.html", {"form": TrackForm()})


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/privacy.html")


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/accessibility.html")


def partners(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri("/").rstrip("/")
    return render(request, "portal/partners.html", {"address": address})


urlpatterns = [
    path("", home, name="portal-home"),
    path("privacy/", privacy, name="portal-privacy"),
    path("accessibility/", accessibility, name="portal-accessibility"),
    path("partners/", partners, name="portal-partners"),
]
