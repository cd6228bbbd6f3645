"""E-mail by SMTP (``SIJIL_SMTP_URL``); the message's key is its Message-ID."""

from __future__ import annotations

import datetime as dt
import smtplib
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from sijil.domains.notifications.adapters import GatewayFailed
from sijil.domains.notifications.types import Outgoing, Taken
from sijil.kernel.adapters import AdapterUnfit

_TIMEOUT = 20


class SmtpGateway:
    """``smtp://user:password@host:587`` with STARTTLS, ``smtps://`` with TLS from the start,
    ``smtp+plain://`` without.
    """

    at_once = 4

    @staticmethod
    def check() -> None:
        if not urlsplit(settings.ENV.smtp_url).hostname:
            raise AdapterUnfit("SIJIL_SMTP_URL: smtp needs a mail server, as smtp://user:password@host:587.")

    def send(self, message: Outgoing, *, now: dt.datetime) -> Taken:
        sender = settings.ENV.smtp_from
        message_id = f"<{message.key}@{sender.rpartition('@')[2]}>"
        headers = {"Message-ID": message_id, "Content-Language": message.language}
        mail = EmailMessage(
            message.title,
            message.body,
            sender,
            [message.to],
            connection=_connection(settings.ENV.smtp_url),
            headers=headers | {"Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = {code for code, _ in error.recipients.values()}
            raise GatewayFailed(f"smtp: recipient refused {codes}", permanent=min(codes) >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise GatewayFailed(f"smtp: answer {error.smtp_code}", permanent=False) from error
        except (smtplib.SMTPException, OSError) as error:
            raise GatewayFailed(f"smtp: {type(error).__name__}") from error
        return Taken(message_id)


def _connection(url: str) -> EmailBackend:
    parts = urlsplit(url)
    if not parts.hostname:
        raise GatewayFailed("smtp: SIJIL_SMTP_URL is not set")
    return EmailBackend(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp",
        use_ssl=parts.scheme == "smtps",
        timeout=_TIMEOUT,
    )
