"""The door of the back office: each role goes to its own work."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from sijil.pages.guards import has_role, only_reads, role_required

# The first role held leads to its page.
PAGES = {
    "programme_manager": "backoffice-programmes",
    "adjudicator": "backoffice-adjudication",
    "administrator": "backoffice-late",
    "supervisor": "backoffice-late",
}


@role_required(*PAGES)
def home(request: HttpRequest) -> HttpResponse:
    """Send to the programmes, to the cases that wait for two officers, or to what is late."""
    mine = (page for role, page in PAGES.items() if has_role(request, role))
    return redirect("backoffice-late" if only_reads(request) else next(mine))


urlpatterns = [path("", home, name="backoffice-home")]
