"""Accounts of staff: the list, one account, asking for one in four short pages, and what ends or begins it.

Who asks is shown the one-time link once, and hands it over; another administrator activates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from sijil.domains.accounts import rules
from sijil.domains.accounts.errors import ACCOUNT_MISSING
from sijil.domains.accounts.states import REASONS, STAFF
from sijil.domains.accounts.types import Invitation, StaffAccount, StaffStep
from sijil.journeys import staff_accounts as journey
from sijil.kernel.errors import Refused
from sijil.pages import clock, kept
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of, role_required
from sijil.pages.labels import file_state_words
from sijil.pages.languages import said, spoken
from sijil.pages.paging import by_key

administrator = role_required("administrator")
PAGE = 50
_LINK = "staff_link"

STEPS = {
    "request": gettext_noop("Asked for"),
    "load": gettext_noop("Made with the demonstration"),
    "activate": gettext_noop("Activated"),
    "ask_anew": gettext_noop("Asked for anew"),
    "suspend": gettext_noop("Account suspended"),
    "close": gettext_noop("Account closed"),
}
ACTIONS = {
    "activate": gettext_noop("Activate the account"),
    "ask_anew": gettext_noop("Give a new link"),
    "suspend": gettext_noop("Suspend the account"),
    "close": gettext_noop("Close the account"),
}
CONSEQUENCES = {
    "activate": gettext_noop(
        "Make sure that it is the person you expect. From then on the person can sign in."
    ),
    "ask_anew": gettext_noop(
        "The password, the telephone and every session of the account end now. Another administrator "
        "activates it again, once the link was used."
    ),
    "suspend": gettext_noop("Every session of the account ends now. It can be asked for anew later."),
    "close": gettext_noop("Every session of the account ends now, and it is never opened again."),
}
DONE = {
    "activate": gettext_noop("The account is active."),
    "suspend": gettext_noop("The account is suspended, and its sessions have ended."),
    "close": gettext_noop("The account is closed, and its sessions have ended."),
}


TONES = {"requested": "wait", "active": "good", "suspended": "bad", "closed": "plain"}


class ReasonForm(Form):
    """Why an account is suspended or closed."""

    reason = forms.ChoiceField(
        label=_("Why?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["reason"]
        field.choices = [(code, said(reason)) for code, reason in REASONS.items()]


class AnewForm(Form):
    """Another last day, if there is to be one."""

    until = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("Leave it empty to keep the present one."),
        widget=forms.DateInput({"type": "date", "class": "w12"}),
    )


FORMS: Mapping[str, type[Form]] = {
    "activate": Form,
    "ask_anew": AnewForm,
    "suspend": ReasonForm,
    "close": ReasonForm,
}


@administrator
def show_list(request: HttpRequest) -> HttpResponse:
    """The accounts by login; those that are closed when they are asked for. Each is written down as read."""
    closed = request.GET.get("closed") == "1"
    page = by_key(
        lambda after, limit: journey.list_accounts(
            closed=closed, after=after or "", limit=limit, actor=actor_of(request), now=clock.now()
        ),
        after=request.GET.get("after"),
        key_of=lambda account: account.login,
        size=PAGE,
    )
    lines = [_line(account) for account in page.rows]
    query = "closed=1" if closed else ""
    context = {"page": page, "lines": lines, "closed": closed, "page_query": query}
    return render(request, "backoffice/staff/list.html", context)


@administrator
def show(request: HttpRequest, login: str) -> HttpResponse:
    """One account: what it reaches, its steps, what may be done with it."""
    found, steps = journey.get_account(login=login, actor=actor_of(request), now=clock.now())
    context = {
        "line": _line(found),
        "account_shown": found,
        "actions": [(action, gettext(ACTIONS[action])) for action in ACTIONS if action in found.may],
        "steps": [_step(step) for step in steps],
    }
    return render(request, "backoffice/staff/account.html", context)


@administrator
def act(request: HttpRequest, login: str, action: str) -> HttpResponse:
    """Say what a step does, then take it. Raises: Refused(ACCOUNT_MISSING) for a step that is none."""
    if action not in ACTIONS:
        raise Refused(ACCOUNT_MISSING)
    form = FORMS[action](request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _act(request, login, action, form.cleaned_data)
        except Refused as refused:
            form.refuse(refused)
    found, _steps = journey.get_account(login=login, actor=actor_of(request), now=clock.now())
    context = {
        "line": _line(found),
        "account_shown": found,
        "form": form,
        "title": gettext(ACTIONS[action]),
        "consequence": gettext(CONSEQUENCES[action]),
        "is_danger": action in ("suspend", "close"),
        "is_open": action in found.may,
    }
    return render(request, "backoffice/staff/act.html", context, status=422 if form.errors else 200)


def _act(request: HttpRequest, login: str, action: str, told: Mapping[str, Any]) -> HttpResponse:
    by: dict[str, Any] = {"login": login, "actor": actor_of(request), "now": clock.now()}
    if action == "ask_anew":
        return show_once(request, journey.ask_anew(until=told["until"], **by))
    simple: dict[str, Callable[..., None]] = {
        "activate": journey.activate,
        "suspend": journey.suspend,
        "close": journey.close,
    }
    simple[action](**by, **told)
    messages.success(request, gettext(DONE[action]))
    return redirect("backoffice-staff-account", login)


def show_once(request: HttpRequest, made: Invitation) -> HttpResponse:
    """Keep a link for one look, so that the page with it is no answer to a form that could be sent again."""
    state = {"login": made.login, "token": made.token, "until": made.expires_at.isoformat()}
    kept.keep(request, _LINK, state)
    return redirect("backoffice-staff-link")


@never_cache
@administrator
def show_link(request: HttpRequest) -> HttpResponse:
    """The one-time link, at its first and only look."""
    state = kept.take(request, _LINK)
    if not state:
        return redirect("backoffice-staff")
    context = {
        "login": state["login"],
        "link": request.build_absolute_uri(reverse("portal-link", args=[state["token"]])),
        "until": dt.datetime.fromisoformat(state["until"]),
    }
    return render(request, "backoffice/staff/link.html", context)


def role_names(roles: tuple[str, ...], day: dt.date) -> str:
    """Return the roles in words."""
    known = rules.roles_on(day).roles
    return ", ".join(said(known[role].name) if role in known else role for role in roles)


def area_name(area: journey.Area) -> str:
    """Return the area in words."""
    return area.name(spoken()) or (gettext("The whole country") if area.code == "country" else area.code)


def _line(found: StaffAccount) -> dict[str, Any]:
    is_over = found.state == "active" and not found.is_in_force
    return {
        "login": found.login,
        "name": found.name,
        "roles": role_names(found.reach.roles, clock.today()),
        "area": area_name(journey.area_of(found.reach)),
        "starts_on": found.reach.starts_on,
        "until": found.reach.until,
        "state": gettext("Outside its days") if is_over else file_state_words(STAFF, found.state),
        "tone": "bad" if is_over else TONES[found.state],
    }


def _step(step: StaffStep) -> dict[str, Any]:
    reason = said(REASONS[step.reason]) if step.reason in REASONS else ""
    words = gettext(STEPS[step.action]) if step.action in STEPS else step.action
    return {"words": words, "by": step.by, "at": step.at, "reason": reason}


urlpatterns = [
    path("", show_list, name="backoffice-staff"),
    path("link/", show_link, name="backoffice-staff-link"),
    path("account/<str:login>/", show, name="backoffice-staff-account"),
    path("account/<str:login>/<slug:action>/", act, name="backoffice-staff-act"),
]
