"""The worker process: takes jobs from the database's queue and does them (``sijil worker``)."""

from __future__ import annotations

import asyncio
from typing import Any

import django

from sijil.processes import roles
from sijil.processes.beats import Beat
from sijil.processes.environment import environment


def run(*, concurrency: int = 4, until_idle: bool = False) -> None:
    """Work until SIGTERM; running jobs may finish. ``until_idle``: stop when the queue is empty."""
    roles.run_as(roles.WORKER)
    django.setup()
    from sijil.processes.adapters import refuse_unfit
    from sijil.processes.law import refuse_faults

    refuse_faults()
    refuse_unfit()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    if not isinstance(app.connector, DjangoConnector):
        raise TypeError("the queue must be Django's database")
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        asyncio.run(_work(working, concurrency=concurrency, wait=not until_idle))


async def _work(app: Any, **options: Any) -> None:
    beat = asyncio.create_task(Beat(environment().home.absolute(), "worker").keep())
    try:
        async with app.open_async():
            await app.run_worker_async(
                delete_jobs="successful",
                shutdown_graceful_timeout=20,
                fetch_job_polling_interval=2,
                **options,
            )
    finally:
        beat.cancel()
