"""``sijil demo``: everything on one machine, with a country to play in."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sijil.console import options
from sijil.console.output import say, show_table
from sijil.kernel.files import put
from sijil.processes.failure import CannotStart

if TYPE_CHECKING:
    from sijil.processes.installation import Installation

MARK = "demo.json"
HARMLESS = {"lock", "logs", "static"}


def demo(
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the demo of this folder and start over.")
    ] = False,
    households: Annotated[
        int, typer.Option(min=10, help="Households of the demo country, at the first start.")
    ] = 5000,
    host: options.Host = None,
    port: options.Port = None,
    verify_port: options.VerifyPort = None,
    stop_when_ready: Annotated[
        bool, typer.Option("--stop-when-ready", help="Start everything, then stop: a rehearsal.")
    ] = False,
) -> None:
    """Start a whole demo country: private PostgreSQL, reference data, people, pages, verification, worker.

    Ctrl-C stops everything; the next start keeps the data. Nothing leaves this machine.
    """
    from sijil.processes.installation import open_installation

    options.apply(host, port, verify_port)
    os.environ["SIJIL_DEMO"] = "1"
    with open_installation(say) as here:
        check_home(here.home)
        if fresh:
            start_over(here)
        try:
            prepare(here, households)
            here.serve(when_ready=lambda: welcome(here), stop_when_ready=stop_when_ready)
        except KeyboardInterrupt:
            return


def check_home(home: Path) -> None:
    """Raises: CannotStart when the folder holds something that is not a demo."""
    others = [p.name for p in home.iterdir() if p.name not in HARMLESS]
    if others and not (home / MARK).exists():
        raise CannotStart(
            f"{home} holds an installation that is not a demo. Name another folder: "
            "SIJIL_HOME=~/sijil-demo ./run demo",
            exit_code=4,
        )


def state_of(home: Path) -> str:
    """Return "" before the first start, "loading" when it was interrupted, "ready" after it."""
    try:
        return str(json.loads((home / MARK).read_text())["state"])
    except (OSError, ValueError, KeyError):
        return ""


def start_over(here: Installation) -> None:
    """Delete the demo, saying what goes. Raises: CannotStart over a database that is not the demo's own."""
    if here.database is None:
        raise CannotStart(
            "--fresh deletes only the demo's own database, not the one in SIJIL_DATABASE_URL: "
            "empty that one yourself."
        )
    say(f"Starting over: deleting the demo in {here.home} (database, keys, sealed files).")
    here.start_over()


def prepare(here: Installation, households: int) -> None:
    """Bring the demo to the state "ready": tables, reference data, people. Keeps what is there.

    A load that was interrupted goes on where it stopped.
    """
    here.furnish()
    ready = state_of(here.home) == "ready"
    if not ready:
        _note(here.home, "loading")
    here.start_database()
    here.prepare()
    if not ready:
        from sijil.country import load

        load(households=households, say=say)
        _note(here.home, "ready")


def welcome(here: Installation) -> None:
    """Print the address and the accounts that are ready."""
    from sijil.country import ready_accounts

    say("")
    show_table(("WHO", "WHERE", "LOGIN", "PASSWORD"), ready_accounts())
    say("")
    say(f"Ready: {here.settings.address}/   (Ctrl-C stops everything)")


def _note(home: Path, state: str) -> None:
    put(home / MARK, (json.dumps({"state": state}) + "\n").encode())
