"""What a field of a person says, in words of a language."""

from __future__ import annotations

from sijil.domains.population_register.rules.law import PersonField, PersonForm
from sijil.domains.population_register.types import Identity
from sijil.kernel import clean, law
from sijil.kernel.dates import PartialDate
from sijil.kernel.ids import show_idcs

NOTHING = "—"
NO_NAME = law.Text(
    ar="— (لا يوجد في الوثيقة)", fr="— (absent du document)", en="— (none on the document)", zgh="— (ⵓⵔ ⵉⵍⵍⵉ)"
)


PROOFS = {
    "identity": law.Text(ar="الهوية", fr="l’identité", en="identity"),
    "nationality": law.Text(ar="الجنسية", fr="la nationalité", en="nationality"),
    "residence": law.Text(ar="الإقامة", fr="la résidence", en="residence"),
    "birth": law.Text(ar="الازدياد", fr="la naissance", en="birth"),
    "guardianship": law.Text(ar="النيابة الشرعية", fr="la représentation légale", en="guardianship"),
}


def proof_words(form: PersonForm, field: PersonField, identity: Identity, language: str) -> list[str]:
    """Return what the paper chosen in a field proves, in words; nothing for another choice."""
    option = form.option(field, str(identity.value(field.id)))
    return [PROOFS[proof].text(language) for proof in option.proves] if option else []


def field_words(form: PersonForm, field: PersonField, identity: Identity, language: str) -> str:
    """Return the value of a field in words; a date in digits, a commune by its code."""
    value = identity.value(field.id)
    if value is None:
        return NO_NAME.text(language)
    if isinstance(value, PartialDate):
        return "/".join(f"{part:02d}" for part in (value.day, value.month, value.year) if part)
    if field.kind == "choice":
        option = form.option(field, str(value))
        return option.text(language) if option else str(value) or NOTHING
    if field.kind == "phone" and value:
        return clean.show_phone(str(value), language)
    if field.kind == "day" and value:
        return "/".join(reversed(str(value).split("-")))
    if field.kind == "idcs" and value:
        return show_idcs(str(value))
    return str(value) or NOTHING
