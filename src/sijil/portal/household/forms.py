"""Forms made from the form's data: one field per question, answers kept as typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from babel.dates import format_date
from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from sijil.domains.social_register.rules import offered_options
from sijil.domains.social_register.types import Answer, FormField, Raw
from sijil.journeys.household_registration import PlaceQuestion
from sijil.pages import areas, formats
from sijil.pages.clock import today
from sijil.pages.communes import CommuneField
from sijil.pages.forms import Form, IdcsField, PartialDateField
from sijil.pages.languages import spoken
from sijil.portal.household import words

MONTHS = 3
_RADIO_UP_TO = 12


class QuestionsForm(Form):
    """Some questions with what was typed so far. Validated by the rules of the register, not here."""

    use_required_attribute = False

    def __init__(
        self, fields: Sequence[FormField], answers: Mapping[str, Raw], age: int | None = None
    ) -> None:
        super().__init__(initial=dict(answers))
        self.fields = {field.id: _question(field, age) for field in fields}
        self._errors = ErrorDict(renderer=self.renderer)

    def tell(self, field: str, message: str) -> None:
        """Show what is wrong with one answer."""
        self._errors.setdefault(field, self.error_class(renderer=self.renderer)).append(message)


class Bills(forms.MultiWidget):
    """Up to three monthly amounts, each box under the name of its month."""

    template_name = "portal/household/bills.html"
    use_fieldset = True

    def __init__(self, months: Sequence[str]) -> None:
        box = {
            "inputmode": "decimal",
            "class": "w8 ltr",
            "dir": "ltr",
            "autocomplete": "off",
            "maxlength": 12,
        }
        self.months = months
        super().__init__({str(n): forms.TextInput(box) for n in range(MONTHS)})

    def decompress(self, value: Any) -> list[str]:
        return [*(value or []), *[""] * MONTHS][:MONTHS]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        pairs = zip(context["widget"]["subwidgets"], self.months, strict=True)
        context["widget"]["months"] = [{"box": box, "month": month} for box, month in pairs]
        return context


def last_months(day: dt.date) -> list[str]:
    """Return the names of the three months before this one, the latest first."""
    first = day.replace(day=1)
    months = []
    for _n in range(MONTHS):
        first = (first - dt.timedelta(days=1)).replace(day=1)
        months.append(format_date(first, "LLLL", locale=formats.locale()))
    return months


def _question(field: FormField, age: int | None) -> forms.Field:
    common: dict[str, Any] = {
        "label": words.text(field.labels),
        "help_text": words.text(field.hints),
        "required": field.mandatory,
    }
    if field.kind == "money_month":
        boxes = tuple(forms.CharField(required=False) for _n in range(MONTHS))
        return forms.MultiValueField(boxes, widget=Bills(_months()), require_all_fields=False, **common)
    if field.options:
        return forms.ChoiceField(choices=_choices(field, age), widget=_picker(field), **common)
    return forms.CharField(widget=forms.TextInput(_INTEGER), **common)


_INTEGER = {"inputmode": "numeric", "class": "w4 ltr", "dir": "ltr", "autocomplete": "off", "maxlength": 6}


def _months() -> list[str]:
    return last_months(today())


def _choices(field: FormField, age: int | None) -> list[tuple[str, str]]:
    """Return the options for this age; those that depend on another answer of the page are all there."""
    options = offered_options(field, None, age)
    return [(option.code, words.text(option.labels)) for option in options]


def _picker(field: FormField) -> forms.Widget:
    if len(field.options) > _RADIO_UP_TO:
        return forms.Select()
    return forms.RadioSelect({"class": "yes-no"} if field.kind == "flag" else {})


def read(fields: Sequence[FormField], data: QueryDict) -> dict[str, Raw]:
    """Return what was typed for these questions; a question that the page did not send is left out."""
    return {field.id: raw for field in fields if (raw := _raw(field, data)) is not None}


def read_changed(
    fields: Sequence[FormField], data: QueryDict, answers: Mapping[str, Answer]
) -> dict[str, Raw]:
    """Return the one answer that a script sent after a change; one bill of three joins the others."""
    changed = data.get("_field", "")
    for field in fields:
        if field.id == changed:
            return {field.id: data.get(changed, "")}
        if field.kind == "money_month" and changed.startswith(f"{field.id}_"):
            return {field.id: _with_bill(field, changed, data, answers)}
    return {}


def _raw(field: FormField, data: QueryDict) -> Raw | None:
    if field.kind != "money_month":
        return data.get(field.id)
    names = [f"{field.id}_{n}" for n in range(MONTHS)]
    return [data.get(name, "").strip() for name in names] if any(n in data for n in names) else None


def _with_bill(field: FormField, changed: str, data: QueryDict, answers: Mapping[str, Answer]) -> list[str]:
    stored = answers[field.id].raw if field.id in answers else []
    bills = [*([stored] if isinstance(stored, str) else stored), *[""] * MONTHS][:MONTHS]
    place = changed.rsplit("_", 1)[-1]
    if place in ("0", "1", "2"):
        bills[int(place)] = data.get(changed, "").strip()
    return bills


class CommuneForm(Form):
    """The commune of the dwelling, by its name."""

    commune = CommuneField(
        label=_("Commune"), error_messages={"required": _("Write the name of your commune.")}
    )

    def clean_commune(self) -> str:
        code: str = self.cleaned_data["commune"]
        if not code:
            raise forms.ValidationError(self.fields["commune"].error_messages["required"], code="required")
        return code


class AreaForm(Form):
    """In which part of its commune a household lives."""

    area = forms.ChoiceField(
        widget=forms.RadioSelect,
        help_text=_("The census counts one part of this commune as urban and the other as rural."),
        error_messages={"required": _("Say in which part of the commune the household lives.")},
    )

    def __init__(self, asked: PlaceQuestion, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centres = [centre.name(spoken()) for centre in asked.centres]
        field: Any = self.fields["area"]
        field.label = areas.question(asked.kind, centres)
        field.choices = list(areas.answers(asked.kind, centres).items())


class AddMemberForm(Form):
    """The two things that together show that a person is known to the declarant."""

    idcs = IdcsField()
    birth = PartialDateField(
        label=_("Birth date"),
        help_text=_("As on their papers. If only the year is known, leave the day and the month empty."),
    )


class SendForm(Form):
    """The two statements to tick before sending."""

    accept_law = forms.BooleanField(
        label=_(
            "I declare that these answers are true. I know that a false declaration is punished by a fine "
            "and that the aid received must be paid back."
        ),
        error_messages={"required": _("Tick this statement to send your file.")},
    )
    accept_info = forms.BooleanField(
        label=_(
            "I agree that these answers are compared with the records of other administrations, "
            "and that the programmes I may benefit from read them (laws 72.18 and 09.08)."
        ),
        error_messages={"required": _("Tick this statement to send your file.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @classmethod
    def refused(cls, version: int, sentence: str) -> SendForm:
        """Return the form with a refusal, for the answers as they are now; both boxes are to tick again."""
        form = cls({"version": version})
        form.full_clean()
        form.errors.clear()
        form.add_error(None, sentence)
        return form
