"""Web and worker start only when every outside system that a setting names can be spoken to."""

from __future__ import annotations

from sijil.kernel.adapters import list_unfit
from sijil.processes.failure import CannotStart


def refuse_unfit() -> None:
    """Raises: CannotStart, a sentence for each setting: its name, its value, and what to do."""
    found = list_unfit()
    if found:
        raise CannotStart("\n".join(found))
