"""What the engine is asked: between transactions, by one name, until it answers, late or twice."""

import datetime as dt
import io
import json
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from sijil.domains.biometrics import errors, queries, samples, services
from sijil.domains.biometrics.adapters import ENGINES
from sijil.domains.biometrics.adapters.abis import LATER
from sijil.domains.biometrics.adapters.embedded import EmbeddedTwin
from sijil.domains.biometrics.models import EngineRequest, EngineRequestStep
from sijil.domains.biometrics.services import engine as asking
from sijil.domains.biometrics.tests.engines import Failing, Posting, Trial
from sijil.domains.biometrics.types import Modality
from sijil.kernel.actors import Actor, ActorKind, system
from sijil.kernel.adapters import Port
from sijil.kernel.errors import Refused

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
OFFICER = Actor(ActorKind.OFFICER, "salma")
FACE, LEFT, RIGHT = Modality
ONE, OTHER, THIRD = (UUID(int=n) for n in (1, 2, 3))


@pytest.fixture
def use(monkeypatch):
    """Put an engine behind the setting."""

    def put(engine):
        monkeypatch.setattr(Port, "get", lambda port: engine if port is ENGINES else None)
        return engine

    return put


@pytest.fixture(autouse=True)
def engine(use):
    return use(Trial())


def store(modality=FACE, content=None, number="A", seed=1, take=0):
    content = samples.draw(seed, modality, take) if content is None else content
    judged = services.judge_capture(modality=modality, content=content, now=NOW)
    return services.store_capture(request_number=number, judged=judged, actor=OFFICER, now=NOW)


def request(number="A", reference=ONE, now=NOW):
    services.request_comparison(request_number=number, reference=reference, then="trial.then", now=now)


def identify(number="A", reference=ONE):
    request(number, reference)
    services.ask_due(NOW)
    return queries.find_identification(number, reference=reference)


def jobs(task="trial.then"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [task])
        return [json.loads(args) for (args,) in cursor.fetchall()]


def states():
    return list(EngineRequest.objects.order_by("queued_at", "-operation").values_list("operation", "state"))


def row(operation="identify"):
    return EngineRequest.objects.get(operation=operation)


# --- the way of a request -----------------------------------------------------------------------------------


def test_insert_then_identify_then_the_next_job(engine):
    store()
    request()
    assert jobs("biometrics.ask") == [{"request_id": str(row("insert").id)}]
    assert (states(), engine.asked) == ([("insert", "queued")], [])
    assert services.ask(row("insert").id, NOW) == "answered"
    assert (states(), jobs()) == ([("insert", "answered"), ("identify", "queued")], [])
    assert services.ask(row().id, NOW) == "answered"
    assert (jobs(), queries.list_asked(["A"])) == ([{"number": "A"}], set())
    assert [what for what, _ in engine.asked] == ["insert", "identify"]
    written = EngineRequestStep.objects.filter(request=row()).values_list("action", "to_state")
    assert list(written) == [("queue", "queued"), ("claim", "asking"), ("answer", "answered")]


def test_a_change_rolled_back_asks_nothing():
    store()
    with pytest.raises(ZeroDivisionError), transaction.atomic():  # noqa: PT012
        request()
        raise ZeroDivisionError
    assert (states(), jobs("biometrics.ask")) == ([], [])


def test_without_captures_nothing_can_be_asked():
    with pytest.raises(Refused) as refused:
        request()
    assert refused.value.error is errors.CAPTURES_MISSING


def test_there_is_no_answer_before_the_engine_gave_one():
    store()
    request()
    assert queries.find_identification("A", reference=ONE) is None
    assert queries.list_asked(["A", "B"]) == {"A"}


def test_asked_for_again_it_is_the_same_request_and_the_chain_goes_on(engine):
    store()
    for _ in range(2):
        identify()
    assert len(engine.asked) == 2
    assert jobs() == [{"number": "A"}] * 2  # a journey that was cut before its next job gets it again


def test_another_image_is_other_work(engine):
    store()
    identify()
    store(seed=2)
    assert queries.find_identification("A", reference=ONE) is None
    identify()
    assert len({name for _, name in engine.asked}) == 4


@pytest.mark.django_db(transaction=True)
def test_the_engine_is_called_outside_every_transaction(engine):
    store()
    request()
    assert services.ask_due(NOW) == 2
    assert (len(engine.asked), engine.in_transaction) == (2, False)


def test_asking_costs_few_statements(use):
    store()
    request()
    services.ask(row("insert").id, NOW)

    class Silent(Trial):
        def identify(self, **_):
            return []

    use(Silent())
    with CaptureQueriesContext(connection) as asked:
        services.ask(row().id, NOW)
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) <= 6  # claim 2, lock, answer, next job 2


# --- it fails -----------------------------------------------------------------------------------------------


def test_a_failure_is_asked_again_later_by_the_same_name(use):
    engine = use(Failing())
    store()
    request()
    assert services.ask_due(NOW) == 1  # the first failure ends the round
    assert (row("insert").state, row("insert").reason) == ("queued", "the engine is down")
    assert services.ask_due(NOW) == 0
    for minute in range(1, 5):
        services.ask_due(NOW + minute * MINUTE)
    assert queries.find_identification("A", reference=ONE).hits == ()
    assert len({name for what, name in engine.asked if what == "insert"}) == 1


def test_it_is_never_given_up_and_health_hears_of_it(use):
    engine = use(Failing())
    engine.failures = 99
    store()
    request()
    for hour in range(40):
        services.ask_due(NOW + hour * 60 * MINUTE)
    assert (row("insert").state, row("insert").attempts) == ("queued", 40)
    work = queries.get_engine_work()
    assert (work.waiting, work.oldest, work.reason) == (1, NOW, "the engine is down")


def test_a_fault_of_the_adapter_stops_nothing_and_its_words_are_not_kept(use):
    engine = use(Failing())
    engine.error = ValueError("+212612345678 is no image")
    store()
    request()
    services.ask_due(NOW)
    assert row("insert").reason == "fault of the adapter: ValueError"


def test_what_the_engine_refuses_for_ever_waits_for_staff(use, log):
    engine = use(Failing())
    engine.permanent = True
    store()
    request()
    for hour in range(4):
        services.ask_due(NOW + hour * 60 * MINUTE)
    (refused,) = queries.list_refused()
    assert (refused.request_number, refused.reason, len(engine.asked)) == ("A", "the engine is down", 1)
    assert queries.get_engine_work().refused == 1
    engine.failures = 0
    assert services.revive_refused(actor=system("sijil engine"), now=NOW) == 1
    services.ask_due(NOW)
    assert queries.find_identification("A", reference=ONE).hits == ()
    assert log.entries[-1] == ("enrolment.engine_revived", "sijil engine", "A", {"operation": "insert"})


def test_a_worker_killed_in_the_middle_loses_nothing(use, monkeypatch):
    engine = use(Trial())
    store()
    request()
    monkeypatch.setattr(asking, "_answer", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        services.ask_due(NOW)
    monkeypatch.undo()
    monkeypatch.setattr(Port, "get", lambda _: engine)
    assert services.ask_due(NOW) == 0  # somebody may still be at it
    assert services.ask_due(NOW + 6 * MINUTE) == 2
    assert [what for what, _ in engine.asked] == ["insert", "insert", "identify"]
    assert len({name for _, name in engine.asked}) == 2


def test_captures_that_are_gone_are_said_to_be(engine):
    store()
    request()
    services.erase_captures(request_number="A", now=NOW)
    services.ask_due(NOW)
    assert queries.list_refused()[0].reason == "the images are gone"


# --- it answers later, late, twice --------------------------------------------------------------------------


def tell(engine, operation="identify", now=NOW, **changes):
    return services.record_answers(engine.post(row(operation).id, **changes), "application/json", now=now)


@pytest.fixture
def posting(use):
    engine = use(Posting())
    store()
    request()
    services.ask_due(NOW)
    return engine


def test_an_engine_that_answers_later_is_waited_for(posting):
    assert row("insert").state == "waiting"
    assert tell(posting, "insert") == 1
    services.ask_due(NOW)
    assert (row().state, jobs()) == ("waiting", [])
    tell(posting)
    assert (row().state, jobs()) == ("answered", [{"number": "A"}])


def test_no_answer_is_asked_for_again_by_the_same_name(posting):
    assert services.ask_due(NOW + 9 * MINUTE) == 0
    assert services.ask_due(NOW + 11 * MINUTE) == 1
    assert [name for _, name in posting.asked] == [row("insert").id] * 2
    assert queries.get_engine_work().reason == "the engine answers later"


def test_an_answer_that_comes_before_it_is_marked_as_taken_counts(use):
    class Hasty(Posting):
        def insert(self, **words):
            super().insert(**words)
            services.record_answers(self.post(words["request"]), "application/json", now=NOW)
            return LATER

    use(Hasty())
    store()
    request()
    services.ask_due(NOW)
    assert row("insert").state == "answered"


def test_answered_twice_it_is_followed_once(posting):
    for _ in range(3):
        tell(posting, "insert")
    services.ask_due(NOW)
    for _ in range(3):
        tell(posting)
    assert states() == [("insert", "answered"), ("identify", "answered")]
    assert jobs() == [{"number": "A"}]


def test_a_second_answer_that_names_somebody_is_not_lost(posting):
    tell(posting, "insert")
    services.ask_due(NOW)
    tell(posting)
    found = {"candidates": [{"referenceId": str(OTHER), "modalities": [{"biometricType": "face"}]}]}
    tell(posting, candidateList=found)
    assert [h.reference for h in queries.find_identification("A", reference=ONE).hits] == [OTHER]
    assert (queries.get_engine_work().contradicted, jobs()) == (1, [{"number": "A"}] * 2)


def test_a_second_answer_that_names_nobody_takes_nothing_back(posting):
    tell(posting, "insert")
    services.ask_due(NOW)
    found = {"candidates": [{"referenceId": str(OTHER), "modalities": [{"biometricType": "face"}]}]}
    tell(posting, candidateList=found)
    tell(posting)
    assert len(queries.find_identification("A", reference=ONE).hits) == 1


def test_the_person_itself_is_no_hit(posting):
    tell(posting, "insert")
    services.ask_due(NOW)
    found = {"candidates": [{"referenceId": str(ONE), "modalities": [{"biometricType": "face"}]}]}
    tell(posting, candidateList=found)
    assert queries.find_identification("A", reference=ONE).hits == ()


def test_a_failure_told_later_is_asked_again(posting):
    tell(posting, "insert", returnValue="2", failureReason="7")
    assert (row("insert").state, row("insert").reason) == ("queued", "failure 7")
    services.ask_due(NOW + MINUTE)
    tell(posting, "insert", now=NOW + MINUTE)
    assert row("insert").state == "answered"


def test_a_failure_told_after_the_answer_changes_nothing(posting):
    tell(posting, "insert")
    tell(posting, "insert", returnValue="2")
    assert row("insert").state == "answered"


def test_an_answer_to_what_nobody_asked_is_passed_over(posting):
    posting.references[THIRD] = THIRD
    assert services.record_answers(posting.post(THIRD), "application/json", now=NOW) == 1
    assert states() == [("insert", "waiting")]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"requestId": "x", "returnValue": "1"}', b"\xff"])
def test_what_is_no_answer_is_refused(posting, body):
    with pytest.raises(Refused) as refused:
        services.record_answers(body, "application/json", now=NOW)
    assert refused.value.error is errors.ANSWER_UNREADABLE


def test_an_engine_that_never_answers_by_itself_has_no_such_door():
    with pytest.raises(Refused) as refused:
        services.record_answers(b"{}", "application/json", now=NOW)
    assert refused.value.error is errors.ANSWER_UNREADABLE


# --- the embedded twin --------------------------------------------------------------------------------------


def test_the_same_image_used_again_is_found_across_the_base():
    store(LEFT), store(RIGHT), store(LEFT, number="B"), store(FACE, number="C", seed=9)
    identify()
    answer = identify("B", OTHER)
    assert [(h.reference, h.modalities) for h in answer.hits] == [(ONE, (LEFT,))]
    assert (answer.engine, answer.is_recognition) == ("trial", False)
    assert identify("C", THIRD).hits == ()


def test_saving_the_file_anew_without_loss_does_not_hide_it():
    again = io.BytesIO()
    Image.open(io.BytesIO(samples.draw(1, LEFT))).save(again, "PNG", compress_level=1)
    store(LEFT), store(LEFT, number="B", content=again.getvalue())
    identify()
    assert identify("B", OTHER).hits[0].reference == ONE


def test_another_image_of_the_same_person_is_not_recognised():
    """What the twin cannot do, said by a test: an engine is needed for that."""
    store(LEFT), store(LEFT, number="B", take=1)
    identify()
    assert identify("B", OTHER).hits == ()


def test_forgetting_forgets_after_the_commit():
    store(LEFT)
    identify()
    services.forget_reference(reference=ONE, now=NOW)
    assert EmbeddedTwin().reference_count() == 1
    services.ask_due(NOW)
    assert EmbeddedTwin().reference_count() == 0


def test_of_two_files_with_one_image_at_once_one_at_least_sees_the_other():
    """Whatever the order of four calls: each identify comes after its own insert."""
    for first, second in (("A", "B"), ("B", "A")):
        store(LEFT, number="A"), store(LEFT, number="B")
        refs = {number: uuid4() for number in (first, second)}
        for number in (first, second):
            request(number, refs[number])
        services.ask_due(NOW)
        found = [queries.find_identification(n, reference=refs[n]).hits for n in refs]
        assert any(found)
