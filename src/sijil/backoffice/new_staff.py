"""Asking for an account of staff, one thing a page: what the person may, where, who and how long, check."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext_lazy as _

from sijil.backoffice.staff import administrator, area_name, role_names, show_once
from sijil.domains.accounts import rules
from sijil.domains.accounts.types import Role
from sijil.journeys import staff_accounts as journey
from sijil.kernel.actors import COUNTRY
from sijil.kernel.errors import Refused
from sijil.pages import clock, kept
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of
from sijil.pages.languages import said

_STATE = "new_staff"


class RolesForm(Form):
    """What the person may; beside each role stands what it allows."""

    roles = forms.MultipleChoiceField(
        label=_("What may this person do?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["roles"]
        field.choices = [(role.value, role.value) for role in Role]


class PersonForm(Form):
    """Who it is, and for how long."""

    name = forms.CharField(
        label=_("Name of the person"),
        max_length=120,
        help_text=_("First name and last name, as colleagues know the person."),
    )
    login = forms.CharField(
        label=_("Login"),
        max_length=64,
        help_text=_("Small letters, digits, dots or dashes, for example s.alami. It is never changed."),
        widget=forms.TextInput(
            {"dir": "ltr", "autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    starts_on = forms.DateField(
        label=_("First day"), widget=forms.DateInput({"type": "date", "class": "w12"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("The end of the contract or of the mission; empty: no end is set."),
        widget=forms.DateInput({"type": "date", "class": "w12"}, format="%Y-%m-%d"),
    )


@administrator
def choose_roles(request: HttpRequest) -> HttpResponse:
    """First page: the roles."""
    form = RolesForm(request.POST if request.method == "POST" else None, initial=_draft(request))
    if request.method == "POST" and form.is_valid():
        try:
            journey.check_roles(tuple(form.cleaned_data["roles"]), day=clock.today())
        except Refused as refused:
            form.refuse(refused)
        else:
            _keep(request, roles=form.cleaned_data["roles"])
            return redirect("backoffice-staff-area")
    body = rules.roles_on(clock.today())
    chosen = form["roles"].value() or []
    context = {"form": form, "roles": [_role(code, body, code in chosen) for code in body.roles]}
    return render(request, "backoffice/staff/roles.html", context, status=_status(form))


def _role(code: str, body: rules.Roles, is_chosen: bool) -> dict[str, Any]:
    role = body.roles[code]
    others = {other for pair in body.apart if code in pair.roles for other in pair.roles} - {code}
    return {
        "code": code,
        "name": said(role.name),
        "may": [said(words) for words in role.may],
        "is_alone": role.alone,
        "apart": [said(body.roles[other].name) for other in sorted(others)],
        "is_chosen": is_chosen,
    }


@administrator
def choose_area(request: HttpRequest) -> HttpResponse:
    """Second page: from the country down to one centre; what the roles allow can be chosen."""
    draft = _draft(request)
    levels = _levels(draft)
    if not levels:
        return redirect("backoffice-staff-new")
    choice = journey.list_choices(request.GET.get("in", COUNTRY))
    if request.method == "POST" and choice.area.level in levels:
        _keep(request, area=choice.area.code)
        return redirect("backoffice-staff-person")
    order = list(rules.Level)
    goes_down = order.index(levels[-1]) > order.index(choice.area.level)
    context = {
        "here": area_name(choice.area),
        "above": [(area.code, area_name(area)) for area in choice.above],
        "inside": [(area.code, area_name(area)) for area in choice.inside] if goes_down else [],
        "is_possible": choice.area.level in levels,
        "roles": role_names(tuple(draft["roles"]), clock.today()),
    }
    return render(request, "backoffice/staff/area.html", context)


@administrator
def say_person(request: HttpRequest) -> HttpResponse:
    """Third page: name, login, days."""
    draft = _draft(request)
    if not draft.get("area"):
        return redirect("backoffice-staff-area")
    initial = {"starts_on": clock.today(), **draft}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        days = {name: form.cleaned_data[name] for name in ("starts_on", "until")}
        _keep(request, name=form.cleaned_data["name"], login=form.cleaned_data["login"].strip().lower())
        _keep(request, **{name: day.isoformat() if day else "" for name, day in days.items()})
        return redirect("backoffice-staff-check")
    return render(request, "backoffice/staff/person.html", {"form": form}, status=_status(form))


@administrator
def check(request: HttpRequest) -> HttpResponse:
    """Fourth page: everything once more; then the account is asked for, and its link is shown."""
    draft = _draft(request)
    if not draft.get("login"):
        return redirect("backoffice-staff-person")
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        form.is_valid()
        try:
            made = _request(request, draft)
        except Refused as refused:
            form.refuse(refused)
        else:
            kept.take(request, _STATE)
            return show_once(request, made)
    context = {
        "form": form,
        "draft": draft,
        "roles": role_names(tuple(draft["roles"]), clock.today()),
        "area": area_name(journey.read_area(draft["area"])),
        "starts_on": dt.date.fromisoformat(draft["starts_on"]),
        "until": dt.date.fromisoformat(draft["until"]) if draft["until"] else None,
        "has_factor": settings.STAFF_SECOND_FACTOR,
    }
    return render(request, "backoffice/staff/check.html", context, status=_status(form))


def _request(request: HttpRequest, draft: dict[str, Any]) -> Any:
    return journey.request(
        login=draft["login"],
        name=draft["name"],
        roles=tuple(draft["roles"]),
        area=draft["area"],
        starts_on=dt.date.fromisoformat(draft["starts_on"]),
        until=dt.date.fromisoformat(draft["until"]) if draft["until"] else None,
        actor=actor_of(request),
        now=clock.now(),
    )


def _levels(draft: dict[str, Any]) -> tuple[rules.Level, ...]:
    try:
        return journey.check_roles(tuple(draft.get("roles", ())), day=clock.today())
    except Refused:
        return ()


def _draft(request: HttpRequest) -> dict[str, Any]:
    return kept.read(request, _STATE)


def _keep(request: HttpRequest, **more: Any) -> None:
    kept.keep(request, _STATE, _draft(request) | more)


def _status(form: Form) -> int:
    return 422 if form.is_bound and form.errors else 200


urlpatterns = [
    path("", choose_roles, name="backoffice-staff-new"),
    path("area/", choose_area, name="backoffice-staff-area"),
    path("person/", say_person, name="backoffice-staff-person"),
    path("check/", check, name="backoffice-staff-check"),
]
