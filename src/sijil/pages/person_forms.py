"""The questions of a pre-registration, one small form per page; the counter shows them together.

Each form cleans to pieces of :class:`Identity`; ``identity_of`` joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from sijil.domains.geography import queries as geography
from sijil.domains.population_register.rules import check_birth, clean_paper_number
from sijil.domains.population_register.types import Identity, Nationality, PaperKind, Sex
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.pages import refusals
from sijil.pages.clock import today
from sijil.pages.forms import (
    AddressField,
    ArabicNameField,
    EmailField,
    Form,
    LatinNameField,
    PaperNumberField,
    PartialDateField,
    PhoneField,
)
from sijil.pages.labels import lazy_words

PAPER_NAMES = {
    kind: lazy_words("paper", kind.value)
    for kind in (PaperKind.CNIE, PaperKind.RESIDENCE_TITLE, PaperKind.BIRTH_EXTRACT, PaperKind.GUARDIANSHIP)
}
MESSAGE_LANGUAGES = [("ar", "العربية"), ("fr", "Français"), ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"), ("en", "English")]


class NamesForm(Form):
    """The names in both scripts, as the papers write them."""

    first_name_ar = ArabicNameField(label=_("First name in Arabic"))
    last_name_ar = ArabicNameField(label=_("Surname in Arabic"))
    first_name_fr = LatinNameField(label=_("First name in French"))
    last_name_fr = LatinNameField(label=_("Surname in French"))


class BirthForm(Form):
    """Birth date (perhaps only a year), sex and nationality."""

    birth = PartialDateField(
        birthday=True,
        label=_("Date of birth"),
        help_text=_("If only the year is known, leave the day and the month empty."),
        error_messages={"required": _("Write at least the year of birth.")},
    )
    sex = forms.ChoiceField(
        label=_("Sex"),
        widget=forms.RadioSelect,
        choices=[(Sex.FEMALE, _("Female")), (Sex.MALE, _("Male"))],
    )
    nationality = forms.ChoiceField(
        label=_("Nationality"),
        widget=forms.RadioSelect,
        choices=[
            (Nationality.MOROCCAN, _("Moroccan")),
            (Nationality.RESIDENT_FOREIGNER, _("Foreigner resident in Morocco")),
        ],
    )

    def clean_birth(self) -> PartialDate:
        """Say on this page what the register would say at the end."""
        birth: PartialDate = self.cleaned_data["birth"]
        try:
            return check_birth(birth, today())
        except Refused as refused:
            raise forms.ValidationError(str(refusals.words(refused)), code=refused.code) from None


class PlaceForm(Form):
    """The commune of residence, down from the region, and the address line."""

    region = forms.ChoiceField(label=_("Region"))
    province = forms.ChoiceField(label=_("Province or prefecture"))
    commune_code = forms.ChoiceField(label=_("Commune"))
    address = AddressField(label=_("Address"), help_text=_("Quarter or douar, street, number."))

    def __init__(self, *args: Any, region: str = "", province: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if type(self) is PlaceForm:
            for name in ("region", "province"):
                self.fields[name].widget.attrs["data-submit-on-change"] = ""
        order = get_language() or "ar"
        self._offer("region", geography.list_regions(order), region)
        self._offer("province", geography.list_provinces(region, order) if region else [], province)
        self._offer("commune_code", geography.list_communes(province, order) if province else [], "")

    def _offer(self, name: str, places: list[Any], chosen: str) -> None:
        language = get_language() or "ar"
        named = [(place.code, place.name(language)) for place in places]
        self.fields[name].choices = [("", _("Choose")), *named]  # type: ignore[attr-defined]
        if chosen:
            self.initial[name] = chosen


class ContactForm(Form):
    """Where the number and the news are sent, and in which language; whoever has neither is not refused."""

    phone = PhoneField(required=False, help_text=_("Your number is sent there by SMS."))
    email = EmailField(
        label=_("E-mail"),
        help_text=_("Without telephone and e-mail, the number is given to you at the centre."),
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of the messages"), choices=MESSAGE_LANGUAGES)


class PaperForm(Form):
    """The paper that will be shown at the centre, and a picture of it if there is one."""

    paper_kind = forms.ChoiceField(
        label=_("Which paper will you bring?"), widget=forms.RadioSelect, choices=list(PAPER_NAMES.items())
    )
    paper_number = PaperNumberField(required=False)
    picture = forms.FileField(
        label=_("Picture or PDF of the paper"),
        help_text=_("JPEG, PNG or PDF, at most 5 MB. You can also bring it on the day."),
        required=False,
        widget=forms.FileInput({"accept": "image/jpeg,image/png,application/pdf", "data-preview": ""}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "paper_number" in cleaned:
            try:
                clean_paper_number(cleaned["paper_number"], cleaned.get("paper_kind", ""))
            except Refused as refused:
                self.refuse(refused)
        return cleaned


IDENTITY_FORMS: dict[str, type[Form]] = {
    "names": NamesForm,
    "birth": BirthForm,
    "place": PlaceForm,
    "contact": ContactForm,
    "papers": PaperForm,
}


def identity_of(cleaned: Mapping[str, Any]) -> Identity:
    """Return the identity that the cleaned pages say together."""
    return Identity(
        last_name_ar=cleaned["last_name_ar"],
        first_name_ar=cleaned["first_name_ar"],
        last_name_fr=cleaned["last_name_fr"],
        first_name_fr=cleaned["first_name_fr"],
        birth=cleaned["birth"],
        sex=Sex(cleaned["sex"]),
        nationality=Nationality(cleaned["nationality"]),
        commune_code=cleaned["commune_code"],
        address=cleaned["address"],
        phone=cleaned["phone"],
        email=cleaned["email"],
        paper_kind=cleaned["paper_kind"],
        paper_number=cleaned["paper_number"],
    )
