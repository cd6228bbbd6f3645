"""The reference of the API for people: drawn from its OpenAPI document, a page per subject, no script."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import mark_safe

from sijil.api.main import api
from sijil.pages.person_forms import current_digest

Schema = Mapping[str, Any]
Kind = list[tuple[str, str]]
"""Pieces of a type as it is read: a text, and the shape that it names, or ""."""
_PLAIN: Mapping[str, Any] = {"integer": 1, "number": 1, "boolean": True, "object": {}}
_LIMITS = {"maxLength": "at most {} characters", "minimum": "from {}", "maximum": "to {}", "pattern": "as {}"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One parameter, or one field of a shape."""

    name: str
    kind: Kind
    note: str = ""
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back with a status; without a kind nothing but the status."""

    status: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Call:
    """One call. ``example``: a body as JSON; ``refused``: the statuses that bring a problem document."""

    anchor: str
    method: str
    path: str
    text: str
    token: bool
    parameters: list[Entry]
    body: Kind
    body_type: str
    example: str
    answers: list[Answer]
    refused: list[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """A named schema: its fields, or the values it may have."""

    name: str
    text: str
    fields: list[Entry]
    values: list[str]


@dataclass(frozen=True, slots=True)
class Subject:
    """The calls of one tag."""

    name: str
    calls: list[Call] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.name.replace(" ", "-")


def index(request: HttpRequest) -> HttpResponse:
    """Show every call, by subject, and every shape."""
    described = document()
    shapes = sorted(described["components"]["schemas"])
    return render(request, "api/reference.html", {"subjects": read(described), "shapes": shapes})


def subject(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the calls of one subject. Raises: Http404."""
    found = next((one for one in read(document()) if one.slug == slug), None)
    if found is None:
        raise Http404
    return render(request, "api/subject.html", {"subject": found})


def shape(request: HttpRequest, name: str) -> HttpResponse:
    """Show a shape, and those that it is made of. Raises: Http404."""
    schemas = document()["components"]["schemas"]
    if name not in schemas:
        raise Http404
    return render(request, "api/shape.html", {"shapes": shapes_of(name, schemas)})


def description(request: HttpRequest) -> HttpResponse:
    """Answer the OpenAPI document."""
    return HttpResponse(_text(current_digest()), content_type="application/json")


def document() -> Schema:
    """Return the OpenAPI document."""
    return json.loads(_text(current_digest()))  # type: ignore[no-any-return]


@lru_cache(maxsize=2)
def _text(form: str) -> str:
    """Return the document as JSON; what is sent of persons follows the form. It takes a second to write."""
    return json.dumps(api.get_openapi_schema(), default=str)


def read(described: Schema) -> list[Subject]:
    """Return the subjects in the order of the document."""
    subjects: dict[str, Subject] = {}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            name = operation["tags"][0]
            call = _call(described, method.upper(), path, operation)
            subjects.setdefault(name, Subject(name)).calls.append(call)
    return list(subjects.values())


def _call(described: Schema, method: str, path: str, operation: Schema) -> Call:
    content = operation.get("requestBody", {}).get("content", {})
    body_type, body = next(((name, part["schema"]) for name, part in content.items()), ("", {}))
    answers = operation["responses"]
    return Call(
        anchor=f"{method}{re.sub('[^a-z0-9]+', '-', path)}".strip("-").lower(),
        method=method,
        path=path,
        text=marked(operation.get("description", "")),
        token=bool(operation.get("security")),
        parameters=[_entry(p["name"], p["schema"], p["required"]) for p in operation.get("parameters", [])],
        body=kind(body) if body else [],
        body_type=body_type,
        example=_written(example(described, body)) if "json" in body_type else "",
        answers=[Answer(status, _answer(body)) for status, body in answers.items() if status < "4"],
        refused=[status for status in answers if status >= "4"],
    )


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _answer(answer: Schema) -> Kind:
    for media, content in answer.get("content", {}).items():
        return kind(content["schema"]) if media == "application/json" else [(media, "")]
    return []


def marked(text: str) -> str:
    """Return a description as HTML, what stands between double backticks as code."""
    return mark_safe(re.sub("``(.+?)``", r"<code>\1</code>", escape(text)))  # noqa: S308


def _entry(name: str, schema: Schema, needed: bool) -> Entry:
    limits = [text.format(schema[limit]) for limit, text in _LIMITS.items() if limit in schema]
    if "default" in schema and schema["default"] is not None:
        limits.append(f"{schema['default']!r} if left out")
    note = " ".join(filter(None, [schema.get("description", ""), "; ".join(limits)]))
    return Entry(name, kind(schema), marked(note), needed)


def kind(schema: Schema) -> Kind:
    """Return how the type of a schema reads: ``list of CentreOut``, ``date or nothing``."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return [(name, name)]
    if "anyOf" in schema:
        return _joined([kind(one) for one in schema["anyOf"]], " or ")
    if "enum" in schema:
        return [(" | ".join(map(str, schema["enum"])), "")]
    if "const" in schema:
        return [(str(schema["const"]), "")]
    if schema.get("type") == "array":
        return [("list of ", ""), *kind(schema.get("items", {}))]
    if isinstance(values := schema.get("additionalProperties"), Mapping):
        return [("object of ", ""), *kind(values)]
    word = schema.get("format") or schema.get("type") or "anything"
    return [("nothing" if word == "null" else str(word), "")]


def _joined(kinds: list[Kind], between: str) -> Kind:
    first, *others = kinds
    return [*first, *(piece for one in others for piece in [(between, ""), *one])]


def example(described: Schema, schema: Schema, depth: int = 0) -> Any:
    """Return a value that fits a schema, from its examples where it gives some."""
    if "$ref" in schema:
        schema = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    given = (*schema.get("examples", ()), *schema.get("enum", ()), schema.get("const"), schema.get("default"))
    if (known := next((value for value in given if value is not None), None)) is not None:
        return known
    for one in schema.get("anyOf", ()):
        return example(described, one, depth)
    if schema.get("type") == "array":
        return [example(described, schema["items"], depth + 1)] if depth < 4 else []
    if "properties" in schema:
        return {name: example(described, one, depth + 1) for name, one in schema["properties"].items()}
    return _PLAIN.get(schema.get("type", ""), "…")


def shapes_of(name: str, schemas: Mapping[str, Schema]) -> list[Shape]:
    """Return a shape, then those that its fields name, and those that these name."""
    names, shapes = [name], []
    for one in names:
        found = _shape(one, schemas[one])
        shapes.append(found)
        names += dict.fromkeys(n for e in found.fields for _, n in e.kind if n and n not in names)
    return shapes


def _shape(name: str, schema: Schema) -> Shape:
    needed = schema.get("required", [])
    fields = [_entry(key, one, key in needed) for key, one in schema.get("properties", {}).items()]
    return Shape(name, marked(schema.get("description", "")), fields, list(map(str, schema.get("enum", []))))
