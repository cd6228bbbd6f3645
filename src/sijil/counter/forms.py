"""Forms of the counter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sijil.domains.population_register.rules import PersonField, compared_of, form_of, reason_words, values_of
from sijil.domains.population_register.states import COUNTER_REASONS, PAPER_REASONS
from sijil.domains.population_register.types import Identity
from sijil.pages.forms import Form
from sijil.pages.languages import spoken
from sijil.pages.person_forms import PersonPage, current_form, shown


class PaperValuesForm(PersonPage):
    """What the paper says, beside what the form of the file says; a difference corrects the form."""

    def __init__(self, identity: Identity, data: Any = None) -> None:
        form, values = form_of(identity), values_of(identity)
        super().__init__(data, initial=values, form=form, asked=compared_of(identity), known=values)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.RadioSelect):
                self.fields[name].widget = forms.Select(choices=field.widget.choices)

    def rows(self, identity: Identity) -> list[tuple[PersonField, Any, Any, str]]:
        """Return (field, box, tick, what was declared)."""
        ticks = {tick.name: tick for tick in self.ticks}
        return [
            (field, self[field.id], ticks.get(field.tick), shown(self.law_form, field, identity))
            for field in self.asked
        ]


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
