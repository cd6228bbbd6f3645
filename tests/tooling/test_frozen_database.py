"""A database that stands still or is gone: seen by the web process within seconds, then forgotten."""

import os
import signal
import subprocess
import time

import psycopg
import pytest
from django.db import OperationalError
from django.test import RequestFactory

from sijil.config import deadlines
from sijil.config.database.base import DatabaseWrapper
from sijil.config.database.pulse import Pulse
from sijil.config.failures import failed
from sijil.config.settings import _database
from sijil.processes.postgres import Postgres


@pytest.fixture(scope="module")
def server(open_place):
    one = Postgres(open_place / "frozen", durable=False)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def wrapper(server, settings, monkeypatch, django_db_blocker):
    monkeypatch.setattr("sijil.config.database.base._pulses", {})
    found = {**settings.DATABASES["default"], **_database(server.url)}
    deadlines.hold(found)
    one = DatabaseWrapper(found, "frozen")
    with django_db_blocker.unblock():
        yield one
        one.close()


@pytest.fixture
def frozen(server):
    """Return a function that stops every process of the server; they go on when the test ends."""
    stopped = []

    def freeze():
        listing = subprocess.run(["pgrep", "-P", str(server.pid)], capture_output=True, text=True)
        stopped.extend([server.pid, *map(int, listing.stdout.split())])
        for pid in stopped:
            os.kill(pid, signal.SIGSTOP)

    def thaw():
        while stopped:
            os.kill(stopped.pop(), signal.SIGCONT)

    freeze.thaw = thaw
    yield freeze
    thaw()


def ask(wrapper, statement="SELECT 1"):
    with wrapper.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def test_the_limits_are_those_of_every_connection(wrapper):
    for name, told in (("statement_timeout", "10s"), ("lock_timeout", "5s")):
        assert ask(wrapper, f"SHOW {name}") == told
    assert ask(wrapper, "SHOW idle_in_transaction_session_timeout") == "30s"


def test_a_slow_statement_is_waited_for_as_long_as_the_server_answers_others(wrapper, monkeypatch):
    monkeypatch.setattr("sijil.config.database.base.PATIENCE", 0.2)
    assert ask(wrapper, "SELECT 7 FROM pg_sleep(1)") == 7


@pytest.mark.slow
def test_a_frozen_server_is_given_up_within_five_seconds_then_at_once_and_found_again(wrapper, frozen):
    ask(wrapper)
    frozen()
    began = time.monotonic()
    with pytest.raises(OperationalError, match="does not answer"):
        ask(wrapper)
    waited = time.monotonic() - began
    wrapper.close_if_unusable_or_obsolete()
    began = time.monotonic()
    with pytest.raises(OperationalError, match="does not answer"):
        ask(wrapper)
    assert time.monotonic() - began < 1
    assert waited < 5
    frozen.thaw()
    deadline = time.monotonic() + 20
    while wrapper._pulse.is_silent and time.monotonic() < deadline:
        time.sleep(0.05)
    assert ask(wrapper) == 1


def test_a_pulse_is_asked_once_for_all_who_wait():
    knocks = []

    def knock():
        knocks.append(1)
        raise psycopg.OperationalError("too many clients already")  # a no is an answer

    pulse = Pulse(knock)
    assert pulse.answers()
    assert pulse.answers()
    assert len(knocks) == 1


def test_a_silence_ends_when_somebody_opens():
    answers = [psycopg.errors.ConnectionTimeout("nobody"), None]

    def knock():
        if answer := answers.pop(0):
            raise answer

    pulse = Pulse(knock)
    assert not pulse.answers()
    deadline = time.monotonic() + 20
    while pulse.is_silent and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not pulse.is_silent
    assert answers == []


@pytest.mark.parametrize(
    ("path", "header", "word"),
    [
        ("/my-file/", {}, "لا تستطيع الخدمة"),
        ("/v1/my-household", {"HTTP_ACCEPT_LANGUAGE": "fr"}, "Le service ne peut pas"),
    ],
)
def test_an_error_of_the_database_is_503_in_the_readers_language(path, header, word):
    from sijil.pages.languages import reading

    try:
        raise OperationalError("the database does not answer")
    except OperationalError:
        with reading("ar"):
            answer = failed(RequestFactory().get(path, **header))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert word in answer.content.decode("utf-8")


def test_a_fault_of_ours_stays_500():
    try:
        raise ValueError("a fault")
    except ValueError:
        assert failed(RequestFactory().get("/")).status_code == 500
