"""Nothing is decided by a law that is not as it was sealed: web and worker do not start then."""

from __future__ import annotations

from sijil.processes.failure import CannotStart


def refuse_faults() -> None:
    """Raises: CannotStart, naming every version that is not as it was sealed, or by which it was decided."""
    from sijil.reporting.law import list_faults

    found = list_faults()
    if found:
        raise CannotStart("The law is not in order (sijil law check):\n" + "\n".join(found))
