"""An upload is opened by a child process that lives for it alone; only what the child drew anew is kept."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from sijil.domains.documents import errors
from sijil.domains.documents.rules import is_of_phones
from sijil.domains.documents.types import Accepted, MediaType
from sijil.kernel.child import Child
from sijil.kernel.errors import Refused

CHILD = Child(Path(__file__).parent, ("PIL", "pi_heif", "pypdfium2"))
OF_PHONES = replace(CHILD, threads=True)  # libde265 decodes in a thread
_KEPT = re.compile(rb"kept (image/(?:jpeg|png)) (\d{1,3})\n")
_REFUSED = re.compile(rb"refused ([a-z_]+)\n")
_REASONS = {
    error.code.rpartition(".")[2]: error
    for error in (
        errors.IMAGE_BROKEN, errors.IMAGE_TOO_SMALL, errors.IMAGE_TOO_BIG,
        errors.PDF_BROKEN, errors.PDF_LOCKED, errors.PDF_TOO_LONG,
    )
}  # fmt: skip


def draw(content: bytes) -> Accepted:
    """Return what is kept of an upload.

    Raises: Refused (FILE_TOO_HARD when the child was ended; FILES_WAIT when all are at work).
    """
    answer = (OF_PHONES if is_of_phones(content) else CHILD).ask(content, field="file")
    if kept := _KEPT.match(answer):
        return Accepted(MediaType(kept[1].decode()), answer[kept.end() :], int(kept[2]))
    refused = _REFUSED.fullmatch(answer)
    raise Refused(_REASONS.get(refused[1].decode() if refused else "", errors.FILE_TOO_HARD), field="file")
