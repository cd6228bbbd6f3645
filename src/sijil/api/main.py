"""The HTTP API of the web process: one router per file, refusals as problem+json (RFC 9457)."""

from __future__ import annotations

from ninja import NinjaAPI

from sijil.api import geography

api = NinjaAPI(title="Sijil", version="1", docs_url="docs", openapi_url="openapi.json")

api.add_router("", geography.router)
