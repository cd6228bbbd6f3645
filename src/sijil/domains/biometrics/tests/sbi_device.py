"""A device of MOSIP's SBI 1.0 for the tests, written from its specification, on the loopback."""

from __future__ import annotations

import base64
import datetime as dt
import http.server
import io
import json
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import RSAKey
from PIL import Image

from sijil.domains.biometrics import samples
from sijil.kernel.tests.serving import serving

BORN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
RECORDS = {"Face": b"FAC\x00030\x00", "Iris": b"IIR\x00020\x00"}


def text(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@cache
def a_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def another_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(name, key, issuer, by, *, ca, days=3650):
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer)]
    built = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(names[1])
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(BORN)
        .not_valid_after(BORN + dt.timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    return built.sign(by, hashes.SHA256())


@cache
def provider():
    """Return the certificate of who makes the devices."""
    return certificate("provider", a_key(), "provider", a_key(), ca=True)


def pem(*certificates):
    return b"".join(c.public_bytes(serialization.Encoding.PEM) for c in certificates)


def record(kind, image):
    """Return a record of ISO/IEC 19794: name and version, its length, a head, the picture."""
    head = b"\x00\x01" + bytes(50)
    return RECORDS[kind] + (12 + len(head) + len(image)).to_bytes(4, "big") + head + image


def lossless(image):
    out = io.BytesIO()
    Image.open(io.BytesIO(image)).save(out, "JPEG2000")
    return out.getvalue()


def sample(kind, side):
    return samples.draw(7, {"": "face", "Left": "iris_left", "Right": "iris_right"}[side])


class Device(http.server.BaseHTTPRequestHandler):
    """``server`` says what it does: its ``kind``, ``status``, ``error``, ``image``, ``chain``, ``key``."""

    def do_MOSIPDISC(self):
        known = {"serialNo": "000000000001", "make": "Sijil", "type": self.server.kind}
        told = {
            "deviceId": "7",
            "deviceStatus": self.server.status,
            "certification": "L0",
            "digitalId": text(json.dumps(known).encode()),
            "callbackId": "http://evil.example/",
            "specVersion": ["1.0"],
            "error": {"errorCode": "0", "errorInfo": ""},
        }
        asked = self.read()["type"]
        self.answer([told] if asked in (self.server.kind, "Biometric Device") else [])

    def do_RCAPTURE(self):
        asked = self.read()
        self.server.asked.append(asked)
        [bio] = asked["bio"]
        side = (bio["bioSubType"] or [""])[0]
        image = self.server.image or lossless(sample(bio["type"], side))
        told = {
            "bioType": bio["type"],
            "bioSubType": side,
            "purpose": asked["purpose"],
            "transactionId": asked["transactionId"],
            "requestedScore": bio["requestedScore"],
            "qualityScore": "71.5",
            "bioValue": text(record(bio["type"], image)),
            **self.server.says,
        }
        self.answer(
            {
                "biometrics": [
                    {
                        "specVersion": "1.0",
                        "data": self.sign(told),
                        "error": {"errorCode": self.server.error, "errorInfo": "as told"},
                    }
                ]
            }
        )

    def sign(self, told):
        chain = [
            base64.b64encode(c.public_bytes(serialization.Encoding.DER)).decode() for c in self.server.chain
        ]
        key = RSAKey.import_key(
            self.server.key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return jws.serialize_compact(
            {"alg": "RS256", "x5c": chain}, json.dumps(told), key, algorithms=["RS256"]
        )

    def read(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def answer(self, told):
        content = self.server.raw or json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


def device(kind="Face"):
    """Serve one on a free port of the loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Device)
    server.kind, server.status, server.error, server.image, server.raw = kind, "Ready", "0", b"", b""
    server.key, server.says, server.asked = another_key(), {}, []
    server.chain = [certificate("device", another_key(), "provider", a_key(), ca=False)]
    return serving(server)
