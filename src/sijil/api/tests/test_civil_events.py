"""POST /v1/civil-events with real keys: what is taken, what is refused by which field, what never fails."""

import datetime as dt
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, example, given, settings, strategies
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey
from ninja.errors import ValidationError
from openapi_spec_validator import validate
from typer.testing import CliRunner

from sijil.api.civil_events import audience, read_report
from sijil.api.main import api
from sijil.console import build
from sijil.domains.events.queries import get_event, list_steps
from sijil.domains.partners.services import add_key, register_partner, remove_key, suspend_partner
from sijil.domains.partners.types import Purpose
from sijil.domains.population_register.queries import tag_of
from sijil.journeys.civil_events import CivilReport
from sijil.kernel.actors import system
from sijil.kernel.ids import draw_idcs

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 27, 9, tzinfo=dt.UTC)
WHO = {"actor": system("tests"), "now": NOW}
KEYS = {
    "Ed25519": OKPKey.generate_key("Ed25519"),
    "ES256": ECKey.generate_key("P-256"),
    "RS256": RSAKey.generate_key(2048),
}
ED = KEYS["Ed25519"]
PURPOSE = Purpose("civil-status", "الحالة المدنية", "état civil", "civil status")
IDCS, SPOUSE = "2574081639", "7346893063"
DEATH = {
    "id": "RB-2026-000123", "kind": "civil.death", "idcs": IDCS, "on": "2026-11-26",
    "registered_at": "2026-11-27T08:30:00+01:00", "act_number": "123/2026",
}  # fmt: skip
BIRTH = {key: DEATH[key] for key in ("on", "registered_at", "act_number")} | {
    "id": "RB-2026-000124", "kind": "civil.birth", "parents": [IDCS, SPOUSE], "facts": {"sex": "F"},
}  # fmt: skip
MARRIAGE = DEATH | {"kind": "civil.marriage", "facts": {"spouse_idcs": SPOUSE}}
CORRECTION = {k: v for k, v in DEATH.items() if k != "idcs"} | {"kind": "civil.correction", "annuls": "RB-1"}
ANY = [DEATH, BIRTH, MARRIAGE, MARRIAGE | {"kind": "civil.divorce", "facts": {}}, CORRECTION]


def make_source(code="civil-status", scopes=("source",), key=ED, rate_limit=100):
    register_partner(
        code=code, name_ar="ح", name_fr="EC", scopes=scopes, purposes=[PURPOSE], rate_limit=rate_limit, **WHO
    )
    add_key(code=code, jwk=key.as_dict(private=False), **WHO)


@pytest.fixture
def source(monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    make_source()


def sign(event, key=ED, alg="Ed25519", **claims):
    at = int(NOW.timestamp())
    told = {"iss": "civil-status", "aud": audience(), "iat": at, "exp": at + 300, **event, **claims}
    return jws.serialize_compact(
        {"alg": alg, "kid": key.thumbprint()}, json.dumps(told).encode(), key, algorithms=[alg]
    )


def send(client, message, kind="application/jose"):
    return client.post("/v1/civil-events", message, content_type=kind)


def read(client, event, key=ED, **claims):
    bearer = sign({}, key, **claims)
    return client.get(f"/v1/civil-events/{event}", headers={"Authorization": f"Bearer {bearer}"})


def problem(answer, status):
    assert (answer.status_code, answer["content-type"]) == (status, "application/problem+json"), (
        answer.content
    )
    body = json.loads(answer.content)
    return body["code"], [error["field"] for error in body.get("errors", [])]


# --- what is taken ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ANY, ids=lambda event: event["kind"])
def test_every_kind_is_taken(client, source, event):
    answer = send(client, sign(event))
    assert answer.status_code == 202, answer.content
    body = answer.json()
    assert (body["id"], body["kind"], body["received_at"]) == (
        event["id"],
        event["kind"],
        "2026-11-27T09:00:00Z",
    )
    kept = get_event(body["event"])
    assert (kept.source, kept.effective_on) == ("civil-status", dt.date(2026, 11, 26))
    assert kept.facts["act_number"] == "123/2026"


@pytest.mark.parametrize("alg", KEYS)
def test_every_kind_of_key_signs(client, source, alg):
    if alg != "Ed25519":
        add_key(code="civil-status", jwk=KEYS[alg].as_dict(private=False), **WHO)
    assert send(client, sign(DEATH, KEYS[alg], alg)).status_code == 202


def test_an_event_names_both_or_the_one_known_and_no_number(client, source):
    both = send(client, sign(BIRTH)).json()["event"]
    tags = [tag_of(IDCS), tag_of(SPOUSE)]
    assert (get_event(both).subject, get_event(both).facts["concerns"]) == (tags[0], tags)
    wed = get_event(send(client, sign(MARRIAGE | {"id": "M-2"})).json()["event"])
    assert (wed.facts["concerns"], SPOUSE in str(wed.facts)) == (tags, False)
    one = send(client, sign(BIRTH | {"id": "B-2", "parents": [SPOUSE]})).json()["event"]
    assert get_event(one).facts["concerns"] == [tag_of(SPOUSE)]


def test_the_same_event_again_is_answered_as_the_first_time(client, source, monkeypatch):
    first = send(client, sign(DEATH))
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW + dt.timedelta(minutes=1))
    later = DEATH | {"registered_at": "2026-11-27T07:30:00Z"}  # the same moment by another clock
    again = send(client, sign(later, exp=int(NOW.timestamp()) + 400))
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert len(list_steps(first.json()["event"])) == 1


@pytest.mark.parametrize(
    "other", [{"idcs": SPOUSE}, {"on": "2026-11-25"}, {"act_number": "9"}, {"facts": {"commune_code": "04"}}]
)
def test_the_same_number_with_another_content(client, source, other):
    send(client, sign(DEATH))
    assert problem(send(client, sign(DEATH | other)), 409) == ("events.event_differs", ["id"])


def test_the_same_number_of_another_source(client, source):
    make_source("consulates", key=KEYS["ES256"])
    send(client, sign(DEATH))
    message = sign(DEATH | {"idcs": SPOUSE}, KEYS["ES256"], "ES256", iss="consulates")
    assert send(client, message).status_code == 202


# --- how far it is ------------------------------------------------------------------------------------------


def test_a_source_reads_how_far_its_event_is(client, source):
    event = send(client, sign(DEATH)).json()
    answer = read(client, event["event"])
    assert answer.status_code == 200
    assert answer.json() == event | {"steps": [{"step": "enter_death", "state": "waiting"}]}
    assert IDCS not in answer.content.decode()


def test_another_source_and_nobody_do_not(client, source):
    make_source("consulates", key=KEYS["ES256"])
    event = send(client, sign(DEATH)).json()["event"]
    other = sign({}, KEYS["ES256"], "ES256", iss="consulates")
    answer = client.get(f"/v1/civil-events/{event}", headers={"Authorization": f"Bearer {other}"})
    assert problem(answer, 404)[0] == "events.event_missing"
    assert problem(read(client, draw_uuid()), 404)[0] == "events.event_missing"
    assert problem(client.get(f"/v1/civil-events/{event}"), 401)[0] == "api.signed_out"


def draw_uuid():
    return "01a20157-3558-7846-8124-e9a77553cd10"


def test_a_message_that_told_an_event_is_no_proof_of_who_reads(client, source):
    event = send(client, sign(DEATH)).json()["event"]
    answer = client.get(f"/v1/civil-events/{event}", headers={"Authorization": f"Bearer {sign(DEATH)}"})
    assert problem(answer, 422)[0] == "api.fields_invalid"


@pytest.mark.parametrize("claims", [{"aud": "elsewhere"}, {"exp": 1}, {"iss": "bank"}], ids=str)
def test_a_bearer_is_judged_like_an_event(client, source, claims):
    event = send(client, sign(DEATH)).json()["event"]
    assert problem(read(client, event, **claims), 401)[0] == "partners.message_refused"


# --- what is refused before it is read ----------------------------------------------------------------------


def untrusted(client):
    """Give messages that must not be trusted, each for another reason."""
    other = OKPKey.generate_key("Ed25519")
    head, body, mark = sign(DEATH).split(".")
    yield sign(DEATH, other)
    yield sign(DEATH, aud="https://test.example/v1/civil-events")
    yield sign(DEATH, exp=int(NOW.timestamp()))
    yield sign(DEATH, iat=int(NOW.timestamp()) + 120)
    yield sign(DEATH, iss="bank")
    yield f"{head}.{body}.{mark[:-4]}AAAA"
    yield "x"
    remove_key(code="civil-status", kid=ED.thumbprint(), **WHO)
    yield sign(DEATH)
    make_source("bank", ["verification"], KEYS["ES256"])
    yield sign(DEATH, KEYS["ES256"], "ES256", iss="bank")
    make_source("consulates", key=KEYS["RS256"])
    suspend_partner(code="consulates", **WHO)
    yield sign(DEATH, KEYS["RS256"], "RS256", iss="consulates")


def test_what_cannot_be_trusted_is_refused_without_telling_why(client, source):
    answers = [send(client, message) for message in untrusted(client)]
    assert len(answers) == 10
    assert {problem(answer, 401)[0] for answer in answers} == {"partners.message_refused"}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (json.dumps(DEATH), "application/json"), ("", "application/jose"), ("a" * 16_385, "application/jose"),
        ("a=b", "application/x-www-form-urlencoded"), (b"--b--", "multipart/form-data; boundary=b"),
    ],
    ids=range(5),
)  # fmt: skip
def test_what_is_no_signed_message(client, source, body, kind):
    assert problem(send(client, body, kind), 422)[0] == "api.not_signed"


def test_a_source_is_slowed_down_at_its_rate(client, monkeypatch):
    monkeypatch.setattr("sijil.pages.clock.now", lambda: NOW)
    make_source(rate_limit=2)
    answers = [send(client, sign(DEATH)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [202, 200, 429]
    assert problem(answers[2], 429)[0] == "pages.too_often"
    assert answers[2]["Retry-After"] == "1"


def test_who_sends_what_cannot_be_trusted_is_slowed_down_and_the_source_is_not(client, source):
    forged = sign(DEATH, OKPKey.generate_key("Ed25519"))
    codes = [send(client, forged).status_code for _ in range(61)]
    assert (set(codes[:60]), codes[60]) == ({401}, 429)
    assert send(client, sign(DEATH)).status_code == 202


# --- what is refused by its field ---------------------------------------------------------------------------


WRONG_DEATHS = [
    {"idcs": "2574081630"}, {"idcs": "٢٥٧٤٠٨١٦٣٩"}, {"idcs": 1}, {"idcs": None}, {"id": ""}, {"id": "a b"},
    {"id": "x" * 65}, {"kind": "civil.other"}, {"kind": None}, {"on": "26/11/2026"}, {"on": "2026-02-30"},
    {"on": 20261126}, {"on": "2026-11-28"}, {"on": "1895-12-31"}, {"on": "0001-01-01"},
    {"registered_at": "2026-11-27T08:30:00"}, {"registered_at": "2026-11-25T08:30:00Z"},
    {"registered_at": "2026-11-27T10:30:00Z"}, {"registered_at": "9999-12-31T23:59:59-14:00"},
    {"registered_at": "0001-01-01T00:00:00+14:00"}, {"act_number": ""}, {"act_number": "a\x00b"},
    {"act_number": "a\nb"}, {"name": "x"}, {"facts": []}, {"parents": [IDCS]},
]  # fmt: skip
WRONG = [
    (DEATH, {"facts": {"sex": "F"}}, "facts.sex"),
    (BIRTH, {"parents": []}, "parents"),
    (BIRTH, {"parents": [IDCS, IDCS]}, "parents"),
    (BIRTH, {"parents": [IDCS, SPOUSE, draw_idcs()]}, "parents"),
    (BIRTH, {"parents": ["1"]}, "parents.0"),
    (BIRTH, {"idcs": IDCS}, "idcs"),
    (BIRTH, {"facts": {}}, "facts.sex"),
    (BIRTH, {"facts": {"sex": "X"}}, "facts.sex"),
    (BIRTH, {"facts": {"sex": "F", "last_name_fr": "x" * 81}}, "facts.last_name_fr"),
    (MARRIAGE, {"facts": {"spouse_idcs": "1"}}, "facts.spouse_idcs"),
    (CORRECTION, {"annuls": ""}, "annuls"),
    (CORRECTION, {"annuls": CORRECTION["id"]}, "annuls"),
    (CORRECTION, {"idcs": IDCS}, "idcs"),
    *((DEATH, change, next(iter(change))) for change in WRONG_DEATHS),
]


@pytest.mark.parametrize(("event", "change", "field"), WRONG, ids=range(len(WRONG)))
def test_a_wrong_field_is_named(client, source, event, change, field):
    assert field in problem(send(client, sign(event | change)), 422)[1]


@pytest.mark.parametrize("missing", ["id", "kind", "idcs", "on", "registered_at", "act_number"])
def test_a_missing_field_is_named(client, source, missing):
    event = {name: value for name, value in DEATH.items() if name != missing}
    assert problem(send(client, sign(event)), 422) == ("api.fields_invalid", [missing])


def test_known_and_unknown_are_answered_alike(client, source):
    """The number of a person whom nobody registered is as good as any other."""
    answers = [send(client, sign(DEATH | {"id": f"D-{n}", "idcs": draw_idcs()})) for n in range(2)]
    assert [(a.status_code, sorted(a.json())) for a in answers] == [
        (202, ["event", "id", "kind", "received_at"])
    ] * 2


TEXTS = strategies.text() | strategies.sampled_from(
    ["", "\ud800", "\x00", IDCS, "2026-11-26", "civil.birth", "9" * 5000]
)
JSON = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.floats() | TEXTS,
    lambda part: strategies.lists(part, max_size=3) | strategies.dictionaries(TEXTS, part, max_size=3),
    max_leaves=8,
)
NAMES = strategies.sampled_from(
    sorted({name for event in ANY for name in event} | {"iss", "aud", "iat", "exp", "x"})
)
MANGLED = strategies.tuples(strategies.sampled_from(ANY), strategies.dictionaries(NAMES, JSON, max_size=3))


def judge(payload):
    """Read a payload: an event, or ninja's refusal of its fields; nothing else."""
    try:
        assert isinstance(read_report(payload), CivilReport)
    except ValidationError:
        return


@settings(deadline=None)
@given(strategies.binary(max_size=200))
@example(b"[" * 20_000)
@example(b'{"kind":"civil.death","on":1e999}')
def test_bytes_never_fail(payload):
    judge(payload)


@settings(deadline=None)
@given(MANGLED)
def test_mangled_events_never_fail(mangled):
    event, changes = mangled
    proof = {"iss": "s", "aud": "u", "iat": 1, "exp": 2}
    judge(json.dumps(proof | event | changes).encode())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MANGLED)
def test_mangled_events_never_fail_over_http(client, source, mangled):
    event, changes = mangled
    assert send(client, sign(event | changes)).status_code in (200, 202, 401, 409, 422, 429)


# --- what is written about it -------------------------------------------------------------------------------


def test_the_description_is_valid_and_holds_every_kind():
    described = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/v1/")))
    validate(described)
    body = described["paths"]["/v1/civil-events"]["post"]["requestBody"]["content"]["application/jose"][
        "schema"
    ]
    assert len(body["contentSchema"]["oneOf"]) == 5
    assert described["components"]["schemas"]["Death"]["additionalProperties"] is False


@pytest.mark.django_db(transaction=True)
def test_the_how_to_works_as_it_stands(live_server, tmp_path, settings):
    """Make a key, register it, sign with the page's program and send with the page's command."""
    settings.ENV = settings.ENV.model_copy(update={"public_url": live_server.url})
    page = (
        (Path(django_settings.SOURCE).parents[1] / "docs/how-to/send-civil-events.md")
        .read_text()
        .replace("\\\n", " ")
    )
    blocks = {name: re.findall(rf"```{name}\n(.*?)```", page, re.DOTALL) for name in ("python", "sh")}
    make_key, sign_event = blocks["python"]
    environ = {"REGISTERS": live_server.url, "IDCS": draw_idcs(), "PATH": "/usr/bin:/bin"}

    def run(*command):
        done = subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run(sys.executable, "-c", make_key)
    for line in re.findall(r"^    sijil (.*)", page, re.MULTILINE):
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
        words = [str(tmp_path / word) if word.endswith(".jwk") else word for word in words]
        done = CliRunner().invoke(build(words), words)
        assert done.exit_code == 0, done.output
    run(sys.executable, "-c", sign_event)
    told = run("sh", "-euc", blocks["sh"][0])
    assert json.loads(told)["id"] == "RB-2026-000123"
    environ["EVENT"] = json.loads(told)["event"]
    assert json.loads(run("sh", "-euc", blocks["sh"][1]))["steps"] == [
        {"step": "enter_death", "state": "waiting"}
    ]
