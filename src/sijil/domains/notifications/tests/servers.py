"""Small servers for the tests of the gateways: a mail server, an SMS centre (SMPP 3.4), an HTTP provider.

Written from the specifications, without a line of the gateways: both sides must agree on the wire.
"""

from __future__ import annotations

import contextlib
import http.server
import json
import socketserver
import struct

from sijil.kernel.tests.serving import serving


class MailSession(socketserver.StreamRequestHandler):
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


def mail_server():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailSession)
    server.mails, server.refuse = [], ""
    return serving(server)


class Provider(http.server.BaseHTTPRequestHandler):
    """Takes JSON; answers as told by ``server.answer``: status and body."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), json.loads(body)))
        status, answer = self.server.answer
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def provider():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.asked, server.answer = [], (200, b'{"id": "p-1"}')
    return serving(server)


class CentreLine(socketserver.BaseRequestHandler):
    """One line of an SMS centre. It asks whether we are there, and sends receipts, before its answers."""

    def handle(self):
        self.server.lines.append(self)
        with contextlib.suppress(ConnectionError, struct.error):
            while True:
                length, command, status, number = struct.unpack("!IIII", self.read(16))
                self.take(command, status, number, self.read(length - 16))

    def read(self, count):
        found = b""
        while len(found) < count:
            more = self.request.recv(count - len(found))
            if not more:
                raise ConnectionError
            found += more
        return found

    def take(self, command, status, number, body):
        centre = self.server
        if command == 0x09:
            system_id, password = body.split(b"\0")[:2]
            known = (system_id, password) == (b"sijil", b"s3cret")
            self.say(0x80000009, 0 if known else 0x0E, number, b"centre\0")
        elif command == 0x04:
            self.ask_whether_there()
            centre.submitted.append(body)
            refused = centre.refusals.pop(0) if centre.refusals else 0
            reference = "" if refused else f"m{len(centre.submitted)}"
            if not refused:
                self.say_receipts_of(reference)
            if centre.cut_after_submit:
                centre.cut_after_submit = False
                raise ConnectionError
            self.say(0x80000004, refused, number, reference.encode() + b"\0" if reference else b"")
        elif command == 0x15:
            for receipt in centre.receipts:
                self.say(0x05, 0, 90_000 + len(centre.receipts), receipt)
            self.say(0x80000015, 0, number)
        elif command == 0x06:
            self.say(0x80000006, 0, number)
        elif command == 0x80000005:
            centre.receipts[:1], centre.acknowledged = [], centre.acknowledged + 1
        elif command == 0x80000015:
            centre.alive += 1

    def say_receipts_of(self, reference):
        for make in self.server.at_once:
            self.server.receipts.append(make(reference))

    def ask_whether_there(self):
        self.say(0x15, 0, 70_000)

    def say(self, command, status, number, body=b""):
        self.request.sendall(struct.pack("!IIII", 16 + len(body), command, status, number) + body)


def sms_centre():
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), CentreLine)
    server.submitted, server.receipts, server.refusals, server.lines = [], [], [], []
    server.at_once, server.alive, server.acknowledged, server.cut_after_submit = [], 0, 0, False
    return serving(server)


def receipt(reference, state="DELIVRD", *, error="000", text=None, options=b"", esm_class=0x04):
    """Return a deliver_sm body as centres write it (appendix B of the specification)."""
    words = (
        f"id:{reference} sub:001 dlvrd:001 submit date:2611030900 done date:2611030901 stat:{state} "
        f"err:{error} text:Sijil"
    )
    content = (words if text is None else text).encode("latin-1")
    return (
        b"\0\x01\x01212612345678\0\x05\0Sijil\0"
        + bytes([esm_class, 0, 0])
        + b"\0\0\0\0\0\0"
        + bytes([len(content)])
        + content
        + options
    )


def read_submit(body):
    """Return destination, esm_class, receipt wanted, data coding and content of a submit_sm."""
    rest = body.split(b"\0", 1)[1]
    source, rest = rest[2:].split(b"\0", 1)
    to, rest = rest[2:].split(b"\0", 1)
    esm_class, rest = rest[0], rest[3:].split(b"\0", 2)[2]
    return source.decode(), to.decode(), esm_class, rest[0], rest[2], rest[5 : 5 + rest[4]]
