"""From the bytes of a request to a question; every fault names its field."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from sijil.domains.verification.rules import check_idcs, check_sex, claim_tags, number_tag
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.ids import new_key
from sijil.kernel.sealing import Keyring
from sijil.verify.directory import Client
from sijil.verify.refusals import BODY_INVALID, PURPOSE_REFUSED
from sijil.verify.statement import Question


class Body(msgspec.Struct, forbid_unknown_fields=True):
    """``POST /v1/verifications``."""

    idcs: str
    birth_date: str
    sex: str
    purpose: str


_QUOTES = 4 * len(Body.__struct_fields__)
_DECODER = msgspec.json.Decoder(Body)
_AT = re.compile(r"`\$\.(\w+)`$")
_NAMED = re.compile(r"field `([^`]{1,40})`")
parse_date = lru_cache(maxsize=1 << 16)(PartialDate.parse)


def read_question(raw: bytes, client: Client, keys: Keyring) -> Question:
    """Return the question. Raises: Refused naming the field at fault."""
    body = _decode(raw)
    idcs = check_idcs(body.idcs)
    birth = parse_date(body.birth_date)
    sex = check_sex(body.sex)
    if body.purpose not in client.purposes:
        raise Refused(PURPOSE_REFUSED, field="purpose")
    tags = claim_tags(keys, idcs, birth)
    return Question(new_key(), number_tag(keys, idcs), tags, sex, client.code, client.label, body.purpose)


def _decode(raw: bytes) -> Body:
    try:
        body = _DECODER.decode(raw)
    except msgspec.ValidationError as error:
        text = str(error)
        found = _AT.search(text) or _NAMED.search(text)
        field = found.group(1) if found else "body"
        raise Refused(BODY_INVALID, field=field, what=text.partition(" - at ")[0] + ".") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(BODY_INVALID, field="body", what=f"The body must be JSON: {error}.") from None
    if raw.count(b'"') != _QUOTES:  # two readers could take another one each
        raise Refused(BODY_INVALID, field="body", what="Send each field once, without quotation marks in it.")
    return body
