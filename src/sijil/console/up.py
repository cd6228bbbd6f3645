"""``sijil up``: a start without demo."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from sijil.console import options
from sijil.console.output import say


def up(
    host: options.Host = None,
    port: options.Port = None,
    verify_port: options.VerifyPort = None,
    stop_when_ready: Annotated[
        bool, typer.Option("--stop-when-ready", help="Start everything, then stop: a rehearsal.")
    ] = False,
) -> None:
    """Start database, pages, verification and worker, without demo data, and watch them until Ctrl-C.

    The first start prints two one-time links for two administrators (again: sijil staff first).

    With SIJIL_DATABASE_URL the database is that one; else a private PostgreSQL below SIJIL_HOME.
    """
    from sijil.processes.installation import open_installation

    options.apply(host, port, verify_port)
    os.environ.setdefault("SIJIL_DEMO", "0")
    with open_installation(say) as here:
        here.furnish()
        here.start_database()
        here.prepare()
        _load_places()
        address = here.settings.address
        if address.startswith("https://") and not here.settings.trusted_proxies:
            say("SIJIL_TRUSTED_PROXIES is empty: everybody who comes through a proxy has its address.")
        try:
            here.serve(when_ready=lambda: _welcome(address, stop_when_ready), stop_when_ready=stop_when_ready)
        except KeyboardInterrupt:
            return


def _load_places() -> None:
    """Load the shipped geography and the centres if there are none: areas of staff are chosen among them."""
    import django

    django.setup()
    from django.db import connection

    from sijil.domains.appointments.services import load_centres
    from sijil.domains.geography.queries import list_regions
    from sijil.domains.geography.services import load_reference
    from sijil.pages import clock

    try:
        if not list_regions():
            units = load_reference(clock.now()).units
            centres = load_centres(now=clock.now()).centres
            say(f"Geography: {units:,} units of the census of 2024, {centres} centres.")
    finally:
        connection.close()


def _welcome(address: str, is_rehearsal: bool) -> None:
    """Say where the pages are; at the first start give the first administrators their links."""
    from sijil.console.staff import begin

    say(f"Ready: {address}/")
    if not is_rehearsal:  # links of an hour that nobody could open would be the only ones printed
        begin()
