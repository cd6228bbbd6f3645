"""A small clamd for the tests, written from its manual: the adapter and it must agree on the wire."""

from __future__ import annotations

import socketserver
import struct
import threading

from sijil.domains.documents.adapters.demo import EICAR, OWN
from sijil.kernel.tests.serving import serving

SIGNATURES = {EICAR: b"Eicar-Test-Signature", OWN: b"Sijil.Test.Own"}
OK = b"stream: OK\0"


class Clamd(socketserver.StreamRequestHandler):
    """``server.told``: pieces of the answer instead of the right one; ``server.over``: ends a frozen one."""

    def handle(self):
        command = b""
        while not command.endswith(b"\0"):
            if not (letter := self.rfile.read(1)):
                return
            command += letter
        if self.server.is_frozen:
            self.server.over.wait()
        elif command == b"zPING\0":
            self.wfile.write(b"PONG\0")
        elif command == b"zINSTREAM\0":
            self.wfile.write(self.scan())

    def scan(self):
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            if len(content) + size > self.server.most:
                return b"INSTREAM size limit exceeded. ERROR\0"  # and the rest is not read
            content += self.rfile.read(size)
        self.server.scanned.append(content)
        found = next((name for sign, name in SIGNATURES.items() if sign in content), None)
        return self.server.told or (b"stream: %s FOUND\0" % found if found else OK)


class _Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class _Unix(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


def clamd(path=""):
    """Serve on a free port of this machine, or on a socket at ``path``."""
    server = _Unix(str(path), Clamd) if path else _Tcp(("127.0.0.1", 0), Clamd)
    server.told, server.scanned, server.most, server.is_frozen = b"", [], 10**9, False
    server.over = threading.Event()
    return serving(server)
