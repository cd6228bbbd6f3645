"""What a device of MOSIP's SBI 1.0 answers, read and checked: who signed it, and what it answers."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from sijil.domains.biometrics import errors
from sijil.kernel.errors import Refused

EMPTY_HASH = hashlib.sha256(b"").hexdigest().upper()
_RECORDS = {"Face": b"FAC\0", "Iris": b"IIR\0"}  # ISO/IEC 19794-5 and 19794-6
_IMAGES = (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xffO\xffQ", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_NOTHING_SEEN = {"101", "105"}  # no biometric object; image orientation
_MOST_CERTIFICATES = 4


def read_roots(path: str) -> list[x509.Certificate]:
    """Return the certificates that vouch for devices. Raises: OSError, ValueError."""
    return x509.load_pem_x509_certificates(Path(path).read_bytes())


def read_json(content: bytes) -> object:
    """Raises: ValueError, also for what is nested too deep."""
    try:
        return json.loads(content)
    except RecursionError as error:
        raise ValueError from error


def devices_of(answer: object, kind: str) -> Iterator[Mapping[str, Any]]:
    """Give the devices of a kind in an answer to a discovery; what is none is passed over."""
    for found in answer if isinstance(answer, list) else []:
        if isinstance(found, dict) and _kind_of(found.get("digitalId")) == kind:
            yield found


def _kind_of(digital_id: object) -> str:
    """Return the type in a digital id: its JSON in base64, or the payload of a signed one."""
    parts = digital_id.split(".") if isinstance(digital_id, str) else []
    try:
        told = json.loads(_bytes(parts[1 if len(parts) == 3 else 0]))
        return str(told["type"])
    except (ValueError, LookupError, TypeError):
        return ""


def image_of(
    answer: object, kind: str, side: str, asked: str, roots: Sequence[x509.Certificate], now: dt.datetime
) -> bytes:
    """Return the image that was asked for.

    Raises: Refused (DEVICE_SAW_NOTHING, DEVICE_FAILED with its code; DEVICE_UNTRUSTED: signed by nobody
    trusted, or the answer to something else).
    """
    try:
        [one] = answer["biometrics"]  # type: ignore[index]
        code = str((one.get("error") or {}).get("errorCode") or "0")
    except (TypeError, ValueError, LookupError, AttributeError):
        raise _failed("no biometrics") from None
    if code != "0":
        raise Refused(errors.DEVICE_SAW_NOTHING, field="image") if code in _NOTHING_SEEN else _failed(code)
    told = _signed(one.get("data"), roots, now)
    expected = {"bioType": kind, "transactionId": asked, "purpose": "Registration"}
    if any(told.get(name) != value for name, value in expected.items()) or not _is_side(told, side):
        raise Refused(errors.DEVICE_UNTRUSTED, field="image")
    return _image_in(told.get("bioValue"), kind)


def _is_side(told: Mapping[str, Any], side: str) -> bool:
    """Tell whether an answer is about the eye that was asked; a face has no side."""
    said = told.get("bioSubType")
    return not side or said in (side, [side])


def _failed(code: str) -> Refused:
    return Refused(errors.DEVICE_FAILED, field="image", code=code[:40])


def _signed(token: object, roots: Sequence[x509.Certificate], now: dt.datetime) -> dict[str, Any]:
    """Return what a token says that a trusted device signed. Raises: Refused(DEVICE_UNTRUSTED)."""
    try:
        signed, _, signature = str(token).rpartition(".")
        head, payload = (json.loads(_bytes(part)) for part in signed.split("."))
        _check_signature(head, signed.encode(), _bytes(signature), roots, now)
        if isinstance(payload, dict):
            return payload
    except (InvalidSignature, ValueError, LookupError, TypeError, RecursionError):
        pass
    raise Refused(errors.DEVICE_UNTRUSTED, field="image")


def _check_signature(
    head: Mapping[str, Any],
    signed: bytes,
    signature: bytes,
    roots: Sequence[x509.Certificate],
    now: dt.datetime,
) -> None:
    """Raises: InvalidSignature, and what comes of a head that is none. Only RS256, as SBI says."""
    chain = [x509.load_der_x509_certificate(base64.b64decode(c)) for c in head["x5c"][:_MOST_CERTIFICATES]]
    _check_chain(chain, roots, now)
    key = chain[0].public_key()
    if head["alg"] != "RS256" or not isinstance(key, rsa.RSAPublicKey):
        raise InvalidSignature
    key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())


def _check_chain(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], now: dt.datetime
) -> None:
    """Raises: InvalidSignature unless each is valid today, and issued by the next, the last by a root."""
    for below, above in pairwise(chain):
        _check_issued(below, above, now)
    for root in roots:
        try:
            return _check_issued(chain[-1], root, now)
        except (InvalidSignature, ValueError, TypeError):
            continue
    raise InvalidSignature


def _check_issued(below: x509.Certificate, above: x509.Certificate, now: dt.datetime) -> None:
    limits = above.extensions.get_extension_for_class(x509.BasicConstraints) if _has_limits(above) else None
    dated = all(c.not_valid_before_utc <= now <= c.not_valid_after_utc for c in (below, above))
    if not dated or limits is None or not limits.value.ca:
        raise InvalidSignature
    below.verify_directly_issued_by(above)


def _has_limits(certificate: x509.Certificate) -> bool:
    return any(isinstance(e.value, x509.BasicConstraints) for e in certificate.extensions)


def _image_in(value: object, kind: str) -> bytes:
    """Return the picture inside a record of ISO/IEC 19794, from where it begins."""
    try:
        record = _bytes(str(value))
    except ValueError:
        raise _failed("bioValue") from None
    starts = [at for at in (record.find(sign) for sign in _IMAGES) if at > 0]
    if (
        not record.startswith(_RECORDS[kind])
        or int.from_bytes(record[8:12], "big") != len(record)
        or not starts
    ):
        raise _failed("ISO 19794")
    return record[min(starts) :]


def _bytes(text: str) -> bytes:
    """Return what base64 of the URL kind says, with its end or without. Raises: ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error
