"""Is this receipt genuine? The page that the code on a receipt opens; it names nobody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from sijil.domains.documents.receipts import check_token


def check(request: HttpRequest, token: str) -> HttpResponse:
    """Say genuine, forged or unknown, in words; of a genuine one, what it is and its day."""
    found = check_token(token)
    status = 200 if found.claim else 404
    return render(
        request, "portal/check.html", {"verdict": found.verdict, "claim": found.claim}, status=status
    )


def without_token(request: HttpRequest) -> HttpResponse:
    """A code cut off: the page that says what to do."""
    return redirect("portal-track")


urlpatterns = [
    path("check/", without_token),
    path("check/<str:token>/", check, name="portal-check"),
]
