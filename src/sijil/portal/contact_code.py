"""The page between the answers and the sending: the code that proves the telephone or the e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from sijil.kernel.clean import show_phone
from sijil.kernel.errors import Refused
from sijil.pages import refusals
from sijil.pages.guards import post_only
from sijil.portal import contact_proof, pre_registration
from sijil.portal.accounts import CodeForm

_CHECK = "portal-pre-registration-check"


@never_cache
@sensitive_post_parameters("code")
def code(request: HttpRequest) -> HttpResponse:
    """Type the code; the form that was accepted is sent at once."""
    if answer := pre_registration.turned_away(request):
        return answer
    asked = contact_proof.recall(request)
    if asked is None or asked.answers != pre_registration.digest(request):
        return redirect(_CHECK)  # nothing was asked for, or the answers are others than those accepted
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            contact_proof.confirm(request, asked, form.cleaned_data["code"])
        except Refused as refused:
            if answer := pre_registration.turned_away(request):  # the first of two clicks has sent it
                return answer
            form.refuse(refused)
        else:
            return pre_registration.send(request)
    context = {
        "form": form,
        "asked": asked,
        "shown": asked.contact if "@" in asked.contact else show_phone(asked.contact, get_language() or "ar"),
        "is_email": "@" in asked.contact,
        "bound_to": pre_registration.bound_to(request),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "portal/pre_registration/code.html", context, status=status)


@post_only("portal-pre-registration-code")
def again(request: HttpRequest) -> HttpResponse:
    """Another code, if the last one is three minutes old."""
    if answer := pre_registration.turned_away(request):
        return answer
    asked = contact_proof.recall(request)
    if asked is None:
        return redirect(_CHECK)
    try:
        contact_proof.ask(request, phone=asked.phone, email=asked.email, answers=asked.answers, anew=True)
    except Refused as refused:
        messages.warning(request, str(refusals.words(refused)))
    else:
        messages.success(request, gettext("Another code was asked for."))
    return redirect("portal-pre-registration-code")


urlpatterns = [
    path("pre-registration/code/", code, name="portal-pre-registration-code"),
    path("pre-registration/code/again/", again, name="portal-pre-registration-code-again"),
]
