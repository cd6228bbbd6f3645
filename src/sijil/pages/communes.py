"""One box for the 1,503 communes: a name in any alphabet; suggestions, or a list to choose from.

Sent are ``commune`` (the code), ``commune_q`` (what was typed), ``commune_of`` (the words for which the
code was chosen): a name typed over a chosen one makes the old code void.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.geography import queries as geography
from sijil.domains.geography.rules import Found
from sijil.kernel import clean
from sijil.pages.languages import spoken

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Typed:
    """What came from the box: a code that stands for the words typed, or words alone."""

    code: str = ""
    text: str = ""


def suggest(text: str) -> list[dict[str, str]]:
    """Return what a text may mean, as the box offers it: code, name, province."""
    return [_shown(found) for found in geography.search_communes(text, SHOWN)]


def _shown(found: Found) -> dict[str, str]:
    language = spoken()
    kind = gettext("Province:") if found.province.kind == "province" else gettext("Prefecture:")
    province = f"{kind} {found.province.name(language)}"
    return {"code": found.commune.code, "name": found.commune.name(language), "province": province}


def _named(text: str) -> str:
    """Return the code of the one commune whose name is typed, letter by letter."""
    named = [one.commune.code for one in geography.search_communes(text) if one.is_named] if text else []
    return named[0] if len(named) == 1 else ""


class CommuneBox(forms.Widget):
    """The box; where the words fit several communes, those are below it to choose from."""

    template_name = "pages/widgets/commune.html"

    def __init__(self, when: tuple[str, str]) -> None:
        self.when = when
        super().__init__()

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        text, code = data.get(f"{name}_q"), str(data.get(name) or "")
        if text is None or (code and text == data.get(f"{name}_of")):
            return Typed(code, text or "")
        return Typed("", text)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and f"{name}_q" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        typed = value if isinstance(value, Typed) else Typed(str(value or ""))
        place = geography.find_commune(typed.code or _named(typed.text))
        text = typed.text or (place.name(spoken()) if place else "")
        context["widget"] |= {
            "code": place.code if place else "",
            "text": text,
            "found": suggest(text) if text and not place else [],
            "when": self.when,
        }
        return context


class CommuneField(forms.Field):
    """A commune by its name. Cleans to its code, or to nothing where none is needed."""

    default_error_messages = {
        "none": _("No commune has this name. Check it."),
        "several": _("Several communes fit. Choose yours in the list."),
    }

    def __init__(self, *, when: tuple[str, str] = ("", ""), **options: Any) -> None:
        super().__init__(widget=CommuneBox(when), **options)

    def clean(self, value: Typed | str | None) -> str:
        typed = value if isinstance(value, Typed) else Typed(value or "")
        if typed.code:
            if geography.find_commune(typed.code) is None:
                raise ValidationError(self.error_messages["none"], code="none")
            return typed.code
        if clean.is_blank(typed.text):
            return ""
        return self._meant(typed.text)

    def _meant(self, text: str) -> str:
        code = _named(text)
        if code:
            return code
        code = "several" if geography.search_communes(text, 1) else "none"
        raise ValidationError(self.error_messages[code], code=code)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(data.code != initial if isinstance(data, Typed) else data != initial)
