"""The description of the two calls (OpenAPI 3.1) and the page that shows them and lets one try."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_HERE = Path(__file__).parent


@lru_cache
def openapi() -> dict[str, Any]:
    """Return the OpenAPI document (``openapi.yaml`` beside this file)."""
    return yaml.safe_load((_HERE / "openapi.yaml").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@lru_cache
def docs(portal: str) -> tuple[bytes, bytes]:
    """Return the page, with its way back to the portal, and its content security policy: itself, by hash."""
    text = (_HERE / "docs.html").read_text(encoding="utf-8").replace("PORTAL", html.escape(portal))
    script, style = (_hash_of(tag, text) for tag in ("script", "style"))
    policy = (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return text.encode(), policy.encode()


def _hash_of(tag: str, text: str) -> str:
    found = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
    assert found is not None
    return "sha256-" + base64.b64encode(hashlib.sha256(found.group(1).encode()).digest()).decode()
