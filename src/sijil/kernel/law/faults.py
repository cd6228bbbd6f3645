"""What msgspec finds wrong, in words of the house: what, and what to do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from sijil.kernel.law.values import Step

_PLACE = re.compile(r" - at (?:`key` in )?`\$(?P<way>.*)`$")
_TOKEN = re.compile(r"\.([^.\[]+)|\[(\.\.\.|\d+)\]")
_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`")
_MISSING = re.compile(r"Object missing required field `(.+?)`")
_ENUM = re.compile(r"Invalid enum value '?(.*?)'?(?: - at|$)")
_EXPECTED = re.compile(r"Expected `(\w+)[^`]*`(?:, got `(\w+)`)?")

_RANGE = re.compile(r"Expected `\w+` (matching|[<>]=?|of length) ")
_REMEDIES = {
    "date": "Write the day without quotes, as 2026-11-22.",
    "int": "Write a whole number without quotes.",
    "str": "Write it between quotes.",
    "bool": "Write true or false.",
    "array": "Write a list: [one, two].",
    "object": "Write names and values: {name: value}.",
}
_NEEDED = {
    "source": "Write where it comes from: text, article, bulletin.",
    "last_checked_on": "Write the day a person last compared it with its text: last_checked_on: 2026-11-22.",
    "doubt": "Write what is not certain, or `doubt: none`.",
}


def tokens_of(message: str) -> list[Step]:
    """Return the steps of msgspec's path; ``...`` stands for a key that it does not name."""
    found = _PLACE.search(message)
    if found is None:
        return []
    return [name or (int(n) if n.isdigit() else n) for name, n in _TOKEN.findall(found["way"])]


def explain(message: str, route: tuple[Step, ...], schema: type[Any]) -> tuple[str, str, tuple[Step, ...]]:
    """Return what is wrong, what to do, and the steps from ``route`` to the very place."""
    if found := _UNKNOWN.match(message):
        return f"`{found[1]}` is not known here.", _nearest(found[1], _names(schema)), (found[1],)
    if found := _MISSING.match(message):
        return f"`{found[1]}` is missing.", _NEEDED.get(found[1], f"Write `{found[1]}:`."), ()
    if found := _ENUM.match(message):
        return f"`{found[1]}` is not known here.", _choices(route, schema), ()
    if _RANGE.match(message):
        return f"{_plain(message)}.", "Compare it with the text of the law.", ()
    found = _EXPECTED.match(message)
    remedy = _REMEDIES.get(found[1], "") if found and found[2] else ""
    return f"{_plain(message)}.", remedy or "Compare it with a version that is in force.", ()


def _plain(message: str) -> str:
    return message.partition(" - at ")[0].replace("`", "")


def _nearest(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"Did you mean `{near[0]}`?" if near else "Take it away, or write the name that is meant."


def _names(schema: type[Any]) -> set[str]:
    return {info.encode_name for info in _parts(schema) if isinstance(info, msgspec.inspect.Field)}


def _choices(route: tuple[Step, ...], schema: type[Any]) -> str:
    """Return the words that a field with choices takes."""
    name = next((step for step in reversed(route) if isinstance(step, str)), "")
    fields = [i for i in _parts(schema) if isinstance(i, msgspec.inspect.Field) and i.encode_name == name]
    words = dict.fromkeys(str(word) for f in fields for i in _walk(f.type) for word in _words(i))
    return f"Write one of: {', '.join(words)}."


def _words(info: Any) -> tuple[Any, ...]:
    if isinstance(info, msgspec.inspect.EnumType):
        return tuple(member.value for member in info.cls)
    return tuple(info.values) if isinstance(info, msgspec.inspect.LiteralType) else ()


def _parts(schema: type[Any]) -> Iterator[Any]:
    return _walk(msgspec.inspect.type_info(schema))


def _walk(info: Any) -> Iterator[Any]:
    if isinstance(info, tuple | list):
        for item in info:
            yield from _walk(item)
    elif isinstance(info, msgspec.inspect.Type | msgspec.inspect.Field):
        yield info
        for name in info.__struct_fields__:
            yield from _walk(getattr(info, name))
