"""The carriers: demo, file, SMTP, HTTP, SMPP; each against a server that speaks on a real socket."""

import datetime as dt
import json
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.conf import settings

from sijil.domains.notifications.adapters import EMAIL, SMS, GatewayFailed, ReportUnreadable
from sijil.domains.notifications.adapters.file import FileGateway
from sijil.domains.notifications.adapters.http import HttpGateway
from sijil.domains.notifications.adapters.smpp import SmppGateway, pdu
from sijil.domains.notifications.adapters.smtp import SmtpGateway
from sijil.domains.notifications.tests import servers
from sijil.domains.notifications.types import Channel, Fate, Outgoing, Report
from sijil.kernel.adapters import AdapterUnfit
from sijil.kernel.ids import new_key

FIELDS = type(settings.ENV).model_fields
NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
MAIL = Outgoing(new_key(), Channel.EMAIL, "aicha@example.ma", "مؤشر أسرتكم جاهز", "سجل: النتيجة جاهزة", "ar")
TEXT = replace(MAIL, channel=Channel.SMS, to="+212612345678", title="", body="Sijil : votre numéro est là.")


def defaults(name):
    return FIELDS[name].default


@pytest.fixture
def env(settings):
    """Settings of one gateway; what a test does not name has its default."""

    def use(**changes):
        names = [n for n in FIELDS if n.startswith(("sms_", "smtp_"))]
        settings.ENV = SimpleNamespace(**{n: defaults(n) for n in names} | changes)

    return use


def failure(gateway, message=TEXT):
    with pytest.raises(GatewayFailed) as failed:
        gateway.send(message, now=NOW)
    assert "612345678" not in failed.value.reason
    assert message.to not in failed.value.reason
    return failed.value


# --- file, mail ---------------------------------------------------------------------------------------------


def test_a_file_is_whole_private_and_replaced_by_a_second_try(settings, tmp_path):
    settings.HOME = tmp_path
    for _ in range(2):
        FileGateway().send(MAIL, now=NOW)
    (place,) = (tmp_path / "messages").iterdir()
    assert json.loads(place.read_text())["to"] == MAIL.to
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_full_or_forbidden_folder_is_a_failure_to_try_again(settings, tmp_path):
    (tmp_path / "messages").write_text("a file where the folder should be")
    settings.HOME = tmp_path
    assert not failure(FileGateway()).permanent


@pytest.fixture
def mail_server(env):
    with servers.mail_server() as server:
        url = f"smtp+plain://127.0.0.1:{server.server_address[1]}"
        env(smtp_url=url, smtp_from="registre@example.ma")
        yield server


def test_mail_carries_the_key_as_message_id(mail_server):
    taken = SmtpGateway().send(MAIL, now=NOW)
    assert (taken.reference, taken.parts) == (f"<{MAIL.key}@example.ma>", ())
    assert f"Message-ID: {taken.reference}" in mail_server.mails[0]
    assert "To: aicha@example.ma" in mail_server.mails[0]


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such box", True), ("451 later", False)])
def test_a_refused_recipient_is_final_only_when_the_server_says_so(mail_server, answer, permanent):
    mail_server.refuse = answer
    assert failure(SmtpGateway(), MAIL).permanent is permanent


@pytest.mark.parametrize("url", ["", "smtp+plain://127.0.0.1:1"])
def test_no_server_is_a_failure_to_try_again(env, url):
    env(smtp_url=url, smtp_from="registre@example.ma")
    assert not failure(SmtpGateway(), MAIL).permanent


# --- HTTP ---------------------------------------------------------------------------------------------------


@pytest.fixture
def provider(env, tmp_path):
    (tmp_path / "token").write_text("t0ken\n")
    with servers.provider() as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/sms"
        env(sms_http_url=url, sms_http_token_file=tmp_path / "token")
        yield server


def test_what_is_posted_is_the_template_filled_with_the_key_as_its_name(provider):
    taken = HttpGateway().send(TEXT, now=NOW)
    (headers, body) = provider.asked[0]
    assert body == {"id": str(TEXT.key), "from": "Sijil", "to": TEXT.to, "text": TEXT.body}
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer t0ken", str(TEXT.key))
    assert (taken.reference, taken.parts) == ("p-1", ("p-1",))


def test_field_names_are_the_providers(provider, settings):
    settings.ENV.sms_http_body = '{"messages": [{"dest": "$to", "body": "$text", "flash": false}]}'
    settings.ENV.sms_http_reference = "messages.0.messageId"
    provider.answer = (202, b'{"messages": [{"messageId": 77}]}')
    assert HttpGateway().send(TEXT, now=NOW).reference == "77"
    assert provider.asked[0][1] == {"messages": [{"dest": TEXT.to, "body": TEXT.body, "flash": False}]}


def test_a_text_cannot_write_other_fields(provider):
    HttpGateway().send(replace(TEXT, body='", "to": "+212600000000', title="$to"), now=NOW)
    assert provider.asked[0][1]["to"] == TEXT.to


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(400, True), (422, True), (401, False), (403, False), (429, False), (503, False)],
)
def test_only_what_is_wrong_with_the_message_is_final(provider, status, permanent):
    provider.answer = (status, b"no")
    assert failure(HttpGateway()).permanent is permanent


def test_the_token_goes_nowhere_else(provider):
    provider.answer = (302, b"")
    assert failure(HttpGateway()).reason == "http: answer 302"


@pytest.mark.parametrize("answer", [b"", b"OK", b"[]", b"{}", b'{"id": null}'])
def test_taken_without_a_number_it_is_known_by_its_key_and_not_sent_again(provider, answer):
    provider.answer = (200, answer)
    assert HttpGateway().send(TEXT, now=NOW).reference == str(TEXT.key)


def test_no_provider_is_a_failure_to_try_again(env):
    env(sms_http_url="http://127.0.0.1:1/")
    assert not failure(HttpGateway()).permanent


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sms_http_url": ""}, "SIJIL_SMS_HTTP_URL"),
        ({"sms_http_url": "http://sms.example.ma/"}, "https://"),
        ({"sms_http_token_file": "no/such/file"}, "SIJIL_SMS_HTTP_TOKEN_FILE=no/such/file"),
        ({"sms_http_body": "{"}, "SIJIL_SMS_HTTP_BODY={"),
        ({"sms_http_body": '{"to": "$phone"}'}, "$text"),
        ({"sms_http_report": "{}"}, "reference, status"),
        ({"sms_http_report": "7"}, "SIJIL_SMS_HTTP_REPORT=7"),
    ],
)
def test_settings_of_http_are_looked_at(env, wrong, says):
    right = {"sms_http_url": "https://sms.example.ma/v1"}
    env(**right)
    HttpGateway.check()
    env(**right | wrong)
    with pytest.raises(AdapterUnfit) as unfit:
        HttpGateway.check()
    assert says in str(unfit.value)


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("body", "media_type", "reports"),
    [
        ({"id": "p-1", "status": "delivered"}, JSON, [Report("p-1", Fate.DELIVERED)]),
        ([{"id": 7, "status": "UNDELIV"}], JSON, [Report("7", Fate.FAILED, "UNDELIV")]),
        ({"id": "p-1", "status": "accepted"}, JSON, []),
        ({"id": "p-1", "status": "DELIVRD"}, FORM, [Report("p-1", Fate.DELIVERED)]),
    ],
)
def test_reports_are_read_as_the_provider_writes_them(env, body, media_type, reports):
    env()
    written = urlencode(body) if media_type == FORM else json.dumps(body)
    assert HttpGateway().read_reports(written.encode(), media_type) == reports


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"{}", b'{"id": "1"}', b"\xff", b"[" * 100_000])
def test_what_is_no_report_is_said_to_be_none(env, body):
    env()
    for media_type in (JSON, FORM):
        with pytest.raises(ReportUnreadable):
            HttpGateway().read_reports(body, media_type)


# --- SMPP ---------------------------------------------------------------------------------------------------


@pytest.fixture
def centre(env, tmp_path):
    (tmp_path / "password").write_text("s3cret\n")
    with servers.sms_centre() as server:
        url = f"smpp://sijil@127.0.0.1:{server.server_address[1]}"
        env(sms_smpp_url=url, sms_smpp_password_file=tmp_path / "password")
        yield server


@pytest.fixture
def smpp(centre):
    gateway = SmppGateway()
    yield gateway
    gateway.close()


def test_a_text_of_the_gsm_alphabet_is_one_part_with_a_receipt_asked_for(smpp, centre):
    taken = smpp.send(TEXT, now=NOW)
    assert (taken.reference, taken.parts) == ("m1", ("m1",))
    assert (collected(smpp), centre.alive) == ([], 1)  # it asked whether we are there before it answered
    source, to, esm_class, wants_receipt, coding, content = servers.read_submit(centre.submitted[0])
    assert (source, to, esm_class, wants_receipt, coding) == ("Sijil", "212612345678", 0, 1, 0)
    assert content == b"Sijil : votre num\x05ro est l\x7f."


def test_a_long_arabic_text_is_parts_that_make_one_text(smpp, centre):
    text = "سجل: وصل ملفكم إلى المركز، وستتوصلون برقمكم في رسالة أخرى. " * 3
    taken = smpp.send(replace(TEXT, body=text), now=NOW)
    found = [servers.read_submit(body) for body in centre.submitted]
    assert taken.parts == ("m1", "m2", "m3")
    assert {(esm_class, coding) for _, _, esm_class, _, coding, _ in found} == {(0x40, 8)}
    heads = [content[:6] for *_, content in found]
    mark = TEXT.key.int & 0xFF
    assert heads == [bytes([5, 0, 3, mark, 3, n]) for n in (1, 2, 3)]
    assert b"".join(content[6:] for *_, content in found).decode("utf-16-be") == text
    assert all(len(content) <= 140 for *_, content in found)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [6 + 153, 6 + 8]),
        ("a" * 152 + "€" + "b" * 10, [6 + 152, 6 + 12]),  # a character of two codes is not cut
        ("ش" * 70, [140]),
        ("ش" * 71, [6 + 134, 6 + 8]),
        ("ش" * 66 + "😀" + "ش" * 4, [6 + 132, 6 + 12]),
    ],
)
def test_parts_are_cut_where_a_phone_can_join_them(text, sizes):
    assert [len(part.content) for part in pdu.cut(text, 7)] == sizes


def test_the_alphabet_is_the_one_of_the_specification():
    codes = b"".join(part.content for part in pdu.cut("@£$¥èéùìòÇ\n Aza¡¿äà€[", 0))
    assert codes == bytes(range(11)) + b"\x20\x41\x7a\x61\x40\x60\x7b\x7f\x1b\x65\x1b\x3c"


def test_a_text_of_too_many_parts_is_refused_for_ever(smpp, centre):
    assert failure(smpp, replace(TEXT, body="ش" * 67 * 256)).permanent
    assert centre.submitted == []


@pytest.mark.parametrize(("status", "permanent"), [(0x0B, True), (0x58, False), (0x14, False)])
def test_only_a_wrong_number_is_final(smpp, centre, status, permanent):
    centre.refusals = [status]
    assert failure(smpp).permanent is permanent
    assert smpp.send(TEXT, now=NOW).reference == "m2"  # on the same line
    assert len(centre.lines) == 1


def test_a_wrong_password_is_a_failure_to_try_again(smpp, settings, tmp_path):
    (tmp_path / "password").write_text("other")
    assert failure(smpp).reason == "smpp: not let in, status 0x000e"


def test_a_line_that_breaks_is_a_failure_and_the_next_try_opens_another(smpp, centre):
    centre.cut_after_submit = True
    assert not failure(smpp).permanent
    assert smpp.send(TEXT, now=NOW).reference == "m2"
    assert len(centre.lines) == 2


def test_no_centre_is_a_failure_to_try_again(env):
    env(sms_smpp_url="smpp://sijil@127.0.0.1:1")
    assert not failure(SmppGateway()).permanent


def collected(smpp):
    kept = []
    smpp.collect(kept.append)
    return kept


def test_receipts_are_collected_and_acknowledged_once_kept(smpp, centre):
    centre.at_once = [servers.receipt]
    smpp.send(TEXT, now=NOW)
    assert collected(smpp) == [Report("m1", Fate.DELIVERED)]
    assert collected(smpp) == []
    assert centre.acknowledged == 1


def test_a_receipt_that_could_not_be_kept_comes_again(smpp, centre):
    centre.receipts.append(servers.receipt("m1", "UNDELIV", error="00A"))
    with pytest.raises(ZeroDivisionError):
        smpp.collect(lambda report: 1 // 0)
    assert (centre.acknowledged, len(centre.receipts)) == (0, 1)
    assert Report("m1", Fate.FAILED, "UNDELIV 00A") in collected(smpp)


@pytest.mark.parametrize(
    ("body", "reports"),
    [
        (servers.receipt("7", "EXPIRED"), [Report("7", Fate.FAILED, "EXPIRED 000")]),
        (servers.receipt("7", "ACCEPTD"), []),
        (servers.receipt("7", esm_class=0x00), []),  # somebody answers an SMS
        (
            servers.receipt("", text="?", options=b"\0\x1e\0\x03x9\0\x04\x27\0\x01\x02"),
            [Report("x9", Fate.DELIVERED)],
        ),
        (servers.receipt("7", text="hello"), []),
        (b"\0\x01", []),
        (b"", []),
    ],
)
def test_receipts_are_read_however_a_centre_writes_them(smpp, centre, body, reports):
    centre.receipts.append(body)
    assert collected(smpp) == reports
    assert collected(smpp) == []  # and the centre has read our answers by now
    assert centre.receipts == []  # what cannot be read is answered too, or it would come for ever


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sms_smpp_url": ""}, "SIJIL_SMS_SMPP_URL="),
        ({"sms_smpp_url": "smpp://centre:2775"}, "system_id@host"),
        ({"sms_sender": "سجل"}, "SIJIL_SMS_SENDER=سجل"),
        ({"sms_sender": ""}, "SIJIL_SMS_SENDER="),
    ],
)
def test_settings_of_smpp_are_looked_at(env, wrong, says):
    right = {"sms_smpp_url": "smpps://sijil@centre.example.ma"}
    env(**right)
    SmppGateway.check()
    env(**right | wrong)
    with pytest.raises(AdapterUnfit) as unfit:
        SmppGateway.check()
    assert says in str(unfit.value)


@pytest.mark.parametrize("port", [SMS, EMAIL])
def test_every_shipped_name_leads_to_a_gateway(port):
    assert all(port.find(name) for name in port.shipped)
