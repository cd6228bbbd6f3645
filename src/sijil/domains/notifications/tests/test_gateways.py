"""The carriers: demo, file, SMTP (against a mail server of twenty lines)."""

import datetime as dt
import json
import socketserver
import threading
from types import SimpleNamespace

import pytest

from sijil.domains.notifications.adapters import GATEWAYS, GatewayFailed, get_gateway
from sijil.domains.notifications.types import Channel, Outgoing
from sijil.kernel.ids import new_key

NOW = dt.datetime(2026, 11, 3, 9, 0, tzinfo=dt.UTC)
MAIL = Outgoing(new_key(), Channel.EMAIL, "aicha@example.ma", "مؤشر أسرتك جاهز", "سجل: النتيجة جاهزة", "ar")


class Session(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"DATA":
                self.say("354 go")
                self.server.mails.append(self.read_mail())
            elif word == b"RCPT" and self.server.refuse:
                self.say(self.server.refuse)
                continue
            self.say("250 ok")

    def read_mail(self):
        lines = iter(self.rfile.readline, b".\r\n")
        return b"".join(lines).decode()

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture
def mail_server(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads, server.mails, server.refuse = True, [], ""
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        url = f"smtp+plain://127.0.0.1:{server.server_address[1]}"
        settings.ENV = SimpleNamespace(smtp_url=url, smtp_from="registre@example.ma")
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("name", GATEWAYS)
def test_every_gateway_loads_once(name):
    assert get_gateway(name) is get_gateway(name)


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(LookupError, match="demo, file, smtp"):
        get_gateway("pigeon")


def test_a_file_is_whole_private_and_replaced_by_a_second_try(settings, tmp_path):
    settings.HOME = tmp_path
    for _ in range(2):
        get_gateway("file").send(MAIL, now=NOW)
    (place,) = (tmp_path / "messages").iterdir()
    assert json.loads(place.read_text())["to"] == MAIL.to
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_full_or_forbidden_folder_is_a_failure_to_try_again(settings, tmp_path):
    (tmp_path / "messages").write_text("a file where the folder should be")
    settings.HOME = tmp_path
    with pytest.raises(GatewayFailed) as failed:
        get_gateway("file").send(MAIL, now=NOW)
    assert not failed.value.permanent


def test_mail_carries_the_key_as_message_id(mail_server):
    reference = get_gateway("smtp").send(MAIL, now=NOW)
    assert reference == f"<{MAIL.key}@example.ma>"
    assert f"Message-ID: {reference}" in mail_server.mails[0]
    assert "To: aicha@example.ma" in mail_server.mails[0]


@pytest.mark.parametrize(("answer", "permanent"), [("550 no such box", True), ("451 later", False)])
def test_a_refused_recipient_is_final_only_when_the_server_says_so(mail_server, answer, permanent):
    mail_server.refuse = answer
    with pytest.raises(GatewayFailed) as failed:
        get_gateway("smtp").send(MAIL, now=NOW)
    assert failed.value.permanent is permanent
    assert "aicha" not in failed.value.reason


@pytest.mark.parametrize("url", ["", "smtp+plain://127.0.0.1:1"])
def test_no_server_is_a_failure_to_try_again(settings, url):
    settings.ENV = SimpleNamespace(smtp_url=url, smtp_from="registre@example.ma")
    with pytest.raises(GatewayFailed) as failed:
        get_gateway("smtp").send(MAIL, now=NOW)
    assert not failed.value.permanent
