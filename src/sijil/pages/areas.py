"""The question about the place of a household in a commune that the census counts as town and country."""

from __future__ import annotations

from collections.abc import Sequence

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sijil.domains.geography.types import AreaQuestion, Milieu
from sijil.pages import formats


def question(kind: AreaQuestion, centres: Sequence[str]) -> str:
    """Return the question; ``centres``: the names of the urban centres, in the language of the page."""
    if kind is AreaQuestion.TOWN_OR_COUNTRY:
        return _("Does the household live in the town itself or in a rural part of the commune?")
    sentence = ngettext(
        "Does the household live inside the urban centre “%(names)s”?",
        "Does the household live inside one of these urban centres: %(names)s?",
        len(centres),
    )
    return sentence % {"names": _one_of(centres)}


def answers(kind: AreaQuestion, centres: Sequence[str]) -> dict[str, str]:
    """Return the two answers in words, by the milieu that each one means."""
    if kind is AreaQuestion.TOWN_OR_COUNTRY:
        urban = _("In the town: %(names)s") % {"names": _one_of(centres)}
        return {Milieu.URBAN.value: urban, Milieu.RURAL.value: _("In a rural part of the commune")}
    return {
        Milieu.URBAN.value: _("Yes, inside the urban centre"),
        Milieu.RURAL.value: _("No, elsewhere in the commune"),
    }


def _one_of(names: Sequence[str]) -> str:
    return format_list(list(names), style="or", locale=formats.locale())
