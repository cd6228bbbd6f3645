"""Receipts: a PDF in Arabic and French with a signed QR code that says what it is and names nobody."""

from sijil.domains.documents.receipts.draw import render_receipt
from sijil.domains.documents.receipts.seal import check_token, sign_claim
from sijil.domains.documents.receipts.words import Both, Line

__all__ = ["Both", "Line", "check_token", "render_receipt", "sign_claim"]
