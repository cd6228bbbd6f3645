"""The figures for Prometheus: whom they are shown to, that its reader reads them, what they leave out."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from sijil.kernel.dates import day_begins
from sijil.kernel.tests.trial import ME, make_submitted
from sijil.pages import clock
from sijil.reporting import metrics

HEADERS = ("", "Bearer", "Bearer x", "Bearer é", "Basic {token}", "{token}", "Bearer {token}x")
TODAY = dt.date(2027, 3, 31)


@pytest.fixture
def token():
    return (Path(settings.HOME) / "keys" / "metrics.token").read_text()


@pytest.fixture
def ask(client, token, monkeypatch):
    """Ask with the token; return the samples by name and labels."""
    monkeypatch.setattr(clock, "now", lambda: day_begins(TODAY))

    def ask(read=text_string_to_metric_families, **headers):
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {token}", **headers})
        assert answer.status_code == 200
        families = read(answer.content.decode())
        return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}

    return ask


@pytest.mark.django_db
@pytest.mark.parametrize("header", HEADERS)
def test_nobody_without_the_token(client, token, header):
    answer = client.get("/metrics", headers={"Authorization": header.format(token=token)})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "api.metrics_token_needed"


@pytest.mark.django_db
def test_an_installation_without_a_token_lets_nobody_in(client, settings, tmp_path):
    settings.HOME = tmp_path
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 401


def test_the_files_by_kind_state_and_turn(trial, ask):
    make_submitted(10, first=dt.date(2027, 1, 26))
    found = ask()
    at = ("trial", "submitted", "officer")
    names = ("sijil_files", "sijil_files_late", "sijil_files_near")
    assert [found[(name, *at)] for name in names] == [10, 4, 0]
    assert found[("sijil_files_oldest_late_days", *at)] == 4
    assert found[("sijil_clocks_unmarked_days",)] == (TODAY - dt.date(2027, 3, 3)).days


@pytest.mark.django_db
def test_jobs_messages_log_and_holidays(ask):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "VALUES ('default', 'casework.pass_marks', 'failed'), ('default', 'x', 'todo')"
        )
    found = ask()
    assert found[("sijil_jobs", "failed")] == found[("sijil_jobs", "todo")] == 1
    assert found[("sijil_jobs_failed", "casework.pass_marks")] == 1
    assert found[("sijil_messages", "queued")] == found[("sijil_audit_unsealed_seconds",)] == 0
    assert found[("sijil_holidays_known_days",)] == (dt.date(2028, 12, 31) - TODAY).days
    assert {found[("sijil_readable", part)] for part in metrics.PARTS} == {1}


def test_no_identity_and_no_person_is_a_label(trial, ask, client, token):
    make_submitted(3, first=dt.date(2027, 1, 1))
    text = client.get("/metrics", headers={"Authorization": f"Bearer {token}"}).content.decode()
    assert ME.id not in text
    families = text_string_to_metric_families(text)
    labels = {label for family in families for sample in family.samples for label in sample.labels}
    assert labels == {"kind", "state", "waits_on", "part", "step"} | ({"job"} & labels)


@pytest.mark.django_db
def test_openmetrics_for_whoever_asks_for_it(ask):
    found = ask(read_openmetrics, Accept="application/openmetrics-text; version=1.0.0")
    assert found[("sijil_readable", "files")] == 1


@pytest.mark.django_db
def test_a_part_that_cannot_be_read_is_left_out_and_said(ask):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE notifications_message RENAME TO elsewhere")
    found = ask()
    assert found[("sijil_readable", "messages")] == 0
    assert found[("sijil_readable", "audit")] == 1
    assert not [key for key in found if key[0] == "sijil_messages"]
