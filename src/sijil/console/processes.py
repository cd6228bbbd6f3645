"""One process of an installation alone: for a service manager that watches them itself."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from sijil.console import options
from sijil.processes.commands import VERIFY, web_command
from sijil.processes.environment import Environment, environment
from sijil.processes.home import furnish


def web(host: options.Host = None, port: options.Port = None) -> None:
    """Serve the pages and the API until SIGTERM."""
    options.apply(host, port, None)
    from sijil.processes import roles
    from sijil.processes.installation import refuse_faults_of_law

    roles.run_as(roles.WEB)
    command = web_command(_furnished())
    refuse_faults_of_law()
    os.execv(command[0], command)  # noqa: S606


def verify() -> None:
    """Serve POST /v1/verifications alone, on its own port, until SIGTERM."""
    from sijil.verify import serve

    here = _furnished()
    serve(VERIFY, host=here.host, port=here.verify_port, workers=here.verify_workers)


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help="Jobs at the same time.")] = 4,
    until_idle: Annotated[bool, typer.Option("--until-idle", help="Stop when no job waits.")] = False,
) -> None:
    """Do the jobs of the queue: comparisons, messages, sealing of the audit."""
    from sijil.processes.worker import run

    _furnished()
    run(concurrency=concurrency, until_idle=until_idle)


def _furnished() -> Environment:
    """Return the settings of an installation whose keys and folders are there. Raises: CannotStart."""
    found = environment()
    furnish(found.home.absolute())
    return found
