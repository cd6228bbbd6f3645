"""Forms of the house: GOV.UK's pattern of label, hint, error and summary, in four languages.

class Address(Form):
    commune = forms.ChoiceField(label=_("Commune"), ...)

{% include "pages/form.html" %}          error summary + every field, inside your <form method="post">
{{ form.commune.as_field_group }}        one field
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from sijil.kernel import clean
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.pages import refusals
from sijil.pages.loaders import LOADERS


class Renderer(DjangoTemplates):
    """Renders forms and widgets with the templates of the house, in front of Django's own."""

    form_template_name = "pages/form.html"
    field_template_name = "pages/field.html"

    @property
    def engine(self) -> Any:
        if "engine" not in self.__dict__:
            folders = [Path(django.forms.__file__).parent / "templates"]
            builtins = ["django.templatetags.i18n", "sijil.pages.templatetags.sijil"]
            options = {
                "NAME": "sijil_forms",
                "DIRS": folders,
                "APP_DIRS": False,
                "OPTIONS": {"builtins": builtins, "loaders": LOADERS},
            }
            self.__dict__["engine"] = self.backend(options)
        return self.__dict__["engine"]


PAPER_FILE = {"accept": "image/jpeg,image/png,image/heic,application/pdf", "data-preview": ""}
"""Of the box for a picture or PDF of a paper: what the service can open, shown before it is sent."""

ONLY_LANGUAGE = "_only_language"
"""The button that asks for the same page in another language (``languages_here.html``)."""


class Form(forms.Form):
    """The base of every form: own templates, and typed text finds its own direction."""

    default_renderer = Renderer()  # one: a class is made anew, with its templates, for each form

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, (forms.TextInput, forms.Textarea)):
                field.widget.attrs.setdefault("dir", "auto")

    @property
    def is_left(self) -> bool:
        """Tell whether only another language was asked for: what was typed stands there again, unjudged."""
        return ONLY_LANGUAGE in self.data

    def is_valid(self) -> bool:
        return not self.is_left and super().is_valid()

    def full_clean(self) -> None:
        if self.is_left:
            self._errors, self.cleaned_data = ErrorDict(), {}
        else:
            super().full_clean()

    def refuse(self, refused: Refused) -> None:
        """Show a refusal of a use case on this form."""
        refusals.attach(self, refused)


class PartialDateWidget(forms.MultiWidget):
    """Three small boxes: day, month, year."""

    template_name = "pages/widgets/partial_date.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None, *, birthday: bool = False) -> None:
        boxes: dict[str, forms.Widget | type[forms.Widget]] = {}
        for name, width in (("day", 2), ("month", 2), ("year", 4)):
            box = {"inputmode": "numeric", "maxlength": width, "class": f"w{width} ltr", "dir": "ltr"}
            boxes[name] = forms.TextInput({**box, "autocomplete": f"bday-{name}" if birthday else "off"})
        super().__init__(boxes, attrs)

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, str) and value:
            value = PartialDate.parse(value)
        return [value.day, value.month, value.year] if value else [None, None, None]


class CleanedField(forms.CharField):
    """A text as the kernel cleans and judges it: the browser is told what the API is told."""

    def __init__(self, cleaner: Callable[..., Any], **kwargs: Any) -> None:
        self.cleaner = cleaner
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = str(value or "")
        if clean.is_blank(text):
            return _nothing(self)
        return _told(lambda: self.cleaner(text, field=""))


class PartialDateField(forms.MultiValueField):
    """A date of which the day, or the day and the month, may be unknown. Cleans to PartialDate."""

    def __init__(self, *, birthday: bool = False, **kwargs: Any) -> None:
        parts = tuple(forms.CharField(required=False) for _ in range(3))
        kwargs.setdefault("widget", PartialDateWidget(birthday=birthday))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def clean(self, value: Any) -> Any:
        day, month, year = (str(part or "") for part in value or ("", "", ""))
        if clean.is_blank(day + month + year):
            return _nothing(self) or None
        return _told(lambda: clean.partial_date_of(day, month, year, field=""))


def _nothing(field: Any) -> Any:
    """Return the value of an empty box, or refuse it where an answer is needed."""
    if field.required:
        raise ValidationError(field.error_messages["required"], code=FIELD_MISSING.code)
    return getattr(field, "empty_value", None)


def _told(read: Callable[[], Any]) -> Any:
    """Return what ``read`` returns; its refusal becomes the error of the field, by the same code."""
    try:
        return read()
    except Refused as refused:
        raise ValidationError(str(refusals.words(refused)), code=refused.code) from None


class IdcsField(CleanedField):
    """A digital civil and social identifier; spaces and Arabic-Indic digits are read."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Digital civil and social identifier (IDCS)"))
        kwargs.setdefault("help_text", _("10 digits, in the message that told you of your registration."))
        super().__init__(clean.idcs, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "class": "w12 ltr"}


class RequestNumberField(CleanedField):
    """The number of a deposit or a request, as printed on the receipt."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Deposit or request number"))
        super().__init__(clean.request_number, **kwargs)
        self.widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "dir": "ltr",
            "class": "ltr",
        }


class PhoneField(CleanedField):
    """A telephone number, Moroccan unless it names its country. Cleans to E.164: ``+212612345678``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault("help_text", _("10 digits, starting with 05, 06, 07 or 08."))
        super().__init__(clean.phone, **kwargs)
        self.widget = forms.TextInput(
            {
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel",
                "dir": "ltr",
                "class": "w12 ltr",
            }
        )
        self.widget.is_required = self.required


class EmailField(CleanedField):
    """An e-mail address."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(clean.email, **kwargs)
        # not type=email: a browser has a rule of its own, and refuses Arabic addresses
        self.widget.attrs |= {"inputmode": "email", "autocomplete": "email", "dir": "ltr"}


class PaperNumberField(CleanedField):
    """The number of a paper of any kind; the register judges what its kind has."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Number of the paper"))
        super().__init__(clean.paper_number, **kwargs)
        self.widget.attrs |= {"dir": "ltr", "class": "w12 ltr", "autocapitalize": "characters"}


class AddressField(CleanedField):
    """One line: quarter or douar, street, number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(clean.address, **kwargs)
        self.widget.attrs["autocomplete"] = "street-address"


class MoneyField(CleanedField):
    """An amount in dirhams. Cleans to centimes (int)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(clean.money, empty_value=None, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "class": "w8 ltr"}


class ArabicNameField(CleanedField):
    """A name in Arabic script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(clean.name_ar, **kwargs)
        self.widget.attrs |= {"dir": "rtl", "lang": "ar", "spellcheck": "false"}


class LatinNameField(CleanedField):
    """A name in Latin script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(clean.name_latin, **kwargs)
        self.widget.attrs |= {"dir": "ltr", "lang": "fr", "spellcheck": "false"}
