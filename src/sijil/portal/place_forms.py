"""Where and when: the pages of a pre-registration that follow those of the person's form."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sijil.domains.appointments import queries as appointments
from sijil.pages import clock
from sijil.pages.forms import Form
from sijil.pages.languages import spoken

AFTER = {"centre": _("Choose a centre"), "slot": _("Choose a day and an hour")}
PAGES = {"slot_id": "slot", "slot": "slot", "centre": "centre", "centre_code": "centre"}
"""What is refused at the end -> the page that asks it."""


class CentreForm(Form):
    """The centres that serve the commune."""

    centre = forms.ChoiceField(label=_("Choose a centre"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, commune_code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = spoken()
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
