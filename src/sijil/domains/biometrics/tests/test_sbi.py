"""A device of MOSIP's SBI on the loopback: found, asked, believed when trusted and to the question."""

import contextlib
import datetime as dt
import io
import json
import socket

import pytest
from django.conf import settings
from PIL import Image

from sijil.domains.biometrics import errors, services
from sijil.domains.biometrics.adapters import sbi
from sijil.domains.biometrics.adapters.devices import DEVICES, BrowserDevice
from sijil.domains.biometrics.adapters.sbi import SbiDevice, answers
from sijil.domains.biometrics.tests import sbi_device as simulator
from sijil.domains.biometrics.types import Modality
from sijil.kernel.adapters import AdapterUnfit
from sijil.kernel.errors import Refused

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def trust(tmp_path, monkeypatch):
    file = tmp_path / "providers.pem"
    file.write_bytes(simulator.pem(simulator.provider()))
    monkeypatch.setattr(settings.ENV, "sbi_trust", str(file))
    monkeypatch.setattr(settings.ENV, "capture_device", "sbi")
    return file


@pytest.fixture
def plug(monkeypatch):
    """Plug in a device of a kind; a port where nobody listens comes before it."""
    with contextlib.ExitStack() as plugged:
        ports = [1]
        monkeypatch.setattr(sbi, "PORTS", ports)

        def use(kind="Face", **does):
            server = plugged.enter_context(simulator.device(kind))
            vars(server).update(does)
            ports.append(server.server_address[1])
            return server

        yield use


def take(modality="face", given=b"", now=NOW):
    return services.take_image(modality=modality, given=given, now=now)


def refused(**asked):
    with pytest.raises(Refused) as found:
        take(**asked)
    assert found.value.field == "image"
    return found.value


@pytest.mark.parametrize("modality", list(Modality))
def test_an_image_is_taken_and_passes_the_checks_of_every_image(plug, modality):
    plug("Iris" if modality is Modality.FACE else "Face")  # another one, found first
    server = plug("Face" if modality is Modality.FACE else "Iris")
    image = take(modality)
    assert Image.open(io.BytesIO(image)).format == "JPEG2000"
    assert services.judge_capture(modality=modality, content=image, now=NOW).quality["unified"] >= 20
    [asked] = server.asked
    assert (asked["purpose"], asked["bio"][0]["deviceId"], asked["bio"][0]["count"]) == (
        "Registration",
        "7",
        "1",
    )
    assert asked["bio"][0]["previousHash"] == answers.EMPTY_HASH
    sides = {"iris_left": (["Left"], "1"), "iris_right": (["Right"], "2")}
    assert (asked["bio"][0]["bioSubType"], asked["bio"][0]["deviceSubId"]) == sides.get(modality, ([], "0"))


def test_each_question_has_a_name_of_its_own(plug):
    server = plug()
    take(), take()
    assert len({asked["transactionId"] for asked in server.asked}) == 2


def test_a_file_is_taken_instead_where_the_device_does_not_help():
    assert take(given=b"a file") == b"a file"


def test_no_device_one_that_is_busy_and_one_of_another_kind(plug):
    assert refused().error is errors.DEVICE_MISSING
    plug("Iris")
    assert refused().error is errors.DEVICE_MISSING
    plug("Face", status="Not Ready")
    assert refused().error is errors.DEVICE_BUSY
    plug("Face")
    assert take()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("101", errors.DEVICE_SAW_NOTHING),
        ("105", errors.DEVICE_SAW_NOTHING),
        ("103", errors.DEVICE_FAILED),
        ("109", errors.DEVICE_FAILED),
        ("500" * 90, errors.DEVICE_FAILED),
    ],
)
def test_what_a_device_says_went_wrong(plug, code, error):
    plug(error=code)
    assert refused().error is error


def stranger():
    return [
        simulator.certificate(
            "device", simulator.another_key(), "provider", simulator.another_key(), ca=False
        )
    ]


def expired():
    return [
        simulator.certificate(
            "device", simulator.another_key(), "provider", simulator.a_key(), ca=False, days=300
        )
    ]


def by_a_device():
    """A certificate that another device signed, which is no authority."""
    middle = simulator.certificate("device", simulator.another_key(), "provider", simulator.a_key(), ca=False)
    return [
        simulator.certificate("other", simulator.another_key(), "device", simulator.another_key(), ca=False),
        middle,
    ]


@pytest.mark.parametrize("chain", [stranger, expired, by_a_device, list])
def test_who_is_not_vouched_for_is_not_believed(plug, chain):
    plug(chain=chain())
    assert refused().error is errors.DEVICE_UNTRUSTED


def test_a_chain_over_an_authority_between_is_believed(plug):
    between = simulator.certificate("between", simulator.a_key(), "provider", simulator.a_key(), ca=True)
    leaf = simulator.certificate("device", simulator.another_key(), "between", simulator.a_key(), ca=False)
    plug(chain=[leaf, between])
    assert take()


def test_another_key_than_that_of_the_certificate_is_not_believed(plug):
    plug(key=simulator.a_key())
    assert refused().error is errors.DEVICE_UNTRUSTED


@pytest.mark.parametrize(
    "says",
    [
        {"transactionId": "of yesterday"},
        {"bioType": "Iris"},
        {"purpose": "Auth"},
    ],
)
def test_the_answer_to_another_question_is_not_believed(plug, says):
    plug(says=says)
    assert refused().error is errors.DEVICE_UNTRUSTED


def test_the_other_eye_is_not_believed(plug):
    plug("Iris", says={"bioSubType": "Right"})
    assert refused(modality="iris_left").error is errors.DEVICE_UNTRUSTED
    assert take("iris_right")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "%%%",
        simulator.text(b"\xff\xd8\xff no record"),
        simulator.text(simulator.record("Face", b"no picture")),
        simulator.text(simulator.record("Face", b"\xff\xd8\xff")[:-1]),
        simulator.text(simulator.record("Iris", b"\xff\xd8\xff")),
        7,
    ],
)
def test_what_is_no_record_of_a_face_is_refused(plug, value):
    plug(says={"bioValue": value})
    assert refused().error is errors.DEVICE_FAILED


@pytest.mark.parametrize(
    "raw", [b"{", b"[]", b"7", b'{"biometrics": []}', b'{"biometrics": [7]}', b"[" * 5000]
)
def test_half_answers_and_nonsense_are_refused(plug, monkeypatch, raw):
    server = plug()
    port = server.server_address[1]
    monkeypatch.setattr(SbiDevice, "_find", lambda self, kind: (port, {}))
    server.raw = raw
    assert refused().error is errors.DEVICE_FAILED


def test_a_device_that_gives_without_end_is_left(plug, monkeypatch):
    server = plug()
    monkeypatch.setattr(sbi, "LONGEST_ANSWER", 1000)
    assert refused().error is errors.DEVICE_FAILED
    assert server.asked


def test_a_frozen_device_is_left_at_the_deadline(plug, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setattr(SbiDevice, "_find", lambda self, kind: (port, {}))
        monkeypatch.setattr(sbi, "_PATIENCE", 0.1)
        assert refused().error is errors.DEVICE_FAILED
        monkeypatch.undo()


def test_what_is_judged_is_the_picture_not_what_the_device_says_of_it(plug):
    blurred = io.BytesIO()
    Image.new("RGB", (480, 640), (120, 120, 120)).save(blurred, "JPEG2000")
    plug(image=blurred.getvalue(), says={"qualityScore": "100"})
    with pytest.raises(Refused, match="image_blank"):
        services.judge_capture(modality="face", content=take(), now=NOW)


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
def test_without_certificates_the_process_does_not_start(trust, content):
    trust.unlink() if content is None else trust.write_bytes(content)
    with pytest.raises(AdapterUnfit, match="SIJIL_SBI_TRUST="):
        SbiDevice.check()


def test_the_browser_alone_gives_a_file_or_nothing(monkeypatch):
    monkeypatch.setattr(settings.ENV, "capture_device", "browser")
    assert take(given=b"a file") == b"a file"
    assert refused().error is errors.IMAGE_EMPTY
    assert not BrowserDevice.is_asked
    with pytest.raises(Refused, match="modality_unknown"):
        take("toe", given=b"a file")


def test_a_signed_digital_id_is_read_as_well():
    signed = ".".join(simulator.text(json.dumps(part).encode()) for part in ({}, {"type": "Face"}, {}))
    found = [{"digitalId": signed}, {"digitalId": "%"}, {"digitalId": None}, 7, {}]
    assert list(answers.devices_of(found, "Face")) == [{"digitalId": signed}]
    assert list(answers.devices_of({"error": 1}, "Face")) == []


@pytest.mark.parametrize("name", DEVICES.shipped)
def test_each_shipped_device_keeps_the_contract(name, plug):
    plug()
    device = DEVICES.make(name)
    assert device.take(Modality.FACE, b"a file", now=NOW) == b"a file"
    if device.is_asked:
        assert device.take(Modality.FACE, b"", now=NOW)
    else:
        with pytest.raises(Refused):
            device.take(Modality.FACE, b"", now=NOW)
