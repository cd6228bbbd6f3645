"""Bodies that hold what the person's form asks: described and read by the form in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Literal

from ninja.errors import ValidationError
from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from sijil.domains.population_register.rules import PersonField, PersonForm
from sijil.pages.person_forms import current_form

_EXAMPLES: Mapping[str, list[str]] = {
    "date": ["1988-03-14", "1950"],
    "commune": ["04.421.01.0"],
    "phone": ["0612345678", "+33612345678"],
    "postcode": ["10000"],
}


def _every(form: PersonForm) -> Iterable[PersonField]:
    return form.fields


def _compared(form: PersonForm) -> Iterable[PersonField]:
    return form.compared


class PersonBody(BaseModel):
    """A body with the answers of a person beside its own fields; the register judges them.

    No schema of Ninja's, which does not hand on what it does not know by name.
    ``asked``: which answers it takes. ``needs``: whether it says which of them must be there.
    """

    model_config = ConfigDict(extra="allow")
    asked: ClassVar[Callable[[PersonForm], Iterable[PersonField]]] = _every
    needs: ClassVar[Literal["mandatory", "all", "none"]] = "mandatory"

    def answers(self) -> dict[str, Any]:
        """Return the answers as they were sent. Raises: ValidationError for what is not asked, or no text."""
        sent = dict(self.model_extra or {})
        kinds = _kinds(type(self).asked(current_form()))
        faults = [fault for name, value in sent.items() if (fault := _fault(kinds, name, value))]
        if self.needs == "all":
            needed = [f for f in type(self).asked(current_form()) if f.mandatory]
            faults += [_wrong("missing", f.id, "Field required") for f in needed if not _is_said(f, sent)]
        if faults:
            raise ValidationError(faults)
        return sent

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        described = handler.resolve_ref_schema(handler(core))
        form = current_form()
        asked = list(cls.asked(form))
        properties = {f.id: _described(form, f) for f in asked}
        properties |= {f.tick: _tick(f) for f in asked if f.may_be_none}
        described["properties"] = properties | described.get("properties", {})
        needed = [f.id for f in asked if cls._is_needed(f)]
        described["required"] = needed + described.get("required", [])
        described["additionalProperties"] = False
        return described

    @classmethod
    def _is_needed(cls, field: PersonField) -> bool:
        if cls.needs == "mandatory":
            return field.mandatory and not (field.default or field.may_be_none or field.when)
        return cls.needs == "all" and field.mandatory and not field.may_be_none


def _is_said(field: PersonField, sent: Mapping[str, Any]) -> bool:
    return field.id in sent or field.tick in sent


def _kinds(asked: Iterable[PersonField]) -> dict[str, type]:
    fields = list(asked)
    return {f.id: str for f in fields} | {f.tick: bool for f in fields if f.may_be_none}


def _fault(kinds: Mapping[str, type], name: str, value: Any) -> dict[str, Any] | None:
    if name not in kinds:
        return _wrong("extra_forbidden", name, "")
    if kinds[name] is bool:
        fits = isinstance(value, (bool, str))
        return None if fits else _wrong("bool_type", name, "Input should be a valid boolean")
    return None if isinstance(value, str) else _wrong("string_type", name, "Input should be a valid string")


def _wrong(kind: str, name: str, message: str) -> dict[str, Any]:
    return {"type": kind, "loc": ("body", "body", name), "msg": message}


def _described(form: PersonForm, field: PersonField) -> dict[str, Any]:
    said = [field.label.text("en"), field.hint.text("en") if field.hint else ""]
    words = " ".join(_sentence(text) for text in said if text)
    found: dict[str, Any] = {"type": "string", "title": said[0], "description": words}
    if field.kind == "choice":
        found["enum"] = [option.code for option in form.options(field)]
    if field.kind in _EXAMPLES:
        found["examples"] = _EXAMPLES[field.kind]
    if field.kind == "date":
        found["description"] += " YYYY, YYYY-MM or YYYY-MM-DD."
    return found | ({"default": field.default} if field.default else {})


def _sentence(text: str) -> str:
    return text if text.endswith(("?", ".")) else f"{text}."


def _tick(field: PersonField) -> dict[str, Any]:
    words = f"The document has no such name: {field.label.text('en').lower()}. Then the name is left out."
    return {"type": "boolean", "default": False, "title": field.label.text("en"), "description": words}


class IdentityIn(PersonBody):
    """What a person declares (law 72.18, article 6), as the form in force asks it."""


class CorrectionIn(PersonBody):
    """Only the fields that the paper or the person corrects; at least one."""

    needs = "none"


class ComparisonIn(PersonBody):
    """What the papers say, field by field, as the officer reads them; the form is corrected accordingly."""

    asked = _compared
    needs = "all"
