"""Every page of the product, as data: who opens it. An address without arguments must be here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.browser import country


@dataclass(frozen=True)
class Listed:
    """One page: the name of its address, the role that opens it, what to add to the address or to press."""

    name: str
    role: str = ""
    query: str = ""
    click: str = ""  # what to press there to come to the page that is meant
    arguments: dict[str, Any] = field(default_factory=dict)

    @property
    def path(self) -> str:
        found = {name: value() if callable(value) else value for name, value in self.arguments.items()}
        return reverse(self.name, kwargs=found) + self.query

    def __str__(self) -> str:
        return "-".join(
            [self.name + self.query + self.click, *(v for v in self.arguments.values() if isinstance(v, str))]
        )


COMMUNE, CENTRE = "04.421.01.0", "04.421.01.01"
PAGES = [
    Listed("portal-home"),
    Listed("portal-track"),
    Listed("portal-track", query="?number=K7QD"),
    Listed("portal-tracked", arguments={"number": country.waiting_number}),
    Listed("portal-privacy"),
    Listed("portal-legal"),
    Listed("portal-check-code"),
    Listed("portal-accessibility"),
    Listed("portal-partners"),
    Listed("api-docs"),
    Listed("api-docs-subject", arguments={"slug": "person"}),
    Listed("api-docs-subject", arguments={"slug": "counter"}),
    Listed("api-docs-subject", arguments={"slug": "household"}),
    Listed("api-docs-shape", arguments={"name": "CompletionOut"}),
    Listed("portal-formula"),
    Listed("portal-formula", query="?milieu=rural"),
    Listed("portal-calculator"),
    Listed("portal-calculator", query="?milieu=rural"),
    Listed("portal-calculator", click="main .actions button"),
    Listed("portal-centres"),
    Listed("portal-centres-in", arguments={"code": COMMUNE}),
    Listed("portal-centre", arguments={"code": CENTRE}),
    Listed("portal-pre-registration"),
    Listed("portal-pre-registration", click="main .actions button"),
    Listed("portal-sign-in"),
    Listed("portal-account-open-start"),
    Listed("portal-account-forgotten-start"),
    Listed("portal-account-change", role="citizen"),
    Listed("portal-sessions", role="citizen"),
    Listed("portal-inbox"),
    Listed("household-home", role="citizen"),
    Listed("household-score", role="citizen"),
    Listed("household-terms", role="citizen"),
    Listed("household-declared", role="citizen"),
    Listed("portal-consultations", role="citizen"),
    Listed("portal-family", role="citizen"),
    Listed("household-home", role="declarant"),
    Listed("household-start", role="declarant"),
    Listed("household-tasks", role="declarant"),
    Listed("household-place", role="declarant"),
    Listed("household-members", role="declarant"),
    Listed("household-add", role="declarant"),
    Listed("household-check", role="declarant"),
    Listed("household-delete", role="declarant"),
    Listed("counter-queue", role="csc_officer"),
    Listed("counter-new", role="csc_officer"),
    Listed("counter-persons", role="csc_officer"),
    Listed("counter-children", role="csc_officer"),
    Listed("counter-file", role="csc_officer", arguments={"number": country.waiting_number}),
    Listed("backoffice-households", role="adjudicator"),
    Listed("backoffice-adjudication", role="adjudicator"),
    Listed("backoffice-case", role="adjudicator", arguments={"case_id": country.open_case}),
    Listed("backoffice-late", role="administrator"),
    Listed("backoffice-messages", role="administrator"),
    Listed("backoffice-centres", role="administrator"),
    Listed("backoffice-centres", role="administrator", query="?q=Rabat"),
    Listed("backoffice-centre", role="administrator", arguments={"code": CENTRE}),
    Listed("backoffice-staff", role="administrator"),
    Listed("backoffice-staff", role="auditor"),
    Listed("backoffice-staff-new", role="administrator"),
    Listed("backoffice-programmes", role="programme_manager"),
    Listed("backoffice-programme", role="programme_manager", arguments={"code": "asd"}),
    Listed("backoffice-publish", role="programme_manager", arguments={"code": "asd"}),
    Listed("backoffice-list", role="programme_manager", arguments={"list_id": country.published_list}),
]

# Addresses that are not pages: downloads, forms that only receive; the API has its own description.
NOT_PAGES = {
    "household-receipt", "household-score-pdf", "portal-pre-registration-slip", "portal-sign-out",
    "portal-account-open-resend", "portal-account-forgotten-resend", "backoffice-home", "portal-communes",
    "portal-receipt-keys", "portal-pre-registration-code-again", "demo-tour",
    "portal-pre-registration-another",
    "portal-pre-registration-blank", "portal-pre-registration-draft", "portal-pre-registration-sent",
    "backoffice-centres-export", "backoffice-centres-import",
}  # fmt: skip
# Pages that need a whole journey before them: the tests of that journey open them.
IN_JOURNEYS = {
    "household-sent", "household-complete", "portal-pre-registration-check", "portal-pre-registration-code",
    "portal-pre-registration-done",
    "portal-account-open-code", "portal-account-open-password",
    "portal-account-forgotten-code", "portal-account-forgotten-password",
    "portal-link-password", "portal-telephone", "portal-telephone-code", "portal-waiting",
    "counter-person", "counter-person-history", "counter-person-evidence", "counter-person-check",
    "backoffice-staff-area", "backoffice-staff-person", "backoffice-staff-check", "backoffice-staff-link",
}  # fmt: skip


def plain_names() -> set[str]:
    """Return the name of every address that takes no argument, with its namespace."""
    return set(_names(get_resolver().url_patterns, "", False))


def _names(patterns: list[Any], space: str, takes: bool) -> list[str]:
    found: list[str] = []
    for pattern in patterns:
        needs = takes or bool(pattern.pattern.converters)
        if isinstance(pattern, URLResolver) and pattern.namespace != "api-1":
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found += _names(pattern.url_patterns, inner, needs)
        elif isinstance(pattern, URLPattern) and pattern.name and not needs:
            found.append(space + pattern.name)
    return found
