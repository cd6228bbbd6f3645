"""A kept picture as it leaves: for who may see it alone, and with no power whatever it holds."""

from __future__ import annotations

from django.http import HttpResponse


def picture_response(content: bytes, media_type: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
