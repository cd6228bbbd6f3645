"""Every score is decided as it is recorded; a new threshold decides anew at 00:00 of the country."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from tests.journeys import publishing
from typer.testing import CliRunner

from sijil.config.tasks import PERIODIC, perform
from sijil.console import build
from sijil.domains.audit.models import AuditEntry
from sijil.domains.programmes import queries as programmes
from sijil.domains.programmes.tests.known import asd, enacted
from sijil.domains.programmes.types import SCALE, Outcome
from sijil.domains.scoring import services
from sijil.domains.scoring.tests.households import FORMULA, NOW, R1, U1
from sijil.domains.scoring.types import NOT_ASKED
from sijil.journeys import household_registration, programme_decisions, programme_support
from sijil.kernel.actors import officer, system
from sijil.kernel.dates import legal_day
from sijil.kernel.errors import Refused
from sijil.pages import clock
from sijil.pages.tests.html import flat

pytestmark = pytest.mark.django_db
ACTOR = system("test")
CODES = ["10000000001", "10000000002", "10000000003"]
HOMES = [U1, R1, U1 | {"cars": 5}]
MIDNIGHT = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # 00:30 on 1 January in Casablanca
NEXT = asd("9.2", starts_on="2027-01-01")


def load(*, now: dt.datetime = NOW) -> None:
    columns = {
        i.id: np.array([home.get(i.id, NOT_ASKED) for home in HOMES], np.int64) for i in FORMULA.inputs
    }
    services.record_scores(
        household_codes=np.array([code.encode() for code in CODES]), columns=columns,
        trigger="imported", actor=ACTOR, now=now,
    )  # fmt: skip


def record(code: str, home: dict[str, int], *, now: dt.datetime = NOW) -> Any:
    return services.record_score(
        household_code=code, inputs=home, milieu=home["milieu"], region_code=home["region"],
        trigger="registered", actor=ACTOR, now=now,
    )  # fmt: skip


def outcomes(code: str) -> dict[str, str]:
    return {d.programme.code: d.decision.outcome.value for d in programmes.list_current_decisions(code)}


def publish(now: dt.datetime = NOW) -> Any:
    return publishing.publish(programme="asd", actor=ACTOR, now=now)


def test_every_score_is_decided_when_it_is_recorded_one_or_many() -> None:
    load()
    assert outcomes(CODES[0]) == {"asd": "eligible", "amo_tadamon": "not_eligible"}
    assert outcomes(CODES[1]) == {"asd": "eligible", "amo_tadamon": "eligible"}
    record(CODES[0], HOMES[2])
    (stored, _) = programmes.list_current_decisions(CODES[0])
    assert (stored.number, stored.score_number, stored.trigger) == (2, 2, "registered")
    assert stored.formula_version == FORMULA.version
    assert stored.pins[1:] == FORMULA.pins


def test_a_score_and_its_decisions_are_one_transaction(monkeypatch: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("no decision")

    monkeypatch.setattr(programme_decisions.services, "decide", fail)
    with pytest.raises(OSError, match="no decision"):
        record(CODES[0], U1)
    assert outcomes(CODES[0]) == {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM scoring_score")
        assert cursor.fetchone() == (0,)


def test_decisions_replay_from_what_they_pin() -> None:
    load()
    with enacted(NEXT):
        perform(PERIODIC["programmes.decide_due"][0], {})
        for stored in (d for code in CODES for d in programmes.list_current_decisions(code)):
            assert programme_decisions.replay(stored) == (stored.decision, True)


def test_a_new_threshold_decides_anew_at_midnight_of_the_country(monkeypatch: Any) -> None:
    load()
    assert programme_decisions.decide_due(now=NOW) == 0
    with enacted(NEXT):
        assert programme_decisions.decide_due(now=MIDNIGHT - dt.timedelta(hours=1)) == 0
        assert programme_decisions.decide_due(now=MIDNIGHT) == 3
        assert programme_decisions.decide_due(now=MIDNIGHT) == 0
        assert outcomes(CODES[0])["asd"] == "not_eligible"
        told = programmes.get_decision_on(CODES[0], "asd", dt.date(2026, 12, 31))
        assert told.decision.outcome is Outcome.ELIGIBLE
        (entry,) = AuditEntry.objects.filter(action="programme.households_decided").order_by("-at")[:1]
        assert entry.facts["counts"] == {"taken": 3, "decided": 3, "unchanged": 0, "refused": 0}


def test_the_night_job_runs_each_hour_so_that_it_follows_the_clock_of_the_country() -> None:
    assert PERIODIC["programmes.decide_due"][1] == "1 * * * *"


def test_a_programme_that_begins_decides_on_everybody() -> None:
    new = NEXT.replace("law: programmes.asd", "law: programmes.t")
    load()
    with enacted(new):
        programme_decisions.decide_due(now=NOW)
        assert programme_decisions.decide_due(now=MIDNIGHT) == 3
        assert outcomes(CODES[1])["t"] == "eligible"


def test_a_list_waits_for_the_new_threshold_and_then_holds_what_the_page_shows(
    monkeypatch: Any, client: Client
) -> None:
    load()
    monkeypatch.setattr(clock, "now", lambda: MIDNIGHT)
    monkeypatch.setattr(clock, "today", lambda: legal_day(MIDNIGHT))
    user = SimpleNamespace(pk=1, is_authenticated=True, kind="staff", roles=["programme_manager"], login="m",
                           centre_code="", area="", is_active=True)  # fmt: skip
    monkeypatch.setattr("django.contrib.auth.middleware.get_user", lambda request: user)
    client.cookies["language"] = "en"
    page = "/backoffice/programmes/asd/publish/"
    with enacted(NEXT):
        shown = client.get(page).content.decode()
        assert "3 households are not yet decided by the threshold in force." in shown
        assert "sijil decide --all" in shown
        with pytest.raises(Refused, match="decisions_due"):
            publish(MIDNIGHT)
        programme_decisions.decide_due(now=MIDNIGHT)
        shown = flat(client.get(page).content.decode())
        seen = dict(re.findall(r'name="(seen_\w+)" value="([^"]*)"', shown))
        assert seen == {"seen_version": "ASD-NEXT", "seen_eligible": "1"}
        client.post(page, seen | {"confirmed": "on"})
        assert publishing.work() == 1
        (made, refused) = programmes.list_lists("asd")
        assert (made.count, made.threshold_version, made.day) == (1, "ASD-NEXT", dt.date(2027, 1, 1))
        assert (refused.state.value, refused.reason) == ("refused", "programmes.decisions_due")


def test_a_page_opened_before_a_change_freezes_nothing(monkeypatch: Any, client: Client) -> None:
    load()
    record("10000000009", R1)
    with pytest.raises(Refused, match="figures_changed"):
        publishing.publish(
            programme="asd", seen=programme_support.Seen("ASD-2023-12", 2), actor=ACTOR, now=NOW
        )


def test_lists_never_read_the_table_of_current_scores() -> None:
    load()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_current SET a = a - 1000000000, score = score - 1")
    made = publish()
    assert made.count == 2
    assert {r.household_code for r in programmes.list_rows(made.id).rows} == set(CODES[:2])


def test_the_household_sees_what_is_stored_and_its_day() -> None:
    score = record(CODES[0], U1)
    with enacted(NEXT):
        record(CODES[1], R1, now=MIDNIGHT)
        (asd_line, _) = household_registration.eligibilities(score)
        assert (asd_line.day, asd_line.programme.version) == (dt.date(2026, 11, 22), "ASD-2023-12")
        assert asd_line.decision.outcome is Outcome.ELIGIBLE
        newer = programmes.find_newer(asd_line.programme, dt.date(2027, 1, 1))
        assert newer is not None
        assert f"{newer.threshold}" == "9.2"


def test_the_command_decides_and_counts(monkeypatch: Any) -> None:
    load()
    with enacted(NEXT):
        monkeypatch.setattr(clock, "now", lambda: MIDNIGHT)
        done = CliRunner().invoke(build(["decide"]), ["decide", "--programme", "asd"])
        assert done.exit_code == 0
        assert "asd by ASD-NEXT: in 3 = done 3 (3 decided, 0 as before) + refused 0" in done.output
        done = CliRunner().invoke(build(["decide"]), ["decide", "--all"])
        assert "amo_tadamon by AMOT-2022-12: in 3 = done 3 (0 decided, 3 as before)" in done.output
        assert CliRunner().invoke(build(["decide"]), ["decide"]).exit_code == 2


def test_the_units_are_those_of_scoring() -> None:
    from sijil.domains.scoring.types import SCALE as OF_SCORES

    assert SCALE == OF_SCORES


def test_an_ask_whose_job_is_lost_is_taken_up_again_and_published_once_in_the_name_of_who_asked() -> None:
    load()
    manager = officer("h.alaoui", roles=["programme_manager"])
    asked = programme_support.ask_list(programme="asd", actor=manager, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    assert programme_support.publish_due(now=NOW + dt.timedelta(minutes=9)) == 0
    assert publishing.work() == 0
    late = NOW + dt.timedelta(minutes=11)
    assert [programme_support.publish_due(now=late) for _ in range(2)] == [1, 1]
    assert publishing.work() == 2  # the second finds it done
    assert programme_support.publish_due(now=late + dt.timedelta(days=1)) == 0
    made = programmes.get_published(asked.id)
    assert (made.number, made.count, made.day) == (1, 2, dt.date(2026, 11, 22))
    (entry,) = AuditEntry.objects.filter(action="list.published")
    assert (entry.actor_id, entry.facts["count"], entry.facts["checksum"]) == ("h.alaoui", 2, made.checksum)


def test_a_list_asked_for_before_midnight_is_of_that_day_or_none() -> None:
    load()
    with enacted(NEXT):
        before = MIDNIGHT - dt.timedelta(hours=1)
        asked = programme_support.ask_list(programme="asd", actor=ACTOR, now=before)
        programme_decisions.decide_due(now=MIDNIGHT)
        found = programme_support.publish_asked(UUID(asked.id), now=MIDNIGHT)
        assert (found.state.value, found.reason) == ("refused", "programmes.decisions_due")
        assert publish(MIDNIGHT).threshold_version == "ASD-NEXT"
