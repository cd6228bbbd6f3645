"""The door of the back office: each role goes to its own work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from sijil.pages.guards import has_role, role_required


@role_required("adjudicator", "programme_manager", "administrator")
def home(request: HttpRequest) -> HttpResponse:
    """Send to the programmes, or to the cases that wait for two officers."""
    page = "backoffice-programmes" if has_role(request, "programme_manager") else "backoffice-adjudication"
    return redirect(page)


urlpatterns = [path("", home, name="backoffice-home")]
