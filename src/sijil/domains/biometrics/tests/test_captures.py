"""Captures in the database: sealed, replaced, excepted, and the same image found again."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connections, transaction

from sijil.domains.biometrics import errors, models, queries, samples, services
from sijil.domains.biometrics.acts import IMAGE_READ
from sijil.domains.biometrics.types import ExceptionReason, Modality
from sijil.kernel.actors import Actor, ActorKind
from sijil.kernel.dates import PartialDate
from sijil.kernel.errors import Refused
from sijil.kernel.sealing import SealBroken

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
OFFICER = Actor(ActorKind.OFFICER, "salma")
NUMBER = "K7QD4M2X9T"
FACE, LEFT, RIGHT = Modality
ADULT = PartialDate(1988, 3, 14)
READING = {"subject": NUMBER, "act": IMAGE_READ, "actor": OFFICER, "now": NOW}


def store(modality=FACE, content=None, number=NUMBER, seed=1, take=0):
    content = samples.draw(seed, modality, take) if content is None else content
    judged = services.judge_capture(modality=modality, content=content, now=NOW)
    return services.store_capture(request_number=number, judged=judged, actor=OFFICER, now=NOW)


def refusal(call, *args, **more):
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value.error


def excuse(modality=LEFT, reason="missing_eye"):
    return services.record_exception(
        request_number=NUMBER, modality=modality, reason=reason, actor=OFFICER, now=NOW
    )


def test_a_capture_is_kept_sealed_with_its_scores():
    capture = store()
    row = models.Capture.objects.get()
    assert (capture.modality, capture.width, capture.captured_by) == (FACE, 480, "salma")
    assert capture.quality["unified"] >= 20
    assert b"JFIF" not in bytes(row.sealed)
    assert queries.get_image(capture.id, **READING)[0][:3] == b"\xff\xd8\xff"


def test_a_sealed_image_does_not_open_in_another_row():
    one, other = store(), store(LEFT)
    sealed = models.Capture.objects.get(id=one.id).sealed
    models.Capture.objects.filter(id=other.id).update(sealed=sealed)
    with pytest.raises(SealBroken):
        queries.get_image(other.id, **READING)


def test_a_new_capture_replaces_the_earlier_one():
    old, new = store(), store(take=1)
    assert [c.id for c in queries.list_captures(NUMBER)] == [new.id]
    assert refusal(queries.get_image, old.id, **READING) is errors.CAPTURE_UNKNOWN


def test_a_refused_image_leaves_the_earlier_one():
    kept = store()
    assert refusal(store, content=b"junk") is errors.IMAGE_UNREADABLE
    assert [c.id for c in queries.list_captures(NUMBER)] == [kept.id]


def test_an_unknown_modality_is_refused():
    assert refusal(store, "toe", content=b"x") is errors.MODALITY_UNKNOWN


def test_one_image_is_not_taken_for_both_eyes():
    store(LEFT)
    assert refusal(store, RIGHT, content=samples.draw(1, LEFT)) is errors.SAME_IMAGE_TWICE
    assert store(LEFT, content=samples.draw(1, LEFT)).modality is LEFT


def test_captures_are_asked_until_complete():
    assert queries.list_missing(NUMBER, birth=ADULT, on=NOW.date()) == (FACE, LEFT, RIGHT)
    store(), store(RIGHT)
    assert (
        refusal(services.require_captures, request_number=NUMBER, birth=ADULT, now=NOW)
        is errors.CAPTURES_MISSING
    )
    excuse()
    services.require_captures(request_number=NUMBER, birth=ADULT, now=NOW)


def test_a_small_child_gives_its_face_only():
    store()
    services.require_captures(request_number=NUMBER, birth=PartialDate(2024), now=NOW)


@pytest.mark.parametrize("reason", ExceptionReason)
def test_an_exception_is_kept_with_its_reason_and_ended_by_a_capture(reason):
    excuse(reason="injury")
    excuse(reason=reason)
    assert [(e.modality, e.reason) for e in queries.list_exceptions(NUMBER)] == [(LEFT, reason)]
    store(LEFT)
    assert queries.list_exceptions(NUMBER) == []


@pytest.mark.parametrize(
    ("modality", "reason", "error"),
    [
        ("face", "missing_eye", errors.EXCEPTION_NOT_ALLOWED),
        ("iris_left", "tired", errors.EXCEPTION_REASON_UNKNOWN),
        ("iris_left", "", errors.EXCEPTION_REASON_UNKNOWN),
        ("toe", "missing_eye", errors.MODALITY_UNKNOWN),
        ("iris_right", "missing_eye", errors.ALREADY_CAPTURED),
    ],
)
def test_a_wrong_exception_is_refused(modality, reason, error):
    store(RIGHT)
    assert refusal(excuse, modality, reason) is error


def test_the_database_holds_the_rules():
    store()
    base = {"request_number": NUMBER, "recorded_at": NOW, "recorded_by": "x"}
    with pytest.raises(IntegrityError, match="biometrics_exception_iris_only"), transaction.atomic():
        models.CaptureException.objects.create(**base, modality="face", reason="injury")
    with pytest.raises(IntegrityError, match="biometrics_exception_reason"), transaction.atomic():
        models.CaptureException.objects.create(**base, modality="iris_left", reason="tired")
    with pytest.raises(IntegrityError, match="biometrics_capture_modality"), transaction.atomic():
        models.Capture.objects.update(modality="toe")


def test_taking_and_seeing_an_image_are_written_down(log):
    capture = store()
    excuse()
    queries.get_image(capture.id, **READING)
    assert log.entries == [
        ("enrolment.captured", "salma", NUMBER, {"modality": "face"}),
        ("enrolment.capture_excused", "salma", NUMBER, {"modality": "iris_left", "reason": "missing_eye"}),
    ]
    assert log.readings == [("adjudication.image_read", "salma", [NUMBER])]


def test_erased_captures_are_gone():
    store(), excuse()
    assert services.erase_captures(request_number=NUMBER, now=NOW) == 1
    assert (queries.list_captures(NUMBER), queries.list_exceptions(NUMBER)) == ([], [])


def both_at_once(calls):
    start, results = threading.Barrier(len(calls)), []

    def run(call):
        start.wait()
        try:
            results.append(call())
        except Refused as refused:
            results.append(refused.error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(c,)) for c in calls]
    [t.start() for t in threads]
    [t.join() for t in threads]
    return results


@pytest.mark.django_db(transaction=True)
def test_two_captures_at_once_leave_one():
    images = [
        services.judge_capture(modality=FACE, content=samples.draw(1, FACE, take), now=NOW) for take in (0, 1)
    ]
    keep = {"request_number": NUMBER, "actor": OFFICER, "now": NOW}
    both_at_once([lambda i=i: services.store_capture(judged=i, **keep) for i in images])
    assert len(queries.list_captures(NUMBER)) == 1
