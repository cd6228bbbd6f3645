"""From a file to typed values, each fault with its file, its line and what to do.

YAML is composed into nodes, so that the line of every value is known; nothing of YAML's own reading of values
is used but text, whole numbers, days, true and false. Then msgspec compares it with the schema.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import yaml

from sijil.kernel.law.faults import explain, tokens_of
from sijil.kernel.law.values import LawFault, Number, Step, Wrong

T = TypeVar("T")
Route = tuple[Step, ...]
DEEPEST: Final = 16
LONGEST: Final = 1_000_000  # characters
_TAG = "tag:yaml.org,2002:"
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_WHOLE = re.compile(r"0|-?[1-9]\d*", re.ASCII)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Page:
    """A document as plain values, and the file and line of each."""

    file: str
    value: dict[str, Any]
    text: str
    places: dict[Route, tuple[str, int]] = field(default_factory=dict)

    def fault(self, route: Route, wrong: str, remedy: str) -> LawFault:
        """Return a fault at a place, or at the nearest one around it."""
        while route and route not in self.places:
            route = route[:-1]
        file, line = self.places.get(route, (self.file, 1))
        return LawFault(file, line, wrong, remedy)


def read_page(path: Path, called: str = "") -> Page:
    """Read a file; or a folder as one document: the file with ``version:``, the others each below its name.

    ``called``: how faults name it. Raises: LawFault.
    """
    called = called or path.name
    if not path.is_dir():
        return read_text(_text_of(path, called), called)
    texts = {file.stem: _text_of(file, f"{called}/{file.name}") for file in sorted(path.glob("*.yaml"))}
    heads = [stem for stem, text in texts.items() if re.search(r"^version:", text, re.MULTILINE)]
    if len(heads) != 1:
        remedy = "Write the head (law, version, from, ...) in exactly one of its files."
        raise LawFault(called, 1, f"{len(heads)} files of this folder have a version.", remedy)
    return _joined(called, texts, heads[0])


def _joined(folder: str, texts: Mapping[str, str], head: str) -> Page:
    """Return the document that the files of a folder make; its text reads the same as they do."""
    first = read_text(texts[head], f"{folder}/{head}.yaml")
    parts = [first.text.rstrip("\n")]
    for stem, text in texts.items():
        if stem == head:
            continue
        page = read_text(text, f"{folder}/{stem}.yaml")
        if stem in first.value:
            raise first.fault((stem,), f"`{stem}` stands here and in a file of its own.", "Take one away.")
        first.value[stem] = page.value
        first.places.update({(stem, *route): place for route, place in page.places.items()})
        parts.append(f"{stem}:\n" + re.sub(r"^(?=.)", "  ", page.text, flags=re.MULTILINE).rstrip("\n"))
    return Page(folder, first.value, "\n".join(parts) + "\n", first.places)


def _text_of(path: Path, called: str) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise LawFault(called, 1, f"This is no UTF-8 ({error.reason}).", "Save it as UTF-8.") from None


def read_text(text: str, file: str) -> Page:
    """Read a document. Raises: LawFault."""
    if len(text) > LONGEST:
        raise LawFault(file, 1, "This is too long.", f"Stay below {LONGEST} characters.")
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise LawFault(file, line, f"This is no YAML: {error.problem}.", "Correct this line.") from None
    except yaml.reader.ReaderError as error:
        raise LawFault(file, 1, f"This is no text: {error.reason}.", "Save it as UTF-8.") from None
    if not isinstance(node, yaml.MappingNode):
        raise LawFault(file, 1, "This is no list of names and values.", "Begin with `law:` and `version:`.")
    reader = _Reader(file)
    return Page(file, reader.mapping(node, ()), text, reader.places)


class _Reader:
    """Turns the nodes of one document into values, noting where each stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Route, tuple[str, int]] = {(): (file, 1)}
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, route: Route) -> Any:
        self.places.setdefault(route, (self.file, node.start_mark.line + 1))
        if id(node) in self._seen or len(route) > DEEPEST:
            raise self._fault(node, "This repeats another place, or lies too deep.", "Write it out.")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, route)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*route, place)) for place, item in enumerate(node.value)]
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode, route: Route) -> dict[Any, Any]:
        found: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.scalar(key_node)
            if not isinstance(key, str | int) or isinstance(key, bool):
                raise self._fault(key_node, f"{key!r} is no name.", "Write the name between quotes.")
            if key in found:
                raise self._fault(key_node, f"`{key}` stands twice.", "Take one away.")
            self.places[(*route, key)] = (self.file, key_node.start_mark.line + 1)
            found[key] = self.value(value_node, (*route, key))
        return found

    def scalar(self, node: yaml.Node) -> Any:
        if not isinstance(node, yaml.ScalarNode):
            raise self._fault(node, "A name is one word.", "Write it between quotes.")
        kind, text = node.tag.removeprefix(_TAG), node.value
        if kind == "str":
            return text
        if kind == "bool":
            return text.lower() in ("true", "yes", "on")
        if kind == "int" and _WHOLE.fullmatch(text):
            return int(text)
        if kind == "timestamp" and _DAY.fullmatch(text):
            return self._day(node, text)
        if kind in ("int", "float"):
            raise self._fault(node, f"{text} is not read exactly.", f'Write it between quotes: "{text}".')
        if kind == "null":
            raise self._fault(node, "Nothing is written here.", "Write a value, or take the line away.")
        raise self._fault(node, f"{text!r} is not read here.", "Write it between quotes.")

    def _day(self, node: yaml.Node, text: str) -> dt.date:
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            raise self._fault(node, f"There is no day {text}.", "Write a day as 2026-11-22.") from None

    def _fault(self, node: yaml.Node, wrong: str, remedy: str) -> LawFault:
        return LawFault(self.file, node.start_mark.line + 1, wrong, remedy)


def typed(page: Page, value: Any, schema: type[T]) -> T:
    """Return part of a page (``value``, at its root) by its schema. Raises: LawFault."""
    try:
        return _convert(value, schema)
    except msgspec.ValidationError as error:
        route = _route(value, str(error), schema)
        cause = error.__cause__
        if isinstance(cause, Wrong):
            raise page.fault((*route, *cause.at), cause.wrong, cause.remedy) from None
        wrong, remedy, more = explain(str(error), route, schema)
        raise page.fault((*route, *more), wrong, remedy) from None


def read_words(path: Path, schema: type[T]) -> T:
    """Read a file of wordings, which decide nothing and have no version, by its schema. Raises: LawFault."""
    page = read_page(path)
    return typed(page, page.value, schema)


def _convert(value: Any, schema: type[T]) -> T:
    return msgspec.convert(value, schema, dec_hook=_read_number, builtin_types=(dt.date,))


def _read_number(kind: type, value: Any) -> Any:
    if issubclass(kind, Number):
        return kind.read(value)
    raise TypeError(f"{kind} is no type of the law")


def _route(value: Any, message: str, schema: type[Any]) -> Route:
    """Return the way to a fault. Where msgspec does not say the key, the entries are tried one by one."""
    route: Route = ()
    for told in tokens_of(message):
        step: Step | None = told
        if told == "...":
            here = _at(value, route)
            step = next((k for k in here if _says(_only(value, route, k), schema) == message), None)
        if step is None:
            break
        route = (*route, step)
    return route


def _at(value: Any, route: Route) -> Any:
    for step in route:
        value = value[step]
    return value


def _only(value: Any, route: Route, key: Step) -> Any:
    """Return the document with one entry alone in the mapping at ``route``."""
    if not route:
        return {key: value[key]}
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[route[0]] = _only(value[route[0]], route[1:], key)  # type: ignore[index]
    return changed


def _says(value: Any, schema: type[Any]) -> str:
    try:
        _convert(value, schema)
    except msgspec.ValidationError as error:
        return str(error)
    return ""
