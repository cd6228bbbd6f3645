"""Forms of the counter."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from sijil.counter import elsewhere
from sijil.domains.documents.rules import kinds
from sijil.domains.population_register.rules import PersonField, compared_of, form_of, reason_words, values_of
from sijil.domains.population_register.states import COUNTER_REASONS, IDENTITY_REASONS, PAPER_REASONS
from sijil.domains.population_register.types import Identity
from sijil.kernel.clean.errors import FIELD_MISSING
from sijil.pages import background, labels
from sijil.pages.forms import PAPER_FILE, Form, IdcsField, PaperNumberField
from sijil.pages.languages import spoken
from sijil.pages.person_forms import PersonPage, current_form, shown

_NOTHING: Mapping[str, str] = {}


class PaperValuesForm(PersonPage):
    """What the paper says, line by line: a tick where it says what the form says, else what it says instead.

    Nothing is filled in before: an officer who looked at no line has certified nothing.
    """

    def __init__(self, identity: Identity, data: Any = None, *, is_judged: bool = True) -> None:
        form, values = form_of(identity), values_of(identity)
        asked, self.typed = compared_of(identity), data
        said = None if data is None else _said(asked, values, data)
        super().__init__(said, form=form, asked=asked, known=values)
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.RadioSelect):
                self.fields[name].widget = forms.Select(choices=[("", "—"), *field.widget.choices])
        if not is_judged:  # what was typed comes back before it is sent
            self._errors, self.cleaned_data = ErrorDict(), {}

    def clean(self) -> dict[str, Any]:
        """A line that nobody looked at is told as such, whatever else would be wrong with it."""
        cleaned = super().clean()
        for field in self.asked:
            if not _is_seen(field, self.typed):
                self.errors.pop(field.id, None)
                told = _("Tick the line, or write what the paper says.")
                self.add_error(field.id, forms.ValidationError(told, code=FIELD_MISSING.code))
        return cleaned

    def rows(self, identity: Identity, changed: Collection[str]) -> list[dict[str, Any]]:
        """Return each line: the field, its box with what was typed in it, its ticks, what was declared.

        ``changed``: the fields that the paper had otherwise.
        """
        if self.is_bound and self.errors is not None:  # judged by now
            self.data = self.typed
        ticks = {tick.name: tick for tick in self.ticks}
        return [
            {
                "asked": field,
                "box": self[field.id],
                "none": ticks.get(field.tick),
                "declared": shown(self.law_form, field, identity),
                "same": same(field),
                "is_same": bool(self.typed and same(field) in self.typed),
                "mark": "differs" if field.id in changed or self[field.id].errors else "",
            }
            for field in self.asked
        ]


def declared(identity: Identity) -> str:
    """Return the digest of what stands beside the ticks: a tick certifies nothing else."""
    values = values_of(identity)
    lines = [(f.id, str(values.get(f.id)), bool(values.get(f.tick))) for f in compared_of(identity)]
    return background.bound_to("declared", lines)


def same(field: PersonField) -> str:
    """Return the name of the tick: the paper says what the form says."""
    return f"same_{field.id}"


def _said(asked: Sequence[PersonField], values: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the paper says: what was typed, and what was declared where the line is ticked."""
    said = dict(data.items())
    for field in asked:
        if same(field) not in data:
            continue
        said |= {field.id: values[field.id]}
        if field.kind == "date":
            parts = zip(("day", "month", "year"), _parts(values[field.id]), strict=True)
            said |= {f"{field.id}_{part}": value or "" for part, value in parts}
        said.pop(field.tick, None)
        if values.get(field.tick):
            said[field.tick] = "on"
    return said


def _parts(date: Any) -> tuple[Any, Any, Any]:
    return (date.day, date.month, date.year) if date else ("", "", "")


def _is_seen(field: PersonField, typed: Mapping[str, Any]) -> bool:
    """Tell whether a line was ticked or answered."""
    is_date = field.kind == "date"
    boxes = [f"{field.id}_{part}" for part in ("day", "month", "year")] if is_date else [field.id]
    if field.may_be_none:
        boxes.append(field.tick)
    return same(field) in typed or any(str(typed.get(box) or "").strip() for box in boxes)


class CaptureForm(Form):
    """One picture: the face or one iris, which leads the names of its boxes."""

    picture = forms.FileField(
        label=_("Picture"), widget=forms.FileInput({"accept": "image/jpeg,image/png", "data-preview": ""})
    )


class ReasonForm(Form):
    """A reason of a closed list, in words."""

    reason = forms.ChoiceField(label=_("Reason"), widget=forms.Select({"form": "compare"}))

    def __init__(self, *args: Any, reasons: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((r, reason_words(r, spoken())) for r in reasons),
        ]


def refuse_form(data: Any = None, *, known: Mapping[str, str] = _NOTHING) -> ReasonForm:
    return _reason("refuse", COUNTER_REASONS, data, known)


def papers_form(data: Any = None, *, known: Mapping[str, str] = _NOTHING) -> ReasonForm:
    return _reason("papers", PAPER_REASONS, data, known)


def _reason(part: str, reasons: tuple[str, ...], data: Any, known: Mapping[str, str]) -> ReasonForm:
    """Return the form of a part of the page. ``known``: what was chosen and not sent yet."""
    chosen = {"reason": known.get(f"{part}-reason", "")}
    return ReasonForm(data, reasons=reasons, prefix=part, initial=chosen)


class WalkInForm(PersonPage):
    """Everything of a pre-registration on one page, for a person without an appointment."""

    def __init__(self, *args: Any, **options: Any) -> None:
        form = current_form()
        super().__init__(*args, form=form, asked=form.fields, has_pictures=True, **options)
        self.fields |= elsewhere.boxes()
        self.fields["paper_kind"].label = _("Which paper is it?")  # the person stands there with it
        for field in self.fields.values():
            if isinstance(field, forms.FileField):
                field.help_text = _("JPEG, PNG, HEIC or PDF, at most 5 MB.")


class FindPersonForm(Form):
    """The number of a registered person."""

    idcs = IdcsField(help_text=_("The ten digits that the person shows or tells you."))


class ThingForm(PersonPage):
    """Some answers of a person, as they are known or as they were typed, to be written over."""

    def __init__(
        self,
        identity: Identity,
        asked: Sequence[PersonField],
        data: Any = None,
        *,
        typed: Mapping[str, str] | None = None,
    ) -> None:
        values = self.before = values_of(identity)
        self.identity = identity
        if typed:  # a tick that was taken away is not sent
            values = values | {field.tick: "" for field in asked if field.may_be_none}
        values = values | dict(typed or {})
        super().__init__(data, initial=values, form=form_of(identity), asked=asked, known=values)

    def _judge(self, field: PersonField, values: Mapping[str, Any]) -> None:
        """Let the register judge what is another; what stays was declared when something else was asked."""
        on = [name for name in (field.id, field.tick, field.of, *field.when) if name]
        if all(_text(values.get(name)) == _text(self.before.get(name)) for name in on):
            self.cleaned_data[field.id] = self.identity.value(field.id)
        else:
            super()._judge(field, values)

    def changes(self, identity: Identity) -> dict[str, Any]:
        """Return what differs from an identity, as it would be typed."""
        changed: dict[str, Any] = {}
        for field in self.asked:
            said = self.cleaned_data[field.id]
            if said != identity.value(field.id):
                changed[field.id] = "" if said is None else str(said)
                if said is None:
                    changed[field.tick] = True
        return changed


def _text(typed: Any) -> str:
    return str(typed or "")


class EvidenceForm(Form):
    """Why what the register says is another, the paper that shows it, and from which day."""

    reason = forms.ChoiceField(
        label=_("Why is it another?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the reason.")},
    )
    kind = forms.ChoiceField(
        label=_("Which paper shows it?"),
        help_text=_("Names, birth date, sex and numbers of papers are not changed without one."),
        required=False,
    )
    number = PaperNumberField(required=False)
    picture = forms.FileField(
        label=_("Scan of the paper"),
        help_text=_("JPEG, PNG, HEIC or PDF, at most 5 MB."),
        required=False,
        widget=forms.FileInput(PAPER_FILE),
    )
    when = forms.ChoiceField(
        label=_("Since when is it true?"),
        widget=forms.RadioSelect,
        choices=[
            ("always", _("It never was otherwise: a mistake of the beginning")),
            ("since", _("Since a day")),
        ],
        error_messages={"required": _("Choose one of the two.")},
    )
    since = forms.DateField(
        label=_("The day"), required=False, widget=forms.DateInput({"type": "date", "class": "w12"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason: Any = self.fields["reason"]
        reason.choices = [(code, labels.words("reason", code)) for code in IDENTITY_REASONS]
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("No paper")), *((code, labels.words("paper", code)) for code in kinds())]

    def clean(self) -> dict[str, Any]:
        """Ask for the day, and for the kind of a paper of which something else is told."""
        told = super().clean() or {}
        if told.get("when") == "since" and not told.get("since") and "since" not in self.errors:
            self.add_error("since", _("Write the day from which it is true."))
        if not told.get("kind") and (told.get("number") or told.get("picture")):
            self.add_error("kind", _("Choose the kind of the paper."))
        return told

    def typed(self) -> dict[str, str]:
        """Return what was typed, as it was."""
        return {name: str(self.data.get(name, "")) for name in self.fields if name != "picture"}

    def told(self) -> dict[str, str]:
        """Return reason, paper (kind and number) and day; no day for what never was otherwise."""
        cleaned = self.cleaned_data
        day = cleaned["since"] if cleaned["when"] == "since" else None
        paper = f"{cleaned['kind']} {cleaned['number']}".strip()
        return {"reason": cleaned["reason"], "paper": paper, "since": day.isoformat() if day else ""}


class DayForm(Form):
    """A day on which a person is looked at."""

    on = forms.DateField(
        label=_("As it was on"),
        widget=forms.DateInput({"type": "date", "class": "w12"}, format="%Y-%m-%d"),
        error_messages={"required": _("Write the day.")},
    )
