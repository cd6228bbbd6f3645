"""Forms of the counter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sijil.domains.population_register.rules import COMPARED, reason_words
from sijil.domains.population_register.states import COUNTER_REASONS, PAPER_REASONS
from sijil.domains.population_register.types import Identity
from sijil.pages.forms import ArabicNameField, Form, LatinNameField, PaperNumberField, PartialDateField
from sijil.pages.languages import spoken
from sijil.pages.person_forms import BirthForm, ContactForm, NamesForm, PaperForm, PlaceForm


class PaperValuesForm(Form):
    """What the paper says, beside what the form says; a difference corrects the form."""

    last_name_ar = ArabicNameField(label=_("Surname in Arabic"))
    first_name_ar = ArabicNameField(label=_("First name in Arabic"))
    last_name_fr = LatinNameField(label=_("Surname in French"))
    first_name_fr = LatinNameField(label=_("First name in French"))
    birth = PartialDateField(label=_("Date of birth"))
    sex = forms.ChoiceField(label=_("Sex"), choices=[("F", _("Female")), ("M", _("Male"))])
    paper_number = PaperNumberField(required=False)

    @classmethod
    def of(cls, identity: Identity) -> PaperValuesForm:
        """Return the form filled with what the person declared."""
        return cls(initial={name: getattr(identity, name) for name in COMPARED})


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


class WalkInForm(NamesForm, BirthForm, PlaceForm, ContactForm, PaperForm):
    """Everything of a pre-registration on one page, for a person without an appointment."""

    field_order = (
        *NamesForm.base_fields,
        *BirthForm.base_fields,
        *PlaceForm.base_fields,
        *ContactForm.base_fields,
        *PaperForm.base_fields,
    )
