"""What the gate is told of the product: sizes, public pages, words."""

import ast
import json
import re
from pathlib import Path

import pytest
from django.urls import resolve

from sijil.api import problems
from sijil.config import doors
from sijil.pages.problems import STATUS
from sijil.processes.gate.bodies import Reason
from sijil.processes.gate.requests import read

SOURCE = Path(doors.__file__).parents[1]


def request(path, method="GET", **headers):
    named = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return read(
        {
            "method": method, "raw_path": path.partition("?")[0].encode(), "scheme": "https",
            "query_string": path.partition("?")[2].encode(), "http_version": "1.1", "headers": named,
        },
        (),
    )  # fmt: skip


LIST = "01890a5d-ac96-774b-bcce-b302099a8057"
READS_FILES = {
    "api/person.py": {"capture"},
    "api/problems.py": {"check_form"},  # refuses those that a call does not know
    "backoffice/centres.py": {"bring_in"},
    "counter/children.py": {"take"},
    "counter/files.py": {"capture", "add_paper", "new_file", "receive_asked"},
    "counter/persons.py": {"evidence"},
    "counter/typed.py": {"_tell_files"},  # says which chosen file was not kept
    "pages/background.py": {"stale"},  # tells what came before a session was lost
    "portal/own_request.py": {"send_paper", "send_asked"},
    "portal/pre_registration.py": {"_form", "_taken"},
}


def test_nothing_else_reads_files():
    """A view that reads files is named here, and its address in ``doors.FILES``."""
    found = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text()
        if "tests" in path.parts or not ("request.FILES" in text or "UploadedFile" in text):
            continue
        functions = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)]
        reads = {
            one.name
            for one in functions
            if re.search(r"request\.FILES|UploadedFile", ast.get_source_segment(text, one) or "")
        }
        found[path.relative_to(SOURCE).as_posix()] = reads
    assert found == READS_FILES


@pytest.mark.parametrize(
    "path",
    ["/pre-registration/papers/", "/track/AB-1/paper/", f"/track/AB-1/asked/{LIST}/", "/counter/new/",
     "/counter/7/capture/", "/counter/7/add-paper/", f"/counter/7/asked/{LIST}/", "/v1/files/7/captures",
     "/counter/persons/evidence/", "/backoffice/centres/import/", "/v1/pre-registrations"],
)  # fmt: skip
def test_files_are_sent_where_a_view_reads_them(path):
    assert resolve(path)
    assert doors.largest(request(path)) == 12 * 1024**2


@pytest.mark.parametrize(
    "path",
    [f"/backoffice/programmes/lists/{LIST}/members.csv", f"/v1/lists/{LIST}/members.csv"],
)
def test_a_list_with_its_members_is_waited_for(path):
    assert resolve(path)
    assert doors.is_long(request(path))


@pytest.mark.parametrize(
    "path", ["/backoffice/programmes/asd/publish/", "/v1/programmes/asd/lists", "/backoffice/programmes/"]
)
def test_a_list_is_frozen_by_a_worker_and_nobody_waits_for_it(path):
    assert resolve(path)
    assert not doors.is_long(request(path))


@pytest.mark.parametrize(
    "path", ["/sign-in/", "/", "/v1/sessions", "/my-file/", "/v1/civil-events", "/x/" * 9]
)
def test_everywhere_else_a_form_is_sent(path):
    assert doors.largest(request(path)) == 64 * 1024


def test_an_outside_system_is_read_up_to_a_megabyte_and_refused_by_its_size():
    told = request("/v1/inbound/sms", "POST")
    assert doors.largest(told) == 1024**2
    reply = doors.refuse(told, Reason.LARGE)
    assert (reply.head.status, json.loads(reply.body)["code"]) == (413, "api.too_large")
    assert STATUS[problems.TOO_LARGE.category] == 413  # what the pages of reference say


def test_every_public_page_has_an_address():
    for path in doors.PUBLIC:
        assert resolve(path)


def test_a_public_page_depends_on_language_host_and_scheme_alone():
    plain = doors.public_key(request("/", host="a", cookie="csrftoken=1; language=fr"))
    assert plain == ("/", "https", "a", "fr", "")
    assert doors.public_key(request("/", host="a", cookie="language=xx")) == ("/", "https", "a", "ar", "")


@pytest.mark.parametrize(
    ("path", "method", "headers"),
    [
        ("/my-file/", "GET", {}),
        ("/?lang=fr", "GET", {}),
        ("/", "POST", {}),
        ("/", "HEAD", {}),
        ("/", "GET", {"authorization": "Bearer x"}),
        ("/", "GET", {"cookie": "sessionid=x"}),
        ("/", "GET", {"cookie": "messages=x"}),
    ],
)
def test_nothing_else_is_kept(path, method, headers):
    assert doors.public_key(request(path, method, **headers)) is None


@pytest.mark.parametrize(
    ("language", "word"),
    [("ar", "لا تستطيع الخدمة"), ("fr", "ne peut pas"), ("en", "cannot answer"), ("zgh", "لا")],
)
def test_who_is_turned_away_reads_it_in_the_own_language(language, word):
    reply = doors.refuse(request("/my-file/", cookie=f"language={language}"), Reason.BUSY)
    headers = dict(reply.head.headers)
    assert (reply.head.status, headers["Retry-After"], headers["Content-Language"]) == (503, "5", language)
    assert headers["Content-Security-Policy"]
    assert word in reply.body.decode()


def test_a_machine_reads_a_problem_document():
    reply = doors.refuse(request("/v1/sessions", accept_language="fr"), Reason.SLOW)
    problem = json.loads(reply.body)
    assert (reply.head.status, problem["status"], problem["code"]) == (408, 408, "api.too_slow")
    assert problem["title"] == "Votre envoi n’est pas arrivé à temps."
    assert dict(reply.head.headers)["Content-Type"] == "application/problem+json"
