"""Web and worker start only when what the settings name is fit: outside systems, and who publishes."""

from __future__ import annotations

from sijil.kernel.adapters import list_unfit
from sijil.kernel.publisher import PublisherInvalid, read_publisher
from sijil.processes.environment import environment
from sijil.processes.failure import CannotStart

_REMEDY = "Write the file like src/sijil/kernel/publisher.yaml, or leave the setting out."


def refuse_unfit() -> None:
    """Raises: CannotStart, a sentence for each setting: its name, its value, and what to do."""
    found = list_unfit()
    try:
        read_publisher(environment().publisher)
    except PublisherInvalid as error:
        found = [*found, f"SIJIL_PUBLISHER={error}. {_REMEDY}"]
    if found:
        raise CannotStart("\n".join(found))
