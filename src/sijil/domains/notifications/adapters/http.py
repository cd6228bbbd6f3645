"""SMS by a provider's HTTP interface: what is posted, answered and reported is described in the settings.

The token is a file, read at each message: it is changed without a restart. Redirects are not followed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from django.conf import settings

from sijil.domains.notifications.adapters import GatewayFailed, ReportUnreadable
from sijil.domains.notifications.types import Fate, Outgoing, Report, Taken
from sijil.kernel.adapters import AdapterUnfit

_TIMEOUT = 20
_REFUSED_FOR_EVER = (400, 404, 413, 422)  # what is wrong with the message; 401 and 403 are wrong with us
_HERE = ("localhost", "127.0.0.1", "::1")
_PLACES = {"key", "sender", "to", "text", "language"}
_REPORT_FIELDS = ("reference", "status", "delivered", "failed")


class HttpGateway:
    """``SIJIL_SMS_HTTP_…``. Without a number in its answer the message is known by its key."""

    at_once = 8

    @staticmethod
    def check() -> None:
        env = settings.ENV
        parts = urlsplit(env.sms_http_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
            raise AdapterUnfit(
                f"SIJIL_SMS_HTTP_URL={env.sms_http_url}: http needs the address of the provider, as https://…"
            )
        _token()
        _body_template()
        _report_fields()

    def send(self, message: Outgoing, *, now: dt.datetime) -> Taken:
        words = {
            "key": str(message.key),
            "sender": settings.ENV.sms_sender,
            "to": message.to,
            "text": message.body,
            "language": message.language,
        }
        token = _token()
        headers = {"Idempotency-Key": str(message.key)}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = httpx.post(
                settings.ENV.sms_http_url,
                json=_fill(_body_template(), words),
                headers=headers,
                timeout=_TIMEOUT,
            )
        except httpx.HTTPError as error:
            raise GatewayFailed(f"http: {type(error).__name__}") from error
        if not answer.is_success:
            permanent = answer.status_code in _REFUSED_FOR_EVER
            raise GatewayFailed(f"http: answer {answer.status_code}", permanent=permanent)
        reference = _reference(answer) or str(message.key)
        return Taken(reference, parts=(reference,))

    def read_reports(self, body: bytes, media_type: str) -> Sequence[Report]:
        """Read one report or a list, JSON or a form; what says nothing final is passed over."""
        found = _read(body, media_type)
        fields = _report_fields()
        reports = [_report(one, fields) for one in (found if isinstance(found, list) else [found])]
        return [report for report in reports if report is not None]


def _token() -> str:
    path = settings.ENV.sms_http_token_file
    try:
        return Path(path).read_text().strip() if path else ""
    except OSError as error:
        raise AdapterUnfit(
            f"SIJIL_SMS_HTTP_TOKEN_FILE={path}: {error.strerror}. Name a file that holds the token alone."
        ) from error


def _body_template() -> Any:
    text = settings.ENV.sms_http_body
    try:
        shape = json.loads(text)
        _fill(shape, dict.fromkeys(_PLACES, ""))
    except (ValueError, KeyError) as error:
        places = ", ".join(f"${place}" for place in sorted(_PLACES))
        raise AdapterUnfit(f"SIJIL_SMS_HTTP_BODY={text}: {error}. Write JSON with {places}.") from error
    return shape


def _fill(shape: Any, words: Mapping[str, str]) -> Any:
    """Return the shape with its texts filled: a text stays one text, whatever the words hold."""
    if isinstance(shape, dict):
        return {name: _fill(inner, words) for name, inner in shape.items()}
    if isinstance(shape, list):
        return [_fill(inner, words) for inner in shape]
    return Template(shape).substitute(words) if isinstance(shape, str) else shape


def _report_fields() -> dict[str, Any]:
    text = settings.ENV.sms_http_report
    try:
        fields = json.loads(text)
        missing = [name for name in _REPORT_FIELDS if name not in fields]
    except (ValueError, TypeError) as error:
        missing = [str(error)]
    if missing:
        raise AdapterUnfit(
            f"SIJIL_SMS_HTTP_REPORT={text}: {', '.join(missing)}. "
            f"Write JSON with {', '.join(_REPORT_FIELDS)}."
        )
    return dict(fields)


def _reference(answer: httpx.Response) -> str:
    """Return the provider's number; "" if its answer holds none: the message went all the same."""
    try:
        return _at(answer.json(), settings.ENV.sms_http_reference)[:80]
    except ValueError:
        return ""


def _at(found: Any, path: str) -> str:
    """Return the text at ``messages.0.id``; "" where nothing is."""
    for name in path.split("."):
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        else:
            found = found.get(name) if isinstance(found, dict) else None
    return str(found) if isinstance(found, str | int) else ""


def _read(body: bytes, media_type: str) -> Any:
    try:
        if media_type == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode(), strict_parsing=True, max_num_fields=100))
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ReportUnreadable from error


def _report(found: Any, fields: Mapping[str, Any]) -> Report | None:
    reference, status = _at(found, fields["reference"]), _at(found, fields["status"])
    if not reference or not status:
        raise ReportUnreadable
    if status in fields["delivered"]:
        return Report(reference[:80], Fate.DELIVERED)
    return Report(reference[:80], Fate.FAILED, status[:40]) if status in fields["failed"] else None
