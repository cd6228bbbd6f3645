"""Every page of the product, as data: who opens it. An address without arguments must be here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Listed:
    """One page: the name of its address, the role that opens it, what to add to the address."""

    name: str
    role: str = ""
    query: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return reverse(self.name, kwargs=self.arguments) + self.query

    def __str__(self) -> str:
        return "-".join([self.name + self.query, *map(str, self.arguments.values())])


PAGES = [
    Listed("portal-home"),
    Listed("portal-track"),
    Listed("portal-track", query="?number=K7QD"),
    Listed("portal-privacy"),
    Listed("portal-accessibility"),
    Listed("portal-partners"),
    Listed("portal-formula"),
    Listed("portal-formula", query="?milieu=rural"),
    Listed("portal-calculator"),
    Listed("portal-calculator", query="?milieu=rural"),
    Listed("backoffice-adjudication", role="adjudicator"),
]

# Addresses that are not pages: downloads, answers to scripts, forms that only receive.
NOT_PAGES = {"api-1:openapi-json", "api-1:openapi-view", "api-1:api-root"}


def plain_names() -> set[str]:
    """Return the name of every address that takes no argument, with its namespace."""
    return set(_names(get_resolver().url_patterns, "", False))


def _names(patterns: list[Any], space: str, takes: bool) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        needs = takes or bool(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += _names(pattern.url_patterns, inner, needs)
        elif isinstance(pattern, URLPattern) and pattern.name and not needs:
            found.append(space + pattern.name)
    return found
