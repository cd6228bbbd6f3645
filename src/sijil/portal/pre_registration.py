"""Pre-registration: one question per page, kept sealed page by page, checked once more at the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sijil.domains.appointments import queries as appointments
from sijil.domains.geography import queries as geography
from sijil.domains.population_register.types import Channel
from sijil.journeys import person_enrolment, person_papers, tracking
from sijil.kernel.errors import Refused
from sijil.pages import clock, formats, refusals, throttle
from sijil.pages.forms import Form
from sijil.pages.guards import actor_of
from sijil.pages.person_forms import IDENTITY_FORMS, PAPER_NAMES, identity_of

STEPS = ("names", "birth", "place", "contact", "papers", "centre", "slot")
TITLES = {
    "names": _("What is your name?"),
    "birth": _("When were you born?"),
    "place": _("Where do you live?"),
    "contact": _("How can we reach you?"),
    "papers": _("Your identity paper"),
    "centre": _("Choose a centre"),
    "slot": _("Choose a day and an hour"),
}
_KEY = "pre_registration"
_PAGES = {name: page for page, form in IDENTITY_FORMS.items() for name in form.base_fields} | {
    "slot_id": "slot",
    "slot": "slot",
    "centre": "centre",
}


class CentreForm(Form):
    """The centres that serve the commune."""

    centre = forms.ChoiceField(label=_("Choose a centre"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, commune_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "ar"
        centres = appointments.list_centres(commune_code)
        self.fields["centre"].choices = [(c.code, c.name(language)) for c in centres]  # type: ignore[attr-defined]


class SlotForm(Form):
    """The free hours of the next two weeks, day by day."""

    slot = forms.ChoiceField(label=_("Choose a day and an hour"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, centre_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slots = appointments.list_free_slots(centre_code, now=clock.now()) if centre_code else []
        self.fields["slot"].choices = [(s.id, f"{s.at:%H:%M}") for s in slots]  # type: ignore[attr-defined]
        self.days = [(day, list(found)) for day, found in groupby(slots, key=lambda s: s.on)]


def start(request: HttpRequest) -> HttpResponse:
    """What you need and how long it takes; going on opens a draft (or goes back to the one begun)."""
    if request.method == "POST":
        now = clock.now()
        throttle.take("pre_registration", request.META["REMOTE_ADDR"], now=now)
        if "again" in request.POST or _find_draft(request) is None:
            request.session[_KEY] = person_enrolment.start_draft(now=now)
        return redirect("portal-pre-registration-step", step=_first_open(_find_draft(request) or {}))
    return render(request, "portal/pre_registration/start.html", {"begun": _find_draft(request)})


def step(request: HttpRequest, step: str) -> HttpResponse:
    """Show or keep one page. What was typed is kept even when it is refused."""
    draft = _find_draft(request)
    if draft is None or step not in STEPS:
        return redirect("portal-pre-registration")
    form = _form(step, draft, request)
    if request.method == "POST":
        _keep(request, draft, form)
        if form.is_valid() and _receive_picture(request, form):
            back = "check" in request.GET
            following = STEPS[STEPS.index(step) + 1 :][:1]
            if back or not following:
                return redirect("portal-pre-registration-check")
            return redirect("portal-pre-registration-step", step=following[0])
    context = {
        "form": form,
        "step": step,
        "steps": STEPS,
        "title": TITLES[step],
        "position": STEPS.index(step) + 1,
        "documents": person_enrolment.list_papers(_number(request)) if step == "papers" else [],
        "back": STEPS[STEPS.index(step) - 1] if step != STEPS[0] else "",
        "draft": draft,
    }
    page = step if step in ("place", "slot", "names") else "step"
    status = 422 if form.is_bound and form.errors else 200
    return render(request, f"portal/pre_registration/{page}.html", context, status=status)


def check(request: HttpRequest) -> HttpResponse:
    """Every answer with its way back; sending books the slot and gives the number."""
    draft = _find_draft(request)
    if draft is None and person_enrolment.is_submitted(_number(request)):  # a second click
        return _sent(request, _number(request))
    if draft is None:
        return redirect("portal-pre-registration")
    cleaned: dict[str, Any] = {}
    for name in STEPS:
        form = _form(name, draft)
        if not form.is_valid():
            return redirect("portal-pre-registration-step", step=name)
        cleaned |= form.cleaned_data
    context: dict[str, Any] = {
        "rows": _rows(cleaned),
        "documents": person_enrolment.list_papers(_number(request)),
    }
    if request.method == "POST":
        if "accept" not in request.POST:
            context["missing_accept"] = True
            return render(request, "portal/pre_registration/check.html", context, status=422)
        return _send(request, cleaned, context)
    return render(request, "portal/pre_registration/check.html", context)


def _send(request: HttpRequest, cleaned: Mapping[str, Any], context: dict[str, Any]) -> HttpResponse:
    try:
        number = person_enrolment.pre_register(
            identity=identity_of(cleaned),
            slot_id=cleaned["slot"],
            number=_number(request),
            language=cleaned["language"],
            channel=Channel.PORTAL,
            actor=actor_of(request),
            now=clock.now(),
        )
    except Refused as refused:
        context["refused"] = [_told(one) for one in (refused, *refused.also)]
        return render(request, "portal/pre_registration/check.html", context, status=409)
    return _sent(request, number)


def _told(refused: Refused) -> dict[str, Any]:
    """Return what was refused at the end, with the question it concerns and the page that asks it."""
    page = _PAGES.get(refused.field or "", "")
    fields: Any = IDENTITY_FORMS[page].base_fields if page in IDENTITY_FORMS else {}
    label = fields[refused.field].label if refused.field in fields else TITLES.get(page, "")
    return {"words": refusals.words(refused), "page": page, "label": label}


def _sent(request: HttpRequest, number: str) -> HttpResponse:
    request.session.pop(_KEY, None)
    request.session["pre_registered"] = number
    return redirect("portal-pre-registration-done")


def done(request: HttpRequest) -> HttpResponse:
    """The number in large type, the appointment, what to bring, what happens next."""
    number = request.session.get("pre_registered")
    if not number:
        return redirect("portal-pre-registration")
    tracked = tracking.find_request(number, now=clock.now())
    return render(
        request, "portal/pre_registration/done.html", {"tracked": tracked, "papers": PAPER_NAMES.values()}
    )


def slip(request: HttpRequest) -> HttpResponse:
    """The appointment slip as PDF, in Arabic and French."""
    number = request.session.get("pre_registered")
    if not number:
        return redirect("portal-pre-registration")
    return pdf_response(
        person_papers.render_appointment(number, actor=actor_of(request), now=clock.now()), number
    )


def pdf_response(content: bytes, number: str) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="sijil-{number}.pdf"'
    return answer


def _form(name: str, draft: Mapping[str, Any], request: HttpRequest | None = None) -> Form:
    """Return the form of a page: bound to what is sent, or to the draft when it is being checked."""
    sent = request is not None and request.method == "POST"
    data: Any = request.POST if sent and request else draft
    files = request.FILES if sent and request else None
    options = _options(name, draft, request)
    form_class: Any = {"centre": CentreForm, "slot": SlotForm, **IDENTITY_FORMS}[name]
    if request is not None and not sent:
        return form_class(initial=_initial(form_class, draft), **options)  # type: ignore[no-any-return]
    return form_class(data, files, **options)  # type: ignore[no-any-return]


def _options(name: str, draft: Mapping[str, Any], request: HttpRequest | None) -> dict[str, str]:
    if name == "place":
        typed: Mapping[str, Any] = {
            **draft,
            **(dict(request.GET.items()) | dict(request.POST.items()) if request else {}),
        }
        return {"region": typed.get("region", ""), "province": typed.get("province", "")}
    if name == "centre":
        return {"commune_code": draft.get("commune_code", "")}
    return {"centre_code": draft.get("centre", "")} if name == "slot" else {}


def _initial(form_class: type[Form], draft: Mapping[str, str]) -> dict[str, Any]:
    initial: dict[str, Any] = {"language": get_language() or "ar", "nationality": "moroccan", **draft}
    if any(key.startswith("birth_") for key in draft):
        initial["birth"] = [draft.get(f"birth_{part}", "") for part in ("day", "month", "year")]
    return initial


def _keep(request: HttpRequest, draft: dict[str, str], form: Form) -> None:
    typed = {k: v for k, v in request.POST.items() if k.startswith(tuple(form.fields)) and k != "birth"}
    if typed.get("commune_code", draft.get("commune_code")) != draft.get("commune_code"):
        typed |= {"centre": "", "slot": ""}
    draft |= person_enrolment.save_draft(number=_number(request), values=typed, now=clock.now())  # type: ignore[arg-type]


def _receive_picture(request: HttpRequest, form: Form) -> bool:
    """Keep an uploaded paper with the draft; a refused file is said on the field."""
    picture = form.cleaned_data.get("picture")
    if not picture:
        return True
    paper = person_enrolment.Paper(form.cleaned_data["paper_kind"], picture.name, picture.read())
    try:
        person_enrolment.add_paper(
            number=_number(request), paper=paper, actor=actor_of(request), now=clock.now()
        )
    except Refused as refused:
        refused.field = "picture"
        form.refuse(refused)
        return False
    return True


def _rows(cleaned: Mapping[str, Any]) -> list[tuple[Any, Any, str]]:
    """Return (question, answer, page) of the check page."""
    language = get_language() or "ar"
    commune = geography.get_commune(cleaned["commune_code"])
    centre = appointments.get_centre(cleaned["centre"])
    fields: Any = IDENTITY_FORMS["birth"].base_fields
    sexes, nationalities = (dict(fields[name].choices) for name in ("sex", "nationality"))
    day, _at, hour = cleaned["slot"].rpartition("@")[2].partition("T")
    return [
        (_("Name in Arabic"), f"{cleaned['first_name_ar']} {cleaned['last_name_ar']}", "names"),
        (_("Name in French"), f"{cleaned['first_name_fr']} {cleaned['last_name_fr']}", "names"),
        (_("Date of birth"), formats.date_long(cleaned["birth"]), "birth"),
        (_("Sex"), sexes[cleaned["sex"]], "birth"),
        (_("Nationality"), nationalities[cleaned["nationality"]], "birth"),
        (_("Address"), f"{cleaned['address']} · {commune.name(language)}", "place"),
        (_("Telephone"), cleaned["phone"], "contact"),
        (_("E-mail"), cleaned["email"], "contact"),
        (_("Paper"), f"{PAPER_NAMES[cleaned['paper_kind']]} {cleaned['paper_number']}", "papers"),
        (_("Centre"), centre.name(language), "centre"),
        (_("Your appointment"), f"{formats.date_long(dt.date.fromisoformat(day))} · {hour}", "slot"),
    ]


def _number(request: HttpRequest) -> str:
    return str(request.session.get(_KEY, ""))


def _find_draft(request: HttpRequest) -> dict[str, str] | None:
    return person_enrolment.find_draft(_number(request))


def _first_open(draft: Mapping[str, str]) -> str:
    return next((name for name in STEPS if not _form(name, draft).is_valid()), STEPS[-1])


urlpatterns = [
    path("pre-registration/", start, name="portal-pre-registration"),
    path("pre-registration/check/", check, name="portal-pre-registration-check"),
    path("pre-registration/done/", done, name="portal-pre-registration-done"),
    path("pre-registration/slip.pdf", slip, name="portal-pre-registration-slip"),
    path("pre-registration/<str:step>/", step, name="portal-pre-registration-step"),
]
