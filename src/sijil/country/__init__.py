"""The demo country: invented people in the real geography, made the same way each time.

``load`` makes it and can be repeated: what is there stays. ``ready_accounts`` says who can sign in.
"""

from __future__ import annotations

from collections.abc import Callable


def load(*, households: int = 5000, say: Callable[[str], None] = print) -> None:
    """Load reference data, stories, the generated country and the ready accounts; go on where it stopped."""
    import django

    django.setup()
    from django.conf import settings

    from sijil.country.centre_day import load_centre_day
    from sijil.country.country import load_everything
    from sijil.pages import clock

    load_everything(settings.HOME, households=households, say=say, now=clock.now())
    load_centre_day(now=clock.now())


def ready_accounts() -> list[tuple[str, str, str, str]]:
    """Return (who, where, login, password) for the table shown when the demo is ready."""
    import django

    django.setup()
    from django.conf import settings

    from sijil.country import accounts

    return accounts.ready_accounts(settings.HOME)
