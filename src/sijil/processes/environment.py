"""Every setting that an installation may change, typed, read from the environment (``SIJIL_...``).

The reference page ``docs/reference/settings.md`` is generated from this file.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Environment(BaseSettings):
    """The settings of one installation. Secrets are files below ``home``, made at the first start."""

    model_config = SettingsConfigDict(env_prefix="SIJIL_", extra="ignore")

    home: Path = Field(
        default=Path(".sijil"), description="Folder of keys, private database, sealed files and logs."
    )
    database_url: str = Field(
        default="", description="PostgreSQL >= 15. Empty: the private one below `home`."
    )
    host: str = Field(default="127.0.0.1", description="Address that web and verify listen on.")
    port: int = Field(default=8000, description="Port of the pages and the API.")
    verify_port: int = Field(default=8001, description="Port of the verification process.")
    verify_workers: int = Field(
        default=2,
        ge=1,
        description="Processes that answer verifications; each takes a share of a partner's rate.",
    )
    public_url: str = Field(default="", description="Address printed on receipts; empty: http://host:port.")
    demo: bool = Field(
        default=False, description="Show the demo banner, the ready accounts and the demo inbox."
    )
    staff_second_factor: bool = Field(
        default=True,
        description="Staff sign in with a password and a code of their telephone (RFC 6238). "
        "Never asked in the demo, unless an account has a telephone.",
    )
    debug: bool = Field(default=False, description="Developer mode: Django's error pages.")
    sms_gateway: str = Field(
        default="demo", description="Name of the SMS adapter (`demo`: a visible inbox page)."
    )
    email_gateway: str = Field(default="demo", description="Name of the e-mail adapter.")
    smtp_url: str = Field(
        default="",
        description="Mail server of the `smtp` adapter: smtp://user:password@host:587 (or smtps://).",
    )
    smtp_from: str = Field(default="sijil@localhost", description="Sender of the e-mails.")


@lru_cache
def environment() -> Environment:
    """Return the settings of this process."""
    return Environment()
