"""A job and the change that asks for it commit together, in a worker as in a page."""

import os
import time

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.testing import InMemoryConnector

from sijil.kernel.jobs import enqueue


@pytest.fixture
def task(request):
    """A task name of this test alone: the queue is not emptied between tests."""
    return f"test.{request.node.name}.{os.getpid()}.{time.monotonic_ns()}"


def queued(task):
    return list(ProcrastinateJob.objects.filter(task_name=task).values_list("args", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_job_comes_with_the_commit(task):
    with transaction.atomic():
        enqueue(task, number="K7QD")

    assert queued(task) == [{"number": "K7QD"}]


@pytest.mark.django_db(transaction=True)
def test_a_job_goes_with_the_rollback(task):
    with transaction.atomic():
        enqueue(task, number="K7QD")
        transaction.set_rollback(True)

    assert queued(task) == []


@pytest.mark.django_db
def test_inside_a_worker_the_job_still_belongs_to_the_transaction(task):
    with app.replace_connector(InMemoryConnector()) as working:
        enqueue(task)
        assert working.connector.jobs == {}

    assert connection.in_atomic_block
    assert queued(task) == [{}]


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_a_mistake():
    with pytest.raises(RuntimeError, match="outside a transaction"):
        enqueue("some.task")
