"""The person's form on pages: fields made of its data, judged by the register and by nothing else.

The portal asks a page of it at a time, the counter all of it, or what it compares with the papers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from sijil.domains.geography import queries as geography
from sijil.domains.population_register import rules
from sijil.domains.population_register.rules import PersonField, PersonForm
from sijil.domains.population_register.types import NAMES, Identity
from sijil.kernel import clean, law
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.law import Text
from sijil.pages import formats, refusals
from sijil.pages.clock import today
from sijil.pages.communes import CommuneField
from sijil.pages.forms import PAPER_FILE, Form, PartialDateField
from sijil.pages.languages import spoken

_RADIO_UP_TO = 12


def current_form() -> PersonForm:
    """Return the form in force today."""
    return rules.form_on(today()).body


def current_digest() -> str:
    """Return the digest of the form in force today."""
    return rules.form_on(today()).digest


def wording(text: Text | None) -> str:
    """Return words of the form in the language of the page."""
    return text.text(spoken()) if text else ""


def paper_choices() -> list[tuple[str, str]]:
    """Return the kinds of paper of the form in force, in words."""
    form = current_form()
    return _choices(form, form.field("paper_kind"))


def needed_papers(values: Mapping[str, Any]) -> list[str]:
    """Return what somebody with these answers shows at the counter, a line for each paper, in words."""
    people = law.on(rules.PAPERS, today()).body.people_of(values, today())
    if people is None:
        return []
    guardian = [gettext("the ten-digit identifier of the father, the mother or the guardian")]
    return [refusals.one_of(line) for line in people.papers] + (guardian if people.guardian else [])


class PersonPage(Form):
    """Some questions of the form. ``known``: other answers.

    ``has_pictures``: each paper may be sent with its number.
    """

    use_required_attribute = False

    def __init__(
        self,
        *args: Any,
        form: PersonForm,
        asked: Sequence[PersonField],
        known: Mapping[str, Any] | None = None,
        has_pictures: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.law_form, self.asked = form, asked
        for field in asked:
            self.fields |= _MAKERS.get(field.kind, _box)(form, field)
            if has_pictures and field.kind == "paper_number":
                self.fields[picture_of(field)] = _picture(form, field)
        self.fields |= {field.tick: _tick(field) for field in asked if field.may_be_none}
        self.known = {name: value for name, value in (known or {}).items() if name not in self.fields}
        typed = self.initial
        self.initial = {**_chosen(asked), **typed, **_dates(asked, typed), **self._communes(typed)}

    def _communes(self, typed: Mapping[str, Any]) -> dict[str, Any]:
        """Return the communes as they were typed: a name that is no commune yet comes back too."""
        names = [field.id for field in self.asked if field.kind == "commune" and field.id in typed]
        return {name: self.fields[name].widget.value_from_datadict(typed, {}, name) for name in names}

    @property
    def communes(self) -> dict[str, str]:
        """The communes that the page says, as the next page reads them: their codes, for the words typed.

        Words that mean none take the code of before away.
        """
        sent = {f.id: self.cleaned_data.get(f.id, "") for f in self.asked if f.kind == "commune"}
        words = {f"{name}_of": self.data.get(f"{name}_q", "") for name in sent}
        return sent | words

    def clean(self) -> dict[str, Any]:
        """Let the register judge each answer; one name of four must be there."""
        typed = {name: value for name, value in (super().clean() or {}).items() if value is not None}
        for field in self.asked:
            if field.kind == "commune" and not rules.is_asked(self.law_form, field, {**self.known, **typed}):
                typed[field.id] = ""  # the box stays on the page, and is out of sight where a script hides it
                self.errors.pop(field.id, None)
            if field.id not in self.errors:
                self._judge(field, {**self.known, **typed})
        if {f.id for f in self.asked} >= set(NAMES) and not set(NAMES) & self.errors.keys():
            self._try("first_name_ar", partial(rules.check_names, self.cleaned_data), None)
        return self.cleaned_data

    def _judge(self, field: PersonField, values: Mapping[str, Any]) -> None:
        read = partial(rules.read_field, self.law_form, field, values, today())
        self.cleaned_data[field.id] = self._try(field.id, read, field.missing)

    def _try(self, name: str, read: Callable[[], Any], missing: Text | None) -> Any:
        try:
            return read()
        except Refused as refused:
            own = wording(missing) if refused.error is FIELD_MISSING else ""
            self.add_error(name, ValidationError(own or str(refusals.words(refused)), code=refused.code))
            return None

    @property
    def has_papers(self) -> bool:
        """Tell whether the page asks for a paper."""
        return any(field.kind == "paper_number" for field in self.asked)

    @property
    def has_communes(self) -> bool:
        """Tell whether the page asks for a commune."""
        return any(field.kind == "commune" for field in self.asked)

    @property
    def pictures(self) -> list[tuple[str, str, Any]]:
        """Return (box, field that names the kind, file) of each paper sent with the page."""
        papers = [f for f in self.asked if f.kind == "paper_number" and self.cleaned_data.get(picture_of(f))]
        return [(picture_of(f), f.of, self.cleaned_data[picture_of(f)]) for f in papers]

    @property
    def ticks(self) -> list[forms.BoundField]:
        """The marks that a document lacks a name, apart from what everybody answers."""
        return [self[field.tick] for field in self.asked if field.may_be_none]

    @property
    def last_name_box(self) -> str:
        """The box after which the marks stand; nothing where there are none."""
        return next((field.id for field in reversed(self.asked) if field.may_be_none), "")

    @property
    def shows_ticks(self) -> bool:
        """Tell whether the marks are in sight: one is set, or a name was left out."""
        names = {field.id for field in self.asked if field.may_be_none}
        return any(tick.value() for tick in self.ticks) or bool(names & self.errors.keys())

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Everything but the marks."""
        ticks = {field.tick for field in self.asked}
        return [field for field in self.visible_fields() if field.name not in ticks]


def answers_of(form: PersonForm, cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """Return what cleaned pages say of the person, without what only helps to answer."""
    asked = {f.id for f in form.fields} | {f.tick for f in form.fields if f.may_be_none}
    return {name: "" if value is None else value for name, value in cleaned.items() if name in asked}


def identity_of(form: PersonForm, cleaned: Mapping[str, Any]) -> Identity:
    """Return the identity that the cleaned pages say together. Raises: Refused naming the field."""
    return rules.read_identity(answers_of(form, cleaned), today())


def picture_of(field: PersonField) -> str:
    """Return the name of the box in which the picture of a paper is sent."""
    return "picture" if field.id == "paper_number" else f"{field.id}_picture"


def proofs(form: PersonForm, field: PersonField, identity: Identity) -> str:
    """Return what a paper proves, in the words of the page."""
    return comma().join(rules.proof_words(form, field, identity, spoken()))


def comma() -> str:
    return "، " if get_language() == "ar" else ", "


def shown(form: PersonForm, field: PersonField, identity: Identity) -> str:
    """Return an answer in the words of the page."""
    value = identity.value(field.id)
    if isinstance(value, PartialDate):
        return formats.date_long(value)
    if field.kind == "commune" and value:
        place = geography.find_commune(value)
        return place.name(spoken()) if place else str(value)
    return rules.field_words(form, field, identity, spoken())


# --- one box for each kind ----------------------------------------------------------------------------------


def _common(field: PersonField) -> dict[str, Any]:
    return {"label": wording(field.label), "help_text": wording(field.hint), "required": field.mandatory}


def _chosen(asked: Sequence[PersonField]) -> dict[str, Any]:
    return {field.id: field.default for field in asked if field.default}


def _dates(asked: Sequence[PersonField], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the dates that are typed in three boxes."""
    parts = ("day", "month", "year")
    dates = {f.id: [typed.get(f"{f.id}_{part}", "") for part in parts] for f in asked if f.kind == "date"}
    return {name: date for name, date in dates.items() if any(date)}


class Raw(forms.CharField):
    """What was typed, as it was typed: the register reads it."""

    def clean(self, value: Any) -> Any:
        return value


class RawChoice(forms.ChoiceField):
    """What was chosen, as it was sent."""

    def clean(self, value: Any) -> Any:
        return value or ""


class RawDate(PartialDateField):
    """Three boxes; left empty they are nothing, which the register judges."""

    def clean(self, value: Any) -> Any:
        return "" if clean.is_blank("".join(map(str, filter(None, value or ())))) else super().clean(value)


_LTR = {"dir": "ltr", "autocomplete": "off"}
_LOOKS: Mapping[str, Mapping[str, str]] = {
    "name_ar": {"dir": "rtl", "lang": "ar", "spellcheck": "false"},
    "name_latin": {"dir": "ltr", "lang": "fr", "spellcheck": "false"},
    "address": {},
    "postcode": {"inputmode": "numeric", "autocomplete": "postal-code", "dir": "ltr", "class": "w8 ltr"},
    "phone": {"type": "tel", "inputmode": "tel", "autocomplete": "tel", "dir": "ltr", "class": "w12 ltr"},
    # not type=email: a browser has a rule of its own, and refuses Arabic addresses
    "email": {"inputmode": "email", "autocomplete": "email", "dir": "ltr"},
    "paper_number": {**_LTR, "class": "w12 ltr", "autocapitalize": "characters"},
    "day": {"type": "date", "class": "w12 ltr", "dir": "ltr"},
    "idcs": {**_LTR, "class": "w12 ltr", "inputmode": "numeric"},
}
Boxes = dict[str, forms.Field]


def _box(form: PersonForm, field: PersonField) -> Boxes:
    look = {"dir": "auto", **_LOOKS.get(field.kind, {})}
    box = Raw(widget=forms.TextInput(look), **_common(field))
    needed = [o.text(spoken()) for o in form.options(form.field(field.of)) if o.number] if field.of else []
    if needed:  # neither optional nor needed by itself: the paper decides
        box.depends = True  # type: ignore[attr-defined]
        box.help_text = gettext("Needed for: %(papers)s.") % {"papers": comma().join(needed)}
    return {field.id: box}


def _date(form: PersonForm, field: PersonField) -> Boxes:
    return {field.id: RawDate(birthday=field.id == "birth", **_common(field))}


def _choice(form: PersonForm, field: PersonField) -> Boxes:
    choices = _choices(form, field)
    if len(choices) > _RADIO_UP_TO or not field.mandatory:
        return {field.id: RawChoice(choices=[("", _("Choose")), *choices], **_common(field))}
    return {field.id: RawChoice(choices=choices, widget=forms.RadioSelect, **_common(field))}


def _choices(form: PersonForm, field: PersonField) -> list[tuple[str, str]]:
    return [(option.code, option.text(spoken())) for option in form.options(field)]


def _commune(form: PersonForm, field: PersonField) -> Boxes:
    """One box for the name of the commune; a script hides it where another answer leaves it unasked."""
    when = next(((name, " ".join(codes)) for name, codes in field.when.items()), ("", ""))
    return {field.id: CommuneField(when=when, **_common(field))}


def _tick(field: PersonField) -> forms.Field:
    label = gettext("No such name on the document: %(name)s") % {"name": wording(field.label)}
    return forms.BooleanField(label=label, required=False)


def _picture(form: PersonForm, field: PersonField) -> forms.Field:
    label, is_first = gettext("Picture or PDF of the paper"), field.id == "paper_number"
    return forms.FileField(
        label=label if is_first else f"{label} · {wording(form.field(field.of).label)}",
        help_text=_("JPEG, PNG, HEIC or PDF, at most 5 MB. You can also bring it on the day."),
        required=False,
        widget=forms.FileInput(PAPER_FILE),
    )


_MAKERS: Mapping[str, Callable[[PersonForm, PersonField], Boxes]] = {
    "date": _date,
    "choice": _choice,
    "commune": _commune,
}
