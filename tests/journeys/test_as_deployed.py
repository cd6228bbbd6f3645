"""The web process as it is deployed: both journeys by forms through a TLS proxy, and slow clients."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import time
from contextlib import ExitStack

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from tests.journeys import tls
from tests.journeys.household import fill, send, settle

from sijil.domains.accounts.services import create_staff
from sijil.domains.accounts.services.password import keep_password
from sijil.domains.appointments import queries as appointments
from sijil.domains.appointments.services import load_centres
from sijil.domains.biometrics.samples import draw
from sijil.domains.geography.services import load_reference
from sijil.kernel.sealing import keyring
from sijil.pages import clock
from sijil.pages.models import Bucket
from sijil.portal.tests.test_pre_registration import ANSWERS, CENTRE, read_code

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PASSWORD = "le figuier du jardin"
HAS_NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None
NO_NGINX = pytest.mark.skipif(not HAS_NGINX, reason="no nginx on this machine (apt install nginx-light)")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return tls.certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def port(django_db_setup, django_db_blocker, tmp_path_factory):
    """The port of the web process, on the test database."""
    with django_db_blocker.unblock():
        name = str(connection.settings_dict["NAME"])
        assert name.startswith("test_")
    with tls.web(name, tmp_path_factory.mktemp("web")) as found:
        yield found
    with django_db_blocker.unblock():
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(params=["small", pytest.param("nginx", marks=NO_NGINX)])
def visit(request, port, certificate, tmp_path):
    """Return a function that opens a fresh browser before the proxy."""
    load_reference(clock.now())
    load_centres(now=clock.now())
    proxy = (
        tls.small_proxy(port, *certificate)
        if request.param == "small"
        else tls.nginx(port, *certificate, tmp_path)
    )
    with proxy as front:
        opened = []

        def visit():
            opened.append(tls.Browser(front, certificate[0]))
            return opened[-1]

        visit.is_small = request.param == "small"
        yield visit
        for one in opened:
            one.close()


def sign_in(browser, login):
    answer = browser.post("/sign-in/", {"login": login, "password": PASSWORD})
    assert answer.status_code == 302, answer.text
    return browser


def test_a_person_is_pre_registered_and_comes_to_the_counter(visit):
    person = visit()
    person.post("/pre-registration/")
    slot = appointments.find_next_slot(CENTRE, now=clock.now())
    for page, answers in {**ANSWERS, "slot": {"slot": slot.id}}.items():
        answer = person.post(f"/pre-registration/{page}/", answers)
        assert answer.status_code == 302, answer.text
    assert person.post("/pre-registration/check/", {"accept": "on"}).status_code == 302
    code = {"code": read_code(at=clock.now())}
    assert person.post("/pre-registration/code/", code).status_code == 302
    number = re.search(r"\b[0-9A-Z]{4}(-[0-9A-Z]{4,5})+\b", person.get("/pre-registration/done/").text)
    assert number
    assert {"__Host-session", "__Host-csrf"} <= person.cookies
    if visit.is_small:
        bucket = keyring().blind_index("pages", "pre_registration", tls.CLIENT)
        assert Bucket.objects.filter(key=bucket).exists()

    create_staff(
        login="s.alami", name="Salma", password=PASSWORD, roles=["csc_officer"], centre_code=CENTRE,
        now=clock.now(),
    )  # fmt: skip
    officer = sign_in(visit(), "s.alami")
    file = re.search(r"/counter/[^/\"]+/(?=\")", officer.get("/counter/").text)
    assert file
    page = officer.get(file[0])
    assert page.status_code == 200
    picture = {"face-picture": ("face.png", draw(1, "face"), "image/png")}
    kept = officer.post(f"{file[0]}capture/", {"modality": "face"}, files=picture)
    assert kept.status_code == 302, kept.text


def test_a_family_registers_and_reads_its_score(visit):
    family = settle()
    get_user_model().objects.create(
        login=family.head.key, kind="citizen", roles=[], created_at=clock.now(),
        password=keep_password(family.head.key, PASSWORD),
    )  # fmt: skip
    head = sign_in(visit(), str(family.head))
    head.post("/my-file/household/start/")
    fill(head, family)
    assert send(head).status_code == 302
    assert "9.381" in head.get("/my-file/score/").text.replace(",", ".")


def test_browsers_are_told_to_stay_with_tls_and_strangers_hosts_are_refused(visit):
    browser = visit()
    answer = browser.get("/")
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert browser.get("/sign-in/", Host="elsewhere.example").status_code >= 400
    assert browser.get("/livez").status_code == 204
    assert browser.get("/health/").json().keys() == {"well"}


def test_a_form_of_another_site_is_refused(visit):
    browser = visit()
    browser.get("/sign-in/")
    stolen = {"login": "x", "password": "y", "csrfmiddlewaretoken": browser._token}
    answer = browser._client.post("/sign-in/", data=stolen, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


# -- slow clients ------------------------------------------------------------------------------------------


def begin(stack, port, n, *, more=b"a"):
    """Send half a form as somebody else each time, and keep the connection open."""
    one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
    one.sendall(
        b"POST /sign-in/ HTTP/1.1\r\nHost: sijil.example\r\nContent-Length: 1000\r\n"
        b"X-Forwarded-For: 198.51.%d.%d\r\n\r\n" % (n // 250, n % 250) + more
    )
    return one


def seconds_of(port, path):
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": tls.NAME})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.status == 200
    return time.monotonic() - began


def test_five_hundred_half_sent_forms_keep_nobody_waiting(port):
    seconds_of(port, "/?drawn=anew")
    with ExitStack() as stack:
        slow = [begin(stack, port, n) for n in range(500)]
        for dripping in slow[:4]:
            dripping.sendall(b"b")
        waited = [seconds_of(port, path) for path in ("/?drawn=anew", "/sign-in/", "/")]
    assert max(waited) < 5  # it was: no answer at all; alone it takes some hundredths
    assert seconds_of(port, "/sign-in/") < 5  # those who left hold nothing


def test_a_half_sent_form_is_given_up_after_ten_seconds(port):
    with ExitStack() as stack:
        answer = begin(stack, port, 7).recv(100)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_large_body_is_refused_before_it_has_come(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    pieces = iter([b"x" * 40_000, b"x" * 40_000])
    connection.request("POST", "/sign-in/", pieces, {"Host": tls.NAME}, encode_chunked=True)
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Connection")) == (413, "close")
    connection.close()
