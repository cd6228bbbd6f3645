"""Is this receipt genuine? The page that the code on a receipt opens; it names nobody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from sijil.domains.documents.receipts import codes, public_keys
from sijil.journeys import receipt_check
from sijil.pages import clock, throttle
from sijil.pages.forms import Form


class CodeForm(Form):
    """The short code printed below the square."""

    code = forms.CharField(
        label=_("Code of the document"),
        max_length=60,
        error_messages={"required": _("Write the code printed below the square.")},
    )
    code.widget.attrs |= {
        "autocomplete": "off",
        "autocapitalize": "characters",
        "spellcheck": "false",
        "dir": "ltr",
        "class": "ltr",
    }


def ask(request: HttpRequest) -> HttpResponse:
    """Read a short code, then answer at the address that is printed with it."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("portal-check", code=codes.written(form.cleaned_data["code"]))
    return _page(request, form, 422 if form.errors else 200)


def check(request: HttpRequest, code: str) -> HttpResponse:
    """Say genuine, forged or unknown, in words; of a genuine one, what it is and its day.

    ``code``: the signed one of the square, or the short one that was typed; the answers are the same.
    """
    if not receipt_check.is_signed(code):
        throttle.take("check", request.META["REMOTE_ADDR"], now=clock.now())
    found = receipt_check.check(code)
    if found.verdict == codes.UNREADABLE:
        form = CodeForm({"code": code[:60]})
        form.add_error(
            "code", _("This code is not complete or has a typing mistake: it has 12 letters and digits.")
        )
        return _page(request, form, 404)
    context: dict[str, Any] = {"verdict": found.verdict, "claim": found.claim}
    if found.claim and (until := receipt_check.valid_until(found.claim)):
        context |= {"until": until, "is_over": until < clock.today()}
    return render(request, "portal/check.html", context, status=200 if found.claim else 404)


def _page(request: HttpRequest, form: CodeForm, status: int) -> HttpResponse:
    return render(request, "portal/check_code.html", {"form": form}, status=status)


def keys(request: HttpRequest) -> HttpResponse:
    """Return the public keys (RFC 7517): whoever has read a code checks it with them, without asking us."""
    return JsonResponse(
        public_keys(), content_type="application/jwk-set+json", headers={"Cache-Control": "max-age=300"}
    )


urlpatterns = [
    path(".well-known/receipt-keys.json", keys, name="portal-receipt-keys"),
    path("check/", ask, name="portal-check-code"),
    path("check/<str:code>/", check, name="portal-check"),
]
