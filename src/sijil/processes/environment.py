"""Every setting that an installation may change, typed, read from the environment (``SIJIL_...``).

The reference page ``docs/reference/settings.md`` is generated from this file.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from sijil.processes.gate.requests import networks_of


class Environment(BaseSettings):
    """The settings of one installation. Secrets are files below ``home``, made at the first start."""

    model_config = SettingsConfigDict(env_prefix="SIJIL_", extra="ignore")

    home: Path = Field(
        default=Path(".sijil"), description="Folder of keys, private database, sealed files and logs."
    )
    database_url: str = Field(
        default="",
        description="PostgreSQL >= 15, as the owner of the tables: migrations and console commands. "
        "Empty: the private one below `home`.",
    )
    web_database_url: str = Field(
        default="",
        description="The same database as the role of the pages. Empty: the private one's, else the owner's.",
    )
    worker_database_url: str = Field(default="", description="As the role of the worker.")
    verify_database_url: str = Field(
        default="", description="As the role of the verification process, which reads two tables."
    )
    audit_database_url: str = Field(
        default="", description="As a role that only reads: `sijil verify-audit`, and an auditor's own tools."
    )
    host: str = Field(default="127.0.0.1", description="Address that web and verify listen on.")
    port: int = Field(default=8000, description="Port of the pages and the API.")
    web_workers: int = Field(
        default=0,
        ge=0,
        description="Processes that answer pages and API, 4 threads each; 0: one per core, at most 4.",
    )
    trusted_proxies: str = Field(
        default="",
        description="Addresses and networks of the TLS proxies in front, separated by commas. Only from them "
        "X-Forwarded-For, -Proto and -Host are believed; empty: from nobody.",
    )
    disk_floor_mb: int = Field(
        default=256,
        ge=1,
        description="MB that must be free for `SIJIL_HOME` and a private database; else nothing is taken.",
    )
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
    publisher: str = Field(
        default="",
        description="File of who publishes this service, of the shape of src/sijil/kernel/publisher.yaml "
        "(whose values are invented). Read once by each process.",
    )
    staff_second_factor: bool = Field(
        default=True,
        description="Staff sign in with a password and a code of their telephone (RFC 6238). "
        "Never asked in the demo, unless an account has a telephone.",
    )
    debug: bool = Field(default=False, description="Developer mode: Django's error pages.")
    sms_gateway: str = Field(
        default="demo", description="SMS: `demo` (a visible inbox page), `file`, `http`, `smpp`, or a class."
    )
    email_gateway: str = Field(default="demo", description="E-mail: `demo`, `file`, `smtp`, or a class.")
    abis: str = Field(
        default="embedded", description="Recognition engine: `embedded` (finds a reused image), or a class."
    )
    capture_device: str = Field(
        default="browser",
        description="What takes face and irises at the counter: `browser` (a file or its camera), `sbi` "
        "(a device of MOSIP's SBI on the loopback of this machine, or a file; no page asks it yet), or a "
        "class.",
    )
    virus_scan: str = Field(
        default="demo",
        description="Virus scan of papers: `demo` (knows the EICAR test file only), `clamd`, or a class.",
    )
    unscanned_papers: Literal["refuse", "queue"] = Field(
        default="refuse",
        description="Papers while the scanner does not answer: `refuse`, or `queue` (kept sealed, opened for "
        "nobody and received with no file until the worker had them scanned).",
    )
    source_messages: str = Field(
        default="jws", description="How messages of sources (civil register) are proved: `jws`, or a class."
    )
    key_store: str = Field(
        default="file", description="What wraps the data keys: `file` (keys/master.key), or a class."
    )
    audit_seal: str = Field(
        default="file", description="What signs the roots of the audit log: `file` (keys/audit), or a class."
    )
    sms_sender: str = Field(
        default="Sijil", description="Sender of `http` and `smpp`: a number or 11 letters."
    )
    sms_http_url: str = Field(
        default="", description="Where `http` posts an SMS: https://…, or http:// on this machine."
    )
    sms_http_token_file: str = Field(
        default="", description="File with the token that `http` sends as Authorization: Bearer."
    )
    sms_http_body: str = Field(
        default='{"id": "$key", "from": "$sender", "to": "$to", "text": "$text"}',
        description="What `http` posts, as JSON; $key is the same at each try.",
    )
    sms_http_reference: str = Field(
        default="id", description="Field of the answer that holds the provider's number; dots lead inside."
    )
    sms_http_report: str = Field(
        default='{"reference": "id", "status": "status", "delivered": ["delivered", "DELIVRD"], '
        '"failed": ["failed", "undelivered", "expired", "rejected", "UNDELIV", "EXPIRED", "REJECTD"]}',
        description="Fields and words of the delivery reports that come to /v1/inbound/sms, as JSON.",
    )
    sms_smpp_url: str = Field(
        default="", description="SMS centre of `smpp`: smpp://system_id@host:2775 (smpps:// with TLS)."
    )
    sms_smpp_password_file: str = Field(default="", description="File with the password of `smpp`.")
    clamd: str = Field(
        default="/run/clamav/clamd.ctl",
        description="Where `clamd` listens: path of its socket, or host:port.",
    )
    sbi_trust: str = Field(
        default="", description="File with the certificates (PEM) that vouch for the devices of `sbi`."
    )
    sbi_env: Literal["Staging", "Developer", "Pre-Production", "Production"] = Field(
        default="Production", description="The environment for which the devices of `sbi` are registered."
    )
    smtp_url: str = Field(
        default="",
        description="Mail server of the `smtp` adapter: smtp://user:password@host:587 (or smtps://).",
    )
    smtp_from: str = Field(default="sijil@localhost", description="Sender of the e-mails.")

    @property
    def address(self) -> str:
        """Where the pages are for whoever reads of them; without a slash at its end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, text: str) -> str:
        networks_of(text)
        return text


@lru_cache
def environment() -> Environment:
    """Return the settings of this process."""
    return Environment()
