"""SMPP 3.4 on the wire: the few messages that a client needs, and the text of an SMS in its parts.

Source: Short Message Peer to Peer Protocol Specification v3.4 (sections 4 and 5, appendix B); alphabets and
concatenation: 3GPP TS 23.038 and TS 23.040 (9.2.3.24.1).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

HEADER = struct.Struct("!IIII")
LARGEST = 64 * 1024

GENERIC_NACK, UNBIND, ENQUIRE_LINK = 0x80000000, 0x06, 0x15
SUBMIT_SM, DELIVER_SM, BIND_TRANSCEIVER = 0x04, 0x05, 0x09
RESPONSE = 0x80000000

_HAS_UDH = 0x40
_RECEIPT = 0x04  # message type "SMSC delivery receipt" in esm_class, bits 2 to 5
_MESSAGE_PAYLOAD, _RECEIPTED_ID, _MESSAGE_STATE = 0x0424, 0x001E, 0x0427
_GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_CODES = {char: bytes([code]) for code, char in enumerate(_GSM) if char != "\x1b"} | {
    char: b"\x1b" + bytes([code])
    for char, code in zip("\f^{}\\[~]|€", b"\x0a\x14\x28\x29\x2f\x3c\x3d\x3e\x40\x65", strict=True)
}
_WORDS = re.compile(r"\bid:\s*(\S+).*?\bstat:\s*(\w+)(?:.*?\berr:\s*(\w+))?", re.DOTALL | re.IGNORECASE)
_STATES = {1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN"}
_STATES |= {8: "REJECTD"}


class Malformed(Exception):
    """What came is not SMPP."""


@dataclass(frozen=True, slots=True)
class Pdu:
    """One message. ``status``: 0 when all is well."""

    command: int
    status: int
    sequence: int
    body: bytes = b""

    def pack(self) -> bytes:
        return HEADER.pack(16 + len(self.body), self.command, self.status, self.sequence) + self.body


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an SMS. ``coding``: 0 the centre's alphabet (GSM 03.38), 8 UCS-2."""

    coding: int
    content: bytes
    has_header: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery receipt says. ``state``: DELIVRD, UNDELIV, EXPIRED, REJECTD …; ``error``: its code."""

    reference: str
    state: str
    error: str


def cut(text: str, mark: int) -> list[Part]:
    """Return the parts of a text: 160 or 153 GSM characters each, else 70 or 67 of UCS-2.

    ``mark``: 0 to 255, the same in all parts and at each try, so that parts sent twice still make one text.
    """
    codes = [_GSM_CODES.get(char) for char in text]
    is_gsm = None not in codes
    units = [c for c in codes if c] if is_gsm else [char.encode("utf-16-be") for char in text]
    coding, whole, each = (0, 160, 153) if is_gsm else (8, 140, 134)
    if sum(map(len, units)) <= whole:
        return [Part(coding, b"".join(units), has_header=False)]
    pieces = list(_pack(units, each))
    if len(pieces) > 255:
        raise Malformed("more than 255 parts")
    heads = [bytes([5, 0, 3, mark, len(pieces), number]) for number in range(1, len(pieces) + 1)]
    return [Part(coding, head + piece, has_header=True) for head, piece in zip(heads, pieces, strict=True)]


def _pack(units: list[bytes], most: int) -> Iterator[bytes]:
    """Fill pieces of at most ``most`` bytes; a character of two codes is never cut."""
    piece = b""
    for unit in units:
        if len(piece) + len(unit) > most:
            yield piece
            piece = b""
        piece += unit
    yield piece


def bind_body(system_id: str, password: str) -> bytes:
    """Return the body of bind_transceiver: interface version 3.4, every address."""
    return _text(system_id, 16) + _text(password, 9) + _text("", 13) + b"\x34\x00\x00" + _text("", 41)


def submit_body(part: Part, *, sender: str, to: str) -> bytes:
    """Return the body of submit_sm, with a delivery receipt asked for. ``to``: E.164 with its plus."""
    source = b"\x01\x01" if sender.lstrip("+").isdecimal() else b"\x05\x00"  # a number, or letters
    return b"".join(
        (
            _text("", 6),
            source + _text(sender.lstrip("+"), 21),
            b"\x01\x01" + _text(to.lstrip("+"), 21),
            bytes([_HAS_UDH if part.has_header else 0, 0, 0]),
            _text("", 17) + _text("", 17),
            bytes([1, 0, part.coding, 0, len(part.content)]),
            part.content,
        )
    )


def read_text(body: bytes) -> str:
    """Return the first text of a body: the number that submit_sm_resp gives."""
    return body.split(b"\0", 1)[0].decode("ascii", "replace")


def read_receipt(body: bytes) -> Told | None:
    """Return what a deliver_sm says of a message of ours; None for what people answer. Raises: Malformed."""
    try:
        rest = body.split(b"\0", 1)[1]  # service_type
        for _ in ("source", "destination"):
            rest = rest[2:].split(b"\0", 1)[1]
        esm_class, rest = rest[0], rest[3:]
        rest = rest.split(b"\0", 2)[2]  # schedule, validity
        length = rest[4]
        text, more = rest[5 : 5 + length], dict(_options(rest[5 + length :]))
    except (IndexError, struct.error) as error:
        raise Malformed("a deliver_sm that ends too early") from error
    if esm_class & 0x3C != _RECEIPT:
        return None
    return _told((text or more.get(_MESSAGE_PAYLOAD, b"")).decode("latin-1"), more)


def _told(text: str, more: dict[int, bytes]) -> Told | None:
    found = _WORDS.search(text)
    reference = read_text(more.get(_RECEIPTED_ID, b"")) or (found[1] if found else "")
    state = _STATES.get(more.get(_MESSAGE_STATE, b"\0")[0], "") or (found[2].upper() if found else "")
    return Told(reference, state, (found[3] or "") if found else "") if reference and state else None


def _options(rest: bytes) -> Iterator[tuple[int, bytes]]:
    while rest:
        tag, length = struct.unpack_from("!HH", rest)
        yield tag, rest[4 : 4 + length] or b"\0"
        rest = rest[4 + length :]


def _text(text: str, most: int) -> bytes:
    """Return a text with its end. Raises: Malformed if it does not fit (``most`` counts the end)."""
    content = text.encode("ascii", "replace")
    if len(content) >= most or b"\0" in content:
        raise Malformed(f"more than {most - 1} characters")
    return content + b"\0"
