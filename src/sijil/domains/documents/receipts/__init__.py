"""Receipts: a PDF in Arabic and French with a signed QR code that says what it is and names nobody.

``compose`` says all that is printed, ``draw_page`` prints it; ``services.print_receipt`` keeps what it said.
"""

from sijil.domains.documents.receipts.draw import Marks, Photo, compose, draw_page, marks, words_version
from sijil.domains.documents.receipts.seal import check_token, public_keys, sign_claim
from sijil.domains.documents.receipts.words import Both, Fact, Line

__all__ = [
    "Both",
    "Fact",
    "Line",
    "Marks",
    "Photo",
    "check_token",
    "compose",
    "draw_page",
    "marks",
    "public_keys",
    "sign_claim",
    "words_version",
]
