"""Forms of the house: GOV.UK's pattern of label, hint, error and summary, in four languages.

class Address(Form):
    commune = forms.ChoiceField(label=_("Commune"), ...)

{% include "pages/form.html" %}          error summary + every field, inside your <form method="post">
{{ form.commune.as_field_group }}        one field
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import django.forms
from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.utils.translation import gettext_lazy as _

from sijil.kernel import ids
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.money import centimes
from sijil.pages import refusals

_AMOUNT = re.compile(r"^[\d\s]{1,12}(?:[.,]\d{1,2})?$")
_PHONE = re.compile(r"^(?:\+212|00212|0)([5-7]\d{8})$")


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
                "APP_DIRS": True,
                "OPTIONS": {"builtins": builtins},
            }
            self.__dict__["engine"] = self.backend(options)
        return self.__dict__["engine"]


class Form(forms.Form):
    """The base of every form: own templates, and typed text finds its own direction."""

    default_renderer = Renderer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field.widget, (forms.TextInput, forms.Textarea)):
                field.widget.attrs.setdefault("dir", "auto")

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


class PartialDateField(forms.MultiValueField):
    """A date of which the day, or the day and the month, may be unknown. Cleans to PartialDate."""

    def __init__(self, *, birthday: bool = False, **kwargs: Any) -> None:
        parts = tuple(forms.CharField(required=False, max_length=4) for _ in range(3))
        kwargs.setdefault("widget", PartialDateWidget(birthday=birthday))
        super().__init__(parts, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> PartialDate | None:
        day, month, year = (_whole(part) for part in data_list or ["", "", ""])
        if year is None and month is None and day is None:
            return None
        if year is None:
            raise ValidationError(_("Write the year with four digits."), code="year")
        try:
            return PartialDate(year, month, day)
        except Refused as refused:
            raise ValidationError(str(refusals.words(refused)), code="date") from None


class DateField(PartialDateField):
    """A date known to the day. Cleans to ``datetime.date``."""

    def compress(self, data_list: list[str]) -> Any:
        partial = super().compress(data_list)
        if partial is None:
            return None
        if partial.day is None or partial.month is None:
            raise ValidationError(_("Write the day, the month and the year."), code="date")
        return dt.date(partial.year, partial.month, partial.day)


def _whole(text: str) -> int | None:
    cleaned = ids.clean_idcs(text or "")
    if cleaned and not cleaned.isdecimal():
        raise ValidationError(_("Write the date in digits."), code="digits")
    return int(cleaned) if cleaned else None


class IdcsField(forms.CharField):
    """A digital civil and social identifier; spaces and Arabic-Indic digits are read."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Digital civil and social identifier (IDCS)"))
        kwargs.setdefault("help_text", _("10 digits, in the message that told you of your registration."))
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "class": "w12 ltr"}

    def clean(self, value: Any) -> Any:
        cleaned = ids.clean_idcs(str(super().clean(value) or ""))
        if cleaned and not ids.is_idcs(cleaned):
            raise ValidationError(_("This identifier is not valid. Check its 10 digits."), code="idcs")
        return cleaned


class RequestNumberField(forms.CharField):
    """The number of a deposit or a request, as printed on the receipt."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Deposit or request number"))
        super().__init__(max_length=20, **kwargs)
        self.widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "dir": "ltr",
            "class": "ltr",
        }

    def clean(self, value: Any) -> Any:
        cleaned = ids.clean_number(str(super().clean(value) or ""))
        if cleaned and not ids.is_number(cleaned):
            raise ValidationError(
                _("This number is not complete or has a typing mistake. It has 10 letters and digits."),
                code="number",
            )
        return cleaned


class PhoneField(forms.CharField):
    """A Moroccan phone number. Cleans to E.164: ``+212612345678``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault("help_text", _("10 digits, starting with 05, 06 or 07."))
        super().__init__(max_length=25, **kwargs)
        self.widget = forms.TextInput(
            {
                "type": "tel",
                "inputmode": "tel",
                "autocomplete": "tel-national",
                "dir": "ltr",
                "class": "w12 ltr",
            }
        )
        self.widget.is_required = self.required

    def clean(self, value: Any) -> Any:
        cleaned = ids.clean_idcs(str(super().clean(value) or "")).replace(".", "")
        if not cleaned:
            return ""
        found = _PHONE.match(cleaned)
        if found is None:
            raise ValidationError(
                _("Write a Moroccan number of 10 digits starting with 05, 06 or 07."), code="phone"
            )
        return f"+212{found[1]}"


class MoneyField(forms.CharField):
    """An amount in dirhams. Cleans to centimes (int)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=15, **kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "dir": "ltr", "class": "w8 ltr"}

    def clean(self, value: Any) -> Any:
        text = "".join(str(int(c)) if c.isdecimal() else c for c in str(super().clean(value) or ""))
        if not text:
            return None
        try:
            return centimes(text if _AMOUNT.match(text) else "?")
        except Refused as refused:
            refused.facts["value"] = value
            raise ValidationError(str(refusals.words(refused)), code="money") from None


class ArabicNameField(forms.CharField):
    """A name in Arabic script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, **kwargs)
        self.widget.attrs |= {"dir": "rtl", "lang": "ar", "spellcheck": "false"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not re.fullmatch(r"[\u0621-\u0652\u0670-\u06d3\u0640 \-'’]+", text):
            raise ValidationError(_("Write this name in Arabic letters."), code="script")
        return text


class LatinNameField(forms.CharField):
    """A name in Latin script."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, **kwargs)
        self.widget.attrs |= {"dir": "ltr", "lang": "fr", "spellcheck": "false"}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text and not re.fullmatch(r"[A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ \-'’]+", text):
            raise ValidationError(_("Write this name in Latin letters."), code="script")
        return text
