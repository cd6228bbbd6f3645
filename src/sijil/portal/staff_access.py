"""Staff come in: the one-time link, the telephone as second factor, waiting for the second signature."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from sijil.domains.accounts.types import SignedIn, Wants
from sijil.journeys import staff_sign_in
from sijil.kernel.errors import Refused
from sijil.pages import clock, kept, refusals
from sijil.pages.forms import Form
from sijil.pages.guards import is_signed_in
from sijil.portal import half_way
from sijil.portal.accounts import CodeForm, PasswordForm, let_in, space

_LINK = "one_time_link"


class NamedPasswordForm(PasswordForm):
    """The first two administrators also say what they are called."""

    field_order = ["name", "password", "again"]
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        help_text=_("First name and last name, as colleagues know you."),
        widget=forms.TextInput({"autocomplete": "name"}),
    )


class TelephoneForm(CodeForm):
    """The six digits that the telephone shows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("6 digits, in the authenticator application of your telephone.")


@never_cache
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address, where the browser would keep it. Raises: Refused(LINK_INVALID)."""
    staff_sign_in.read_link(token=token, now=clock.now())
    kept.keep(request, _LINK, {"token": token})
    return redirect("portal-link-password")


@never_cache
@sensitive_post_parameters("password", "again")
def use_link(request: HttpRequest) -> HttpResponse:
    """Choose the password, twice; opening the page uses nothing up. Raises: Refused(LINK_INVALID)."""
    token = kept.read(request, _LINK).get("token", "")
    login, is_first = staff_sign_in.read_link(token=token, now=clock.now())
    form = (NamedPasswordForm if is_first else PasswordForm)(request.POST or None)
    if form.is_valid():
        try:
            signed = staff_sign_in.use_link(
                token=token,
                password=form.cleaned_data["password"],
                name=form.cleaned_data.get("name", ""),
                now=clock.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            request.session.pop(_LINK, None)
            wants = Wants.FACTOR if settings.STAFF_SECOND_FACTOR else Wants.ACTIVATION
            return redirect(half_way.remember(request, replace(signed, wants=wants)))
    context = {"form": form, "login": login}
    return render(request, "portal/staff/password.html", context, status=_status(form))


@never_cache
@sensitive_post_parameters("code")
def add_telephone(request: HttpRequest) -> HttpResponse:
    """Show the secret as a QR code and in letters; take the first code of the telephone."""
    who = half_way.recall(request, Wants.FACTOR) or _signed_in(request)
    if who is None:
        return redirect("portal-sign-in")
    try:
        enrolment = staff_sign_in.begin_factor(account_id=who.account_id, round_=who.round, now=clock.now())
    except Refused:
        return redirect(space_of(request))
    form = TelephoneForm(request.POST or None)
    if form.is_valid():
        done = _prove(request, who, form)
        if done is not None:
            return done
    qr = segno.make(enrolment.address, error="m", micro=False)
    context = {
        "form": form,
        "login": who.login,
        "qr": qr.svg_data_uri(scale=5, border=3, light="#fff", dark="#000"),
        "secret": [enrolment.secret[i : i + 4] for i in range(0, len(enrolment.secret), 4)],
    }
    return render(request, "portal/staff/telephone.html", context, status=_status(form))


@never_cache
@sensitive_post_parameters("code")
def type_code(request: HttpRequest) -> HttpResponse:
    """The second page of the sign-in of staff: the code that the telephone shows now."""
    who = half_way.recall(request, Wants.CODE)
    if who is None:
        return redirect("portal-sign-in")
    form = TelephoneForm(request.POST or None)
    if form.is_valid():
        done = _prove(request, who, form)
        if done is not None:
            return done
    return render(request, "portal/staff/code.html", {"form": form}, status=_status(form))


@never_cache
def wait(request: HttpRequest) -> HttpResponse:
    """All is proved; a second administrator activates the account. The first two activate each other here."""
    who = half_way.recall(request, Wants.ACTIVATION)
    if who is None:
        return redirect("portal-sign-in")
    if request.method == "POST":
        return _activate(request, who)
    found = staff_sign_in.find_waiting(account_id=who.account_id, round_=who.round, now=clock.now())
    if found is None:
        return redirect("portal-sign-in")
    if found.is_let_in:
        return _finish(request, found)
    other = staff_sign_in.find_other_first(who.login)
    return render(request, "portal/staff/waiting.html", {"login": who.login, "other": other})


def _activate(request: HttpRequest, who: half_way.HalfWay) -> HttpResponse:
    try:
        staff_sign_in.activate_other(account_id=who.account_id, round_=who.round, now=clock.now())
    except Refused as refused:
        messages.warning(request, str(refusals.words(refused)))
    else:
        messages.success(request, gettext("The other administrator is active, and can activate you now."))
    return redirect("portal-waiting")


def _prove(request: HttpRequest, who: half_way.HalfWay, form: Form) -> HttpResponse | None:
    """Take a code; a refusal stays on the form."""
    is_in = is_signed_in(request)
    try:
        signed = staff_sign_in.prove_factor(
            account_id=who.account_id,
            login=who.login,
            round_=who.round,
            code=form.cleaned_data["code"],
            address=request.META["REMOTE_ADDR"],
            is_signed_in=is_in and who.wants is Wants.NOTHING,
            now=clock.now(),
        )
    except Refused as refused:
        form.refuse(refused)
        return None
    if who.wants is Wants.NOTHING:
        messages.success(request, gettext("Your telephone was added. Its code is asked for at each sign-in."))
        return redirect(space(signed))
    return _finish(request, signed, wanted=who.wanted)


def _finish(request: HttpRequest, signed: SignedIn, *, wanted: str = "") -> HttpResponse:
    """Let in who is through; send who waits to the page that says for whom."""
    if not signed.is_let_in:
        return redirect(half_way.remember(request, signed))
    half_way.forget(request)
    let_in(request, signed)
    return redirect(wanted or space(signed))


def _signed_in(request: HttpRequest) -> half_way.HalfWay | None:
    """Return a member of staff who is in already and adds a telephone."""
    if not is_signed_in(request) or getattr(request.user, "kind", "") != "staff":
        return None
    user: Any = request.user
    return half_way.HalfWay(UUID(str(user.pk)), user.session_round, user.login, Wants.NOTHING, "")


def space_of(request: HttpRequest) -> str:
    """Return where to go from a page that has nothing to do for this person."""
    return "backoffice-home" if is_signed_in(request) else "portal-sign-in"


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


urlpatterns = [
    path("account/link/", use_link, name="portal-link-password"),
    path("account/link/<str:token>/", open_link, name="portal-link"),
    path("account/telephone/", add_telephone, name="portal-telephone"),
    path("account/telephone/code/", type_code, name="portal-telephone-code"),
    path("account/waiting/", wait, name="portal-waiting"),
]
