"""The law, wired: every kind declared, enacted versions read from the database, and what a start looks at."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from sijil.config.processes.failure import CannotStart
from sijil.kernel import law

DATABASE = law.Finding("enacted versions", "", True, "not looked at: the database does not answer")


def wire() -> None:
    """Make every law known, and read those enacted on this installation."""
    from sijil.domains.law.queries import EnactedLaws

    declare_all()
    law.use_enacted(EnactedLaws())


def declare_all() -> None:
    """Import the rules of every domain that has parameters: they declare their laws."""
    for app in settings.INSTALLED_APPS:
        folder = Path(import_module(app).__file__ or "").parent
        if app.startswith("sijil.domains.") and (folder / "parameters").is_dir():
            import_module(f"{app}.rules")
            if find_spec(f"{app}.rules.law") if (folder / "rules").is_dir() else None:
                import_module(f"{app}.rules.law")


def examine() -> list[law.Finding]:
    """Return what there is to say of every version, and of those that past decisions name.

    Without the database: of what is shipped.
    """
    from sijil.domains.law.queries import list_pins

    try:
        return [*law.examine(), *law.check_pins(list_pins())]
    except DatabaseError:
        with law.use_shelf(law.Shelf(law.current().root)):
            return [*law.examine(), DATABASE]


def faults() -> list[str]:
    """Return the faults of the law, each naming file or version and what to do."""
    return [f"{f.name} {f.version}".strip() + f": {f.seen}" for f in examine() if not f.well]


def refuse_faults() -> None:
    """Raises: CannotStart, naming every version that is not as it was sealed, or by which it was decided."""
    found = faults()
    if found:
        raise CannotStart("The law is not in order (sijil law check):\n" + "\n".join(found))
