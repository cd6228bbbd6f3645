"""A list as a manager gets it: asked for, then frozen by the worker; a refused one raises its refusal."""

from __future__ import annotations

import datetime as dt
import json

from django.db import connection

from sijil.config.tasks import JOBS, perform
from sijil.domains.programmes import queries
from sijil.domains.programmes.types import PublishedList, Seen
from sijil.journeys import programme_support
from sijil.kernel.actors import Actor

JOB = "programmes.publish"
_TAKE = "DELETE FROM procrastinate_jobs WHERE task_name = %s AND status = 'todo' RETURNING args"


def publish(
    *, programme: str = "asd", seen: Seen | None = None, actor: Actor, now: dt.datetime
) -> PublishedList:
    asked = programme_support.ask_list(programme=programme, seen=seen, actor=actor, now=now)
    work()
    made = queries.get_list(asked.id)
    if refused := queries.find_refusal(made):
        raise refused
    return made


def work() -> int:
    """Do what was asked for, as the worker does, by its table of jobs; return how many jobs there were."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [JOB])
        jobs = [json.loads(args) if isinstance(args, str) else args for (args,) in cursor.fetchall()]
    for ids in jobs:
        perform(JOBS[JOB], ids)
    return len(jobs)
