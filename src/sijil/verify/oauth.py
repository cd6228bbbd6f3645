"""``POST /oauth2/token``: client credentials (RFC 6749 §4.4), the secret by HTTP Basic or in the form."""

from __future__ import annotations

import base64
import binascii
from urllib.parse import parse_qsl, unquote_plus

from sijil.verify.directory import Client, Directory

FORM = b"application/x-www-form-urlencoded"


class TokenRefused(Exception):
    """An error of RFC 6749 §5.2."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(error)
        self.body = {"error": error, "error_description": description}
        self.status = status


def read_form(content_type: bytes, raw: bytes) -> dict[str, str]:
    """Return the parameters. Raises: TokenRefused(invalid_request) if one repeats or the type is another."""
    if content_type.split(b";")[0].strip().lower() != FORM:
        raise TokenRefused("invalid_request", f"The body must be {FORM.decode()}.")
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, strict_parsing=bool(raw))
    except ValueError:
        raise TokenRefused("invalid_request", "The body cannot be read.") from None
    form = dict(pairs)
    if len(form) != len(pairs):
        raise TokenRefused("invalid_request", "A parameter is repeated.")
    return form


def read_credentials(authorization: bytes, form: dict[str, str]) -> tuple[str, str]:
    """Return client id and secret. Raises: TokenRefused: none, both ways at once, or unreadable."""
    if not authorization:
        if "client_id" not in form or "client_secret" not in form:
            raise TokenRefused("invalid_client", "Send the client id and secret.", 401)
        return form["client_id"], form["client_secret"]
    if "client_secret" in form:
        raise TokenRefused("invalid_request", "Send the secret one way only.")
    scheme, _, rest = authorization.partition(b" ")
    try:
        name, colon, secret = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        scheme, name, colon, secret = b"", "", "", ""
    if scheme.lower() != b"basic" or not colon:
        raise TokenRefused("invalid_client", "The Authorization header is not HTTP Basic.", 401)
    return unquote_plus(name), unquote_plus(secret)


def choose_scopes(client: Client, form: dict[str, str]) -> tuple[str, ...]:
    """Return the scopes to give: those asked for, or all. Raises: TokenRefused(invalid_scope)."""
    asked = tuple(dict.fromkeys(form.get("scope", "").split())) or client.scopes
    if not set(asked) <= set(client.scopes):
        raise TokenRefused("invalid_scope", "A scope was not agreed with you.")
    return asked


async def grant(
    directory: Directory, content_type: bytes, authorization: bytes, raw: bytes
) -> tuple[Client, tuple[str, ...]]:
    """Return the partner and the scopes to put in the token. Raises: TokenRefused, Unavailable."""
    form = read_form(content_type, raw)
    if "grant_type" not in form:
        raise TokenRefused("invalid_request", "grant_type is missing.")
    if form["grant_type"] != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "Only client_credentials.")
    client_id, secret = read_credentials(authorization, form)
    client = await directory.authenticate(client_id, secret)
    if client is None:
        raise TokenRefused(
            "invalid_client", "The client id or the secret is wrong, or access is suspended.", 401
        )
    return client, choose_scopes(client, form)
