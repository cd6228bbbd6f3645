"""What an officer typed on the page of a file and no button took yet.

The page is one form with many buttons, so that each of them brings everything that was typed. What the button
does not take is kept, sealed in the officer's session, and comes back on the page of that file.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext

from sijil.kernel import clean
from sijil.pages import background, kept

LINES = ""
"""The lines compared with the papers; every other part of the form leads its names: ``refuse-reason``."""
_PICTURE = "-picture"


def read(request: HttpRequest, number: str, declared: str) -> dict[str, str]:
    """Return what was typed: as it was sent, else as it was kept.

    A tick beside other words than there are now certifies nothing, and is gone.
    """
    said = _sent(request) if request.method == "POST" else kept.read(request, _where(number))
    is_of_now = said.pop(background.OF_THING, declared) == declared
    return {name: value for name, value in said.items() if is_of_now or not name.startswith("same_")}


def has_lines(said: Mapping[str, str]) -> bool:
    """Tell whether something was typed of what the papers say."""
    return any(_part(name) == LINES for name in said)


def keep(request: HttpRequest, number: str, *, part: str | None, is_taken: bool) -> None:
    """Keep what was sent, without the ``part`` of the button if it was taken.

    A browser does not give a chosen file back: who chose one for another button is told.
    """
    _tell_files(request, part)
    said = {name: value for name, value in _sent(request).items() if not (is_taken and _part(name) == part)}
    if said.keys() - {background.OF_THING}:
        kept.keep(request, _where(number), said)
    else:
        drop(request, number)


def drop(request: HttpRequest, number: str) -> None:
    """Keep nothing more of a file: it left the counter."""
    kept.take(request, _where(number))


def tell_lost_file(request: HttpRequest) -> None:
    """Say that a browser does not give a chosen file back."""
    told = gettext("A file that you had chosen was not sent with this button. Choose it again.")
    messages.warning(request, told)


def _tell_files(request: HttpRequest, part: str | None) -> None:
    chosen: Mapping[str, object] = {**request.POST.dict(), **request.FILES.dict()}
    if any(value and name.endswith(_PICTURE) and _part(name) != part for name, value in chosen.items()):
        tell_lost_file(request)


def _sent(request: HttpRequest) -> dict[str, str]:
    """Return what was typed and chosen, without what the page adds and names of files."""
    never = {"csrfmiddlewaretoken", "modality", background.OF_FORM}
    sent = {name: str(value) for name, value in request.POST.items() if value and name not in never}
    return {
        name: value
        for name, value in sent.items()
        if not name.endswith(_PICTURE) and (not name.startswith("_") or name == background.OF_THING)
    }


def _part(name: str) -> str:
    before, hyphen, _ = name.partition("-")
    return before if hyphen else LINES


def _where(number: str) -> str:
    return f"typed:{clean.request_number(number)}"
