"""Sign in and out, open an account, a forgotten password, another password.

What a person declares stays in the session between two pages, sealed: the session table names nobody.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from sijil.domains.accounts.types import AccountKind, Purpose, SignedIn
from sijil.domains.population_register.types import SEXES
from sijil.journeys import account_opening
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.pages import clock, kept, refusals
from sijil.pages.forms import Form, IdcsField, PartialDateField
from sijil.pages.guards import actor_of, ask_to_sign_in, desk_of, is_signed_in
from sijil.pages.labels import lazy_words
from sijil.portal import half_way, sessions

BACKEND = "sijil.pages.staying.Accounts"
TITLES = {
    Purpose.OPEN_ACCOUNT: _("Open your account"),
    Purpose.RESET_PASSWORD: _("Choose a new password"),
}
_STATE = "account_opening"


def _password_field(label: Any, autocomplete: str, **options: Any) -> forms.CharField:
    widget = forms.PasswordInput({"autocomplete": autocomplete, "dir": "ltr"})
    return forms.CharField(label=label, max_length=200, strip=False, widget=widget, **options)


class SignInForm(Form):
    """IDCS of a citizen, or login of an officer, and the password."""

    login = forms.CharField(
        label=_("IDCS or login"),
        max_length=64,
        help_text=_("Citizens: the 10 digits of your identifier. Officers: your login."),
        widget=forms.TextInput(
            {"autocomplete": "username", "dir": "ltr", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = _password_field(_("Password"), "current-password")


class ClaimForm(Form):
    """What the register compares: IDCS, birth date, sex."""

    idcs = IdcsField()
    birth_date = PartialDateField(
        birthday=True,
        label=_("Date of birth"),
        help_text=_("As on your papers. If they show only the year, leave the day and the month empty."),
    )
    sex = forms.ChoiceField(
        label=_("Sex"), widget=forms.RadioSelect, choices=[(code, lazy_words("sex", code)) for code in SEXES]
    )


class CodeForm(Form):
    """The six digits of the message."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        help_text=_("6 digits, in the message we sent."),
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr", "class": "w8 ltr"}
        ),
    )


class PasswordForm(Form):
    """A new password, twice."""

    password = _password_field(
        _("Password"),
        "new-password",
        help_text=_("10 characters or more. Several words are easy to remember and hard to guess."),
    )
    again = _password_field(_("The same password again"), "new-password")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("password") and found.get("again") and found["password"] != found["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        return found


class ChangeForm(PasswordForm):
    """The present password, then the new one twice."""

    field_order = ["present", "password", "again"]
    present = _password_field(_("Present password"), "current-password")


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let in a citizen or an officer, then go where they wanted, or to their space."""
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            signed = account_opening.sign_in(
                login=form.cleaned_data["login"],
                password=form.cleaned_data["password"],
                address=_address(request),
                needs_factor=settings.STAFF_SECOND_FACTOR,
                now=clock.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            if not signed.is_let_in:
                return redirect(half_way.remember(request, signed, wanted=_wanted(request)))
            let_in(request, signed)
            return redirect(_wanted(request) or space(signed))
    context = {"form": form, "next": _wanted(request)}
    return render(request, "portal/account/sign_in.html", context, status=_status(form))


def sign_out(request: HttpRequest) -> HttpResponse:
    """Forget who is signed in (by the button only, never by a link)."""
    if request.method == "POST":
        auth.logout(request)
    return redirect("portal-home")


@never_cache
def start(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    """First page: who are you? The answer is the same whoever asks."""
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        found = form.cleaned_data
        claim = {"idcs": found["idcs"], "birth": str(found["birth_date"]), "sex": found["sex"]}
        try:
            _ask_for_code(request, purpose, claim)
        except Refused as refused:
            form.refuse(refused)
        else:
            return redirect(_name(purpose, "code"))
    context = {"form": form, "purpose": purpose, "title": TITLES[purpose]}
    return render(request, "portal/account/start.html", context, status=_status(form))


@never_cache
@sensitive_post_parameters("code")
def code(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    """Second page: the code of the message; another one can be asked for."""
    state = _state(request, purpose)
    if "challenge" not in state:
        return redirect(_name(purpose, "start"))
    form = CodeForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        try:
            grant = account_opening.confirm_code(
                challenge_id=UUID(state["challenge"]),
                code=form.cleaned_data["code"],
                address=request.META["REMOTE_ADDR"],
                actor=actor_of(request),
                now=clock.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            _remember(request, {"purpose": purpose, "grant": grant.token})
            return redirect(_name(purpose, "password"))
    return _code_page(request, purpose, form, state)


@require_POST
def resend(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    """Another code for what was declared, if the last one is three minutes old."""
    state = _state(request, purpose)
    if "claim" not in state:
        return redirect(_name(purpose, "start"))
    try:
        _ask_for_code(request, purpose, state["claim"])
    except Refused as refused:
        messages.warning(request, str(refusals.words(refused)))
    else:
        messages.success(request, gettext("Another code was asked for."))
    return redirect(_name(purpose, "code"))


@never_cache
@sensitive_post_parameters("password", "again")
def password(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    """Third page: the password, twice; then the person is signed in."""
    state = _state(request, purpose)
    if "grant" not in state:
        return redirect(_name(purpose, "start"))
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            signed = account_opening.set_password(
                grant=state["grant"],
                password=form.cleaned_data["password"],
                language=_language(),
                now=clock.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            request.session.pop(_STATE, None)
            let_in(request, signed)
            messages.success(request, _done(purpose))
            return redirect("/my-file/")
    context = {"form": form, "purpose": purpose, "title": TITLES[purpose]}
    return render(request, "portal/account/password.html", context, status=_status(form))


@never_cache
@sensitive_post_parameters("present", "password", "again")
def change(request: HttpRequest) -> HttpResponse:
    """Another password for who is signed in; this device stays signed in, the others do not."""
    if not is_signed_in(request):
        return ask_to_sign_in(request)
    form = ChangeForm(request.POST or None)
    if form.is_valid():
        try:
            account = account_opening.change_password(
                account_id=UUID(str(request.user.pk)),
                present=form.cleaned_data["present"],
                password=form.cleaned_data["password"],
                address=_address(request),
                language=_language(),
                now=clock.now(),
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            auth.update_session_auth_hash(request, get_user_model().objects.get(pk=account.id))
            sessions.begin(request, account, now=clock.now())
            messages.success(request, gettext("Your password was changed."))
            return redirect(space(account))
    return render(request, "portal/account/change.html", {"form": form}, status=_status(form))


# -- what the pages share --------------------------------------------------------------------------


def _ask_for_code(request: HttpRequest, purpose: Purpose, claim: dict[str, str]) -> None:
    started = account_opening.start(
        purpose=purpose,
        idcs=claim["idcs"],
        birth=PartialDate.parse(claim["birth"]),
        sex=claim["sex"],
        language=_language(),
        address=_address(request),
        actor=actor_of(request),
        now=clock.now(),
    )
    state = {"purpose": purpose, "challenge": str(started.challenge_id), "claim": claim}
    _remember(
        request, state | {"until": started.expires_at.isoformat(), "resend": started.resend_at.isoformat()}
    )


def _code_page(request: HttpRequest, purpose: Purpose, form: CodeForm, state: dict[str, Any]) -> HttpResponse:
    context = {
        "form": form,
        "purpose": purpose,
        "title": TITLES[purpose],
        "until": dt.datetime.fromisoformat(state["until"]),
        "resend_at": dt.datetime.fromisoformat(state["resend"]),
        "here": _name(purpose, "code"),
        "again": _name(purpose, "resend"),
        "start": _name(purpose, "start"),
    }
    return render(request, "portal/account/code.html", context, status=_status(form))


def _done(purpose: Purpose) -> str:
    if purpose is Purpose.OPEN_ACCOUNT:
        return gettext("Your account is open.")
    return gettext("Your password was changed.")


def _remember(request: HttpRequest, state: dict[str, Any]) -> None:
    kept.keep(request, _STATE, state)


def _state(request: HttpRequest, purpose: Purpose) -> dict[str, Any]:
    """Return what the pages before kept, if it is for this purpose."""
    state = kept.read(request, _STATE)
    return state if state.get("purpose") == purpose else {}


def let_in(request: HttpRequest, signed: SignedIn) -> None:
    """Start a session (with a new key) that ends after a time without a click, and once in any case."""
    now = clock.now()
    auth.login(request, get_user_model().objects.get(pk=signed.id), backend=BACKEND)
    request.session.set_expiry(int(account_opening.idle_time(signed.kind, now=now).total_seconds()))
    sessions.begin(request, signed, now=now)


def space(signed: SignedIn) -> str:
    """Return the page where the work of an account begins."""
    if signed.kind is AccountKind.CITIZEN:
        return "/my-file/"
    return desk_of(signed.roles)


def _wanted(request: HttpRequest) -> str:
    """Return the page of ours that was wanted before signing in; another site's address is dropped."""
    address = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else ""


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


def _language() -> str:
    return get_language() or "ar"


def _address(request: HttpRequest) -> str:
    return str(request.META["REMOTE_ADDR"])


_WAYS = {Purpose.OPEN_ACCOUNT: "open", Purpose.RESET_PASSWORD: "forgotten"}


def _name(purpose: Purpose, page: str) -> str:
    return f"portal-account-{_WAYS[purpose]}-{page}"


def _pages(purpose: Purpose) -> list[Any]:
    root, given = f"account/{_WAYS[purpose]}/", {"purpose": purpose}
    return [
        path(root, start, given, name=_name(purpose, "start")),
        path(f"{root}code/", code, given, name=_name(purpose, "code")),
        path(f"{root}again/", resend, given, name=_name(purpose, "resend")),
        path(f"{root}password/", password, given, name=_name(purpose, "password")),
    ]


urlpatterns = [
    path("sign-in/", sign_in, name="portal-sign-in"),
    path("sign-out/", sign_out, name="portal-sign-out"),
    path("account/password/", change, name="portal-account-change"),
    *sessions.urlpatterns,
    *_pages(Purpose.OPEN_ACCOUNT),
    *_pages(Purpose.RESET_PASSWORD),
]
