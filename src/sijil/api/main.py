"""The HTTP API of the web process: one router per file, refusals as problem+json (RFC 9457)."""

from __future__ import annotations

from sijil.api import (
    adjudication,
    civil_events,
    contact,
    family,
    geography,
    household,
    identity,
    inbound,
    person,
    programmes,
    sessions,
    witnesses,
)
from sijil.api.household import completion
from sijil.api.problems import ProblemAPI, TextParser

api = ProblemAPI(title="Sijil", version="1", openapi_url=None, parser=TextParser())

api.schemas = civil_events.SCHEMAS
api.add_router("", geography.router)
api.add_router("", adjudication.router)
api.add_router("", civil_events.router)
api.add_router("", contact.router)
api.add_router("", family.router)
api.add_router("", household.router)
api.add_router("", identity.router)
api.add_router("", completion.router)
api.add_router("", inbound.router)
api.add_router("", person.router)
api.add_router("", person.counter)
api.add_router("", programmes.router)
api.add_router("", sessions.router)
api.add_router("", witnesses.router)
