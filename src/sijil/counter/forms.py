"""Forms of the counter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sijil.domains.population_register.rules import PersonField, compared_of, form_of, reason_words, values_of
from sijil.domains.population_register.states import COUNTER_REASONS, PAPER_REASONS
from sijil.domains.population_register.types import Identity
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.pages.forms import Form
from sijil.pages.languages import spoken
from sijil.pages.person_forms import PersonPage, current_form, shown


class PaperValuesForm(PersonPage):
    """What the paper says, line by line: a tick where it says what the form says, else what it says instead.

    Nothing is filled in before: an officer who looked at no line has certified nothing.
    """

    def __init__(self, identity: Identity, data: Any = None) -> None:
        form, values = form_of(identity), values_of(identity)
        asked, self.typed = compared_of(identity), data
        said = None if data is None else _said(asked, values, data)
        super().__init__(said, form=form, asked=asked, known=values)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.RadioSelect):
                self.fields[name].widget = forms.Select(choices=[("", "—"), *field.widget.choices])

    def clean(self) -> dict[str, Any]:
        """A line that nobody looked at is told as such, whatever else would be wrong with it."""
        cleaned = super().clean()
        for field in self.asked:
            if not _is_seen(field, self.typed):
                self.errors.pop(field.id, None)
                told = _("Tick the line, or write what the paper says.")
                self.add_error(field.id, forms.ValidationError(told, code=FIELD_MISSING.code))
        return cleaned

    def rows(self, identity: Identity) -> list[dict[str, Any]]:
        """Return each line: the field, its box with what was typed in it, its ticks, what was declared."""
        if self.is_bound and self.errors is not None:  # judged by now
            self.data = self.typed
        ticks = {tick.name: tick for tick in self.ticks}
        return [
            {
                "asked": field,
                "box": self[field.id],
                "none": ticks.get(field.tick),
                "declared": shown(self.law_form, field, identity),
                "same": same(field),
                "is_same": bool(self.typed and same(field) in self.typed),
            }
            for field in self.asked
        ]


def same(field: PersonField) -> str:
    """Return the name of the tick: the paper says what the form says."""
    return f"same_{field.id}"


def _said(asked: Sequence[PersonField], values: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the paper says: what was typed, and what was declared where the line is ticked."""
    said = dict(data.items())
    for field in asked:
        if same(field) not in data:
            continue
        said |= {field.id: values[field.id]}
        if field.kind == "date":
            parts = zip(("day", "month", "year"), _parts(values[field.id]), strict=True)
            said |= {f"{field.id}_{part}": value or "" for part, value in parts}
        said.pop(field.tick, None)
        if values.get(field.tick):
            said[field.tick] = "on"
    return said


def _parts(date: Any) -> tuple[Any, Any, Any]:
    return (date.day, date.month, date.year) if date else ("", "", "")


def _is_seen(field: PersonField, typed: Mapping[str, Any]) -> bool:
    """Tell whether a line was ticked or answered."""
    is_date = field.kind == "date"
    boxes = [f"{field.id}_{part}" for part in ("day", "month", "year")] if is_date else [field.id]
    if field.may_be_none:
        boxes.append(field.tick)
    return same(field) in typed or any(str(typed.get(box) or "").strip() for box in boxes)


class CaptureForm(Form):
    """One picture: the face or one iris."""

    modality = forms.ChoiceField(
        choices=[("face", "face"), ("iris_left", "iris_left"), ("iris_right", "iris_right")]
    )
    picture = forms.FileField(
        label=_("Picture"), widget=forms.FileInput({"accept": "image/jpeg,image/png", "data-preview": ""})
    )


class ReasonForm(Form):
    """A reason of a closed list, in words."""

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, reasons: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((r, reason_words(r, spoken())) for r in reasons),
        ]


def refuse_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, reasons=COUNTER_REASONS, prefix="refuse")


def papers_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, reasons=PAPER_REASONS, prefix="papers")


class SearchForm(Form):
    """A number, a telephone or the number of a paper."""

    q = forms.CharField(
        label=_("Find a file"),
        help_text=_("Request number, telephone or paper number."),
        required=False,
        max_length=30,
        widget=forms.TextInput({"type": "search", "dir": "ltr", "data-key": "f"}),
    )


class WalkInForm(PersonPage):
    """Everything of a pre-registration on one page, for a person without an appointment."""

    def __init__(self, *args: Any, **options: Any) -> None:
        form = current_form()
        super().__init__(*args, form=form, asked=form.fields, has_pictures=True, **options)
        self.fields["paper_kind"].label = _("Which paper is it?")  # the person stands there with it
        for field in self.fields.values():
            if isinstance(field, forms.FileField):
                field.help_text = _("JPEG, PNG or PDF, at most 5 MB.")
