"""The mover of files, on a kind and tables of its own."""

import datetime as dt
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from sijil.kernel.actors import PUBLIC, delegate
from sijil.kernel.casework import (
    END,
    REASON_NEEDED,
    ROLE_REFUSED,
    STOP,
    AtEnd,
    Delay,
    Kind,
    Role,
    Start,
    watch,
)
from sijil.kernel.casework import files as casework
from sijil.kernel.casework.table import opening
from sijil.kernel.casework.watch import Selection, count_stock, list_late, pass_marks
from sijil.kernel.casework.words import ROLES
from sijil.kernel.dates import day_begins, legal_day
from sijil.kernel.errors import Refused
from sijil.kernel.machine import TRANSITION_REFUSED
from sijil.kernel.tests.trial import (
    ACT,
    CLERK,
    DECLARANT,
    DELAYS,
    HERE,
    KIND,
    ME,
    MOMENT,
    OFFICER,
    OTHER,
    SYSTEM,
    THERE,
    UNKNOWN,
    S,
    TrialFile,
    TrialStep,
    make_submitted,
    step,
)


@pytest.fixture
def files(trial):
    return trial


@pytest.fixture
def opened(files, notices):
    row = TrialFile(owner=ME.id)
    files.open(row, actor=ME, now=MOMENT)
    return row


@pytest.fixture
def submitted(files, opened):
    files.move(opened.pk, "submit", actor=ME, now=MOMENT)
    return opened


def days(number):
    return MOMENT + dt.timedelta(days=number)


# --- one move -----------------------------------------------------------------------------------------------


def test_a_move_writes_state_step_entry_clock_and_notice(files, opened, entries, notices):
    entries.clear()
    moved = files.move(opened.pk, "submit", actor=ME, now=MOMENT, note="sent")
    opened.refresh_from_db()
    assert (opened.state, opened.note, opened.due_on) == ("submitted", "sent", dt.date(2027, 1, 26))
    last = opened.steps.last()
    assert (last.action, last.from_state, last.to_state, last.actor_id) == (
        "submit", "drafted", "submitted", ME.id,
    )  # fmt: skip
    assert entries == [
        ("test.moved", f"citizen:{ME.id}", f"trial:{opened.pk}", {"file": "trial", "action": "submit"})
    ]
    assert [(m.notice, m.step) for m in notices] == [("received", last.pk)] == [(moved.notice, moved.step)]


def test_opening_is_a_step_too(opened):
    assert [(s.action, s.from_state, s.to_state) for s in opened.steps.all()] == [("start", "", "drafted")]


def test_a_stranger_opens_nothing(files):
    with pytest.raises(Refused) as refused:
        files.open(TrialFile(owner=ME.id), actor=OTHER, now=MOMENT)
    assert refused.value.error is ROLE_REFUSED
    assert not TrialFile.objects.exists()


def test_many_are_opened_at_once_as_one_is(files, opened, entries):
    [one] = entries
    files.open_all({"id": [1000, 1001, 1002], "owner": [ME.id] * 3}, actor=ME, now=MOMENT)
    rows = list(TrialFile.objects.exclude(pk=opened.pk).order_by("pk"))
    steps = [[(s.action, s.from_state, s.to_state, s.actor_id, s.at) for s in r.steps.all()] for r in rows]
    assert steps == [[("start", "", "drafted", ME.id, MOMENT)]] * 3
    opened.refresh_from_db()
    names = [field.attname for field in TrialFile._meta.concrete_fields if not field.primary_key]
    assert [[getattr(r, name) for name in names] for r in rows] == [[getattr(opened, n) for n in names]] * 3
    assert entries[1:] == [(*one[:2], f"trial:{row.pk}", one[3]) for row in rows]


def test_of_many_that_open_with_a_notice_each_is_told_or_all_at_once(files, notices, monkeypatch):
    start = replace(files.kind.opening, notice="begun")
    monkeypatch.setattr(files.kind, "opening", start)
    files.open_all({"id": [1000, 1001, 1002], "owner": [ME.id] * 3}, actor=ME, now=MOMENT)
    assert [(m.notice, m.file, m.state) for m in notices] == [
        ("begun", key, "drafted") for key in (1000, 1001, 1002)
    ]
    runs: list[list[object]] = []
    before = casework.use_run_notifier(lambda moves, *, actor, now: runs.append([m.file for m in moves]))
    try:
        files.open_all({"id": [2000, 2001], "owner": [ME.id] * 2}, actor=ME, now=MOMENT)
    finally:
        casework.use_run_notifier(before)
    assert (runs, len(notices)) == ([[2000, 2001]], 3)


def test_of_many_a_stranger_opens_none(files):
    with pytest.raises(Refused) as refused:
        files.open_all({"id": [1000, 1001], "owner": [ME.id, OTHER.id]}, actor=ME, now=MOMENT)
    assert refused.value.error is ROLE_REFUSED
    assert not TrialFile.objects.exists()


def test_an_unknown_file_is_refused_as_the_domain_says(files):
    with pytest.raises(Refused) as refused:
        files.move(0, "submit", actor=ME, now=MOMENT)
    assert refused.value.error is UNKNOWN


@pytest.mark.parametrize("reason", ["", "because"])
def test_a_reason_of_the_list_is_asked(files, submitted, reason):
    with pytest.raises(Refused) as refused:
        files.move(submitted.pk, "ask", actor=HERE, now=MOMENT, reason=reason)
    assert (refused.value.error, refused.value.field) == (REASON_NEEDED, "reason")


def test_a_guard_refuses_and_nothing_is_written(files, submitted, entries, notices):
    TrialFile.objects.update(note="blocked")
    entries.clear()
    notices.clear()
    with pytest.raises(Refused) as refused:
        files.move(submitted.pk, "decide", actor=HERE, now=MOMENT)
    submitted.refresh_from_db()
    assert (refused.value.error, submitted.state) == (UNKNOWN, "submitted")
    assert (entries, notices, submitted.steps.count()) == ([], [], 2)


def test_a_delegate_is_written_with_the_person_acted_for(files, opened, monkeypatch):
    helper = delegate(OTHER.id, acts_for=ME.id)
    row = TrialFile.objects.get()
    monkeypatch.setattr(casework.Files, "_check_role", lambda *_: None)
    files.move_row(row, "submit", actor=helper, now=MOMENT)
    assert row.steps.last().actor_for == ME.id


ACTORS = {
    "declarant": ME,
    "stranger": OTHER,
    "officer here": HERE,
    "officer elsewhere": THERE,
    "system": CLERK,
    "public": PUBLIC,
}
ROLES_OF = {"declarant": DECLARANT, "officer here": OFFICER, "system": SYSTEM}


@pytest.mark.parametrize("who", ACTORS)
@pytest.mark.parametrize("action", KIND.actions)
@pytest.mark.parametrize("state", list(S))
def test_every_cell_of_the_table_and_every_role(files, opened, notices, state, action, who):
    row = TrialFile.objects.get()
    in_state(row, state)
    transition = KIND.find(state, action)
    reason = transition.reasons[0] if transition and transition.reasons else ""
    allowed = transition is not None and ROLES_OF.get(who) in transition.by
    if allowed:
        files.move(row.pk, action, actor=ACTORS[who], now=MOMENT, reason=reason)
        return
    with pytest.raises(Refused) as refused:
        files.move(row.pk, action, actor=ACTORS[who], now=MOMENT, reason=reason)
    assert refused.value.error is (TRANSITION_REFUSED if transition is None else ROLE_REFUSED)
    assert action not in files.may(row, ACTORS[who])


def in_state(row, state):
    row.state = state
    row.set_clock(casework.clock.start("answer", DELAYS["answer"], legal_day(MOMENT)))
    if state not in (S.SUBMITTED, S.ASKED):
        row.set_clock()
    if state == S.ASKED:
        row.set_clock(casework.clock.stop(row.reading, legal_day(MOMENT)))
    row.save()


# --- the clock ----------------------------------------------------------------------------------------------


def test_the_clock_stops_while_something_is_asked_and_goes_on_with_what_was_left(files, submitted):
    files.move(submitted.pk, "ask", actor=HERE, now=days(20), reason="bill_missing")
    submitted.refresh_from_db()
    assert (submitted.due_on, submitted.clock_left, submitted.mark_on) == (None, 40, None)
    files.move(submitted.pk, "answer", actor=ME, now=days(100))
    submitted.refresh_from_db()
    assert submitted.due_on == legal_day(days(140))


def test_the_clock_ends_with_the_decision(files, submitted):
    files.move(submitted.pk, "decide", actor=HERE, now=days(3))
    submitted.refresh_from_db()
    assert (submitted.due_on, submitted.clock, submitted.mark_on) == (None, "", None)
    assert list_late(on=legal_day(days(400))) == []


def test_the_database_holds_the_date_where_the_clock_runs(submitted):
    with pytest.raises(IntegrityError, match="trial_due_while_clock_runs"), transaction.atomic():
        TrialFile.objects.update(due_on=None)
    with pytest.raises(IntegrityError, match="trial_left_while_clock_stops"), transaction.atomic():
        TrialFile.objects.update(clock_left=3)


def test_the_first_day_of_a_delay_is_tomorrow_of_the_country(files, opened):
    late_evening = dt.datetime(2026, 11, 27, 23, 30, tzinfo=dt.UTC)  # 00:30 on the 28th in the country
    moved = files.move(opened.pk, "submit", actor=ME, now=late_evening)
    assert moved.due_on == dt.date(2026, 11, 28) + dt.timedelta(days=60)


# --- late ---------------------------------------------------------------------------------------------------


def escalations(row):
    return [s.reason for s in row.steps.all() if s.action == "escalate"]


def test_sixty_ninety_and_hundred_per_cent_are_marked_once(files, submitted):
    for number in (35, 36, 36, 53, 54, 60, 61, 61, 200):
        pass_marks(now=days(number))
    submitted.refresh_from_db()
    assert escalations(submitted) == ["60", "90", "100"]
    assert [s.at for s in submitted.steps.all() if s.action == "escalate"] == [days(36), days(54), days(61)]
    assert submitted.state == "submitted"


def test_a_watch_that_slept_marks_the_highest_only(files, submitted):
    assert pass_marks(now=days(300)) == {"trial 100": 1}
    assert escalations(submitted) == ["100"]


def test_a_late_file_says_on_whom_it_waits(files, submitted):
    assert list_late(on=legal_day(days(60))) == []
    [late] = list_late(on=legal_day(days(63)))
    assert (late.kind, late.waits_on, late.days, late.state) == ("trial", "officer", 3, "submitted")
    pass_marks(now=days(55))
    stock = {s.state: s for s in count_stock(on=legal_day(days(55)))}
    assert (stock["submitted"].files, stock["submitted"].late, stock["submitted"].near) == (1, 0, 1)


def test_silence_accepts_only_where_the_delay_names_an_article(files, submitted, monkeypatch):
    monkeypatch.setitem(DELAYS, "answer", Delay(60, at_end=AtEnd.ACCEPT, article="law 55-19, article 19"))
    pass_marks(now=days(61))
    submitted.refresh_from_db()
    assert (submitted.state, submitted.due_on) == ("decided", None)
    assert submitted.steps.last().actor_id == "clock"


def test_silence_without_an_article_cannot_be_written():
    with pytest.raises(ValueError, match="article"):
        Delay(60, at_end=AtEnd.ACCEPT)


def test_of_many_files_none_is_missed(files, monkeypatch):
    """Each run has more of them than a chunk holds, and a last chunk that is not full."""
    monkeypatch.setattr(KIND, "silence", None)
    monkeypatch.setattr(watch, "_CHUNK", 30)
    many = 1000
    rows = [TrialFile(owner=ME.id, state=S.SUBMITTED, opened_at=MOMENT) for _ in range(many)]
    for number, row in enumerate(rows):
        row.set_clock(casework.clock.start("answer", DELAYS["answer"], legal_day(days(number % 90))))
    TrialFile.objects.bulk_create(rows)
    marked = sum(pass_marks(now=days(number)).total() for number in range(0, 160, 4))
    assert TrialFile.objects.filter(escalated=100, mark_on=None).count() == many
    assert marked == TrialStep.objects.filter(action="escalate").count() >= many
    assert pass_marks(now=days(400)).total() == 0


def test_a_watch_that_does_not_run_is_found(files, submitted):
    assert watch.find_unmarked(on=legal_day(days(36))) is None  # the first mark is of today
    assert watch.find_unmarked(on=legal_day(days(40))) == legal_day(days(36))
    pass_marks(now=days(40))
    assert watch.find_unmarked(on=legal_day(days(40))) is None


TODAY = dt.date(2027, 6, 1)


def pages(size, **of):
    """Return the keys of the late files, read page by page."""
    found, after = [], ""
    while True:
        page = list_late(on=TODAY, of=Selection(**of), after=after, limit=size)
        if not page:
            return found
        found += [late.file for late in page]
        after = page[-1].place


def test_the_late_are_paged_the_latest_first_and_each_once(files):
    same_day = [make_submitted(3, first=dt.date(2027, 1, 10)) for _ in range(3)]
    wanted = sorted((row.due_on, row.pk) for rows in same_day for row in rows)
    assert pages(2) == pages(100) == [pk for _, pk in wanted]


@pytest.mark.parametrize("after", ["x", "2027-03-12", "2027-03-12.trial", "2027-03-12.trial.x", "9.9.9"])
def test_a_place_that_is_none_is_no_fault(files, after):
    make_submitted(1, first=dt.date(2027, 1, 1))
    assert len(list_late(on=TODAY, after=after)) in (0, 1)


def test_the_late_of_one_kind_of_one_turn_and_of_one_centre(files):
    [mine], [other] = (make_submitted(1, first=dt.date(2027, 1, 1), centre=code) for code in ("C1", "C2"))
    assert pages(9, kind="trial") == pages(9, waits_on="officer") == [mine.pk, other.pk]
    assert pages(9, centre="C2") == [other.pk]
    assert pages(9, kind="other") == pages(9, waits_on="declarant") == pages(9, centre="C3") == []
    assert [s.files for s in count_stock(on=TODAY, of=Selection(centre="C1"))] == [1]


def test_a_kind_that_no_centre_treats_is_in_the_list_of_none(files):
    make_submitted(1, first=dt.date(2027, 1, 1))
    casework._registered.clear()
    replace(files, centre="")
    assert (len(list_late(on=TODAY)), list_late(on=TODAY, of=Selection(centre="C1"))) == (1, [])


def test_the_stock_says_since_when_the_oldest_is_late(files, submitted):
    make_submitted(2, first=dt.date(2027, 1, 1))
    [stock] = count_stock(on=dt.date(2027, 3, 3))
    assert (stock.files, stock.late, stock.late_since) == (3, 2, dt.date(2027, 1, 26))


def test_what_waits_is_counted_without_reading_what_is_done(files, submitted):
    with connection.cursor() as cursor:
        cursor.execute(DONE)
        cursor.execute("ANALYZE casework_trial_trialfile")
        with CaptureQueriesContext(connection) as asked:
            count_stock(on=TODAY)
        cursor.execute("EXPLAIN " + asked[0]["sql"])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "trial_waiting" in plan
    assert "Seq Scan" not in plan


DONE = """
    INSERT INTO casework_trial_trialfile
        (owner, centre, note, state, opened_at, clock, clock_days, counted_in, escalated)
    SELECT '1', 'C1', '', 'decided', now(), '', 0, '', 0 FROM generate_series(1, 5000)
"""


# --- the table ----------------------------------------------------------------------------------------------


def kind(*transitions, waits_on, **more):
    begin = opening("start", S.DRAFTED, by=(DECLARANT,), act=ACT)
    return Kind("broken", S, opening=begin, transitions=transitions, waits_on=waits_on, **more)


@pytest.mark.parametrize(
    ("transitions", "words"),
    [
        ([step("submit", (S.DRAFTED,), S.DECIDED, DECLARANT, clock=Start("answer"))], "no step leads"),
        ([step(t.value, (S.DRAFTED,), t, DECLARANT, clock=Start("answer")) for t in list(S)[1:]], "not end"),
        ([step(t.value, (S.DRAFTED,), t) for t in list(S)[1:]], "nobody may"),
        ([step("stop", (S.DRAFTED,), S.ASKED, DECLARANT, clock=STOP)], "cannot stop"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused_at_import(transitions, words):
    with pytest.raises(ValueError, match=words):
        kind(*transitions, waits_on={S.DRAFTED: DECLARANT})


def test_a_state_rests_waits_for_nobody_and_has_no_clock():
    steps = [step(t.value, (S.DRAFTED,), t, DECLARANT, clock=END) for t in list(S)[1:4]]
    last = step("refuse", (S.DECIDED,), S.REFUSED, OFFICER)
    made = kind(*steps, last, waits_on={S.DRAFTED: DECLARANT}, rests=(S.DECIDED,))
    assert (made.rests, made.waits_on) == (("decided",), {"drafted": DECLARANT})
    sent = step("decide", (S.DRAFTED,), S.DECIDED, DECLARANT, clock=Start("answer"))
    steps = [*steps[:2], sent, replace(last, clock=END)]
    with pytest.raises(ValueError, match="does not end"):
        kind(*steps, waits_on={S.DRAFTED: DECLARANT}, rests=(S.DECIDED,))


def test_every_role_is_said_in_words():
    assert set(ROLES) == set(Role)


def test_every_waiting_state_says_on_whom_it_waits():
    with pytest.raises(ValueError, match="waited for"):
        kind(*[step(t.value, (S.DRAFTED,), t, DECLARANT) for t in list(S)[1:]], waits_on={})


def test_a_state_in_which_nothing_is_waited_for_is_said_to_rest():
    steps = [step(t.value, (S.DRAFTED,), t, DECLARANT) for t in list(S)[1:]]
    with pytest.raises(ValueError, match="waited for"):
        kind(*steps, waits_on={S.DRAFTED: DECLARANT}, rests=(S.DRAFTED,))
    resting = kind(*steps, waits_on={}, rests=(S.DRAFTED,))
    assert resting.rests == ("drafted",)


def test_the_first_moment_of_a_legal_day():
    assert day_begins(dt.date(2027, 1, 1)) == dt.datetime(2026, 12, 31, 23, tzinfo=dt.UTC)
    assert legal_day(dt.datetime(2026, 12, 31, 23, 0, tzinfo=dt.UTC)) == dt.date(2027, 1, 1)
    assert legal_day(dt.datetime(2026, 12, 31, 22, 59, tzinfo=dt.UTC)) == dt.date(2026, 12, 31)
