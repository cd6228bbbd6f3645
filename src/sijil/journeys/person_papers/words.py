"""What a paper calls things, in both languages."""

from __future__ import annotations

from sijil.domains.appointments import queries as appointments
from sijil.domains.documents import queries as documents
from sijil.domains.documents.receipts import Both
from sijil.domains.geography import queries as geography
from sijil.domains.population_register.rules import PersonField, PersonForm, field_words
from sijil.domains.population_register.types import Identity


def name_of(who: Identity) -> Both:
    """Return the name of a person."""
    return Both(who.full_name("ar"), who.full_name("fr"))


def centre_name(code: str) -> Both:
    """Return the name of a centre. Raises: Refused for none."""
    centre = appointments.get_centre(code)
    return Both(centre.name_ar, centre.name_fr)


def paper_name(kind: str) -> Both:
    """Return the name of a kind of paper; a dash for none."""
    found = next((k for k in documents.list_kinds() if k.code == kind), None)
    return Both(found.name("ar"), found.name("fr")) if found else Both("—", "—")


def answer_of(form: PersonForm, field: PersonField, who: Identity) -> Both:
    """Return what a person answered."""
    return Both(*(_words(form, field, who, language) for language in ("ar", "fr")))


def _words(form: PersonForm, field: PersonField, who: Identity, language: str) -> str:
    place = geography.find_commune(who.value(field.id)) if field.kind == "commune" else None
    return place.name(language) if place else field_words(form, field, who, language)
