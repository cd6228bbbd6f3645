"""Each transition, message and promised act has a door, or stands in docs/doors.yaml, promised nowhere."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import doors
import polib
import pytest
import typer.main
import yaml
from django.urls import get_resolver

from sijil.console import build
from sijil.domains.notifications import rules as messages
from sijil.processes.messages import iter_sentences, iter_texts

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sijil"
LIST = yaml.safe_load((ROOT / "docs/doors.yaml").read_text())
ABSENT = {entry["what"]: entry for entry in LIST["absent"]}
PROMISES = LIST["promises"]
ACTS = {what: entry for what, entry in ABSENT.items() if what.startswith("act.")}


@pytest.fixture(scope="module")
def graph():
    return doors.Graph()


@cache
def addresses():
    """Return the names of all pages."""
    return {name for name in get_resolver().reverse_dict if isinstance(name, str)}


@cache
def commands():
    def walk(group, path):
        for name, command in group.commands.items():
            yield f"{path} {name}"
            if hasattr(command, "commands"):
                yield from walk(command, f"{path} {name}")

    return set(walk(typer.main.get_command(build()), "sijil"))


# --- acts ---------------------------------------------------------------------------------------------------


def test_what_has_no_door_is_in_the_list_and_nothing_else_is(graph):
    without, listed = doors.without_door(graph), ABSENT.keys() - ACTS.keys()
    assert sorted(without - listed) == [], "no door: give it one, or say why in docs/doors.yaml"
    assert sorted(listed - without) == [], "it has a door, or is gone: take it out of docs/doors.yaml"


@pytest.mark.parametrize("what", ACTS)
def test_an_act_in_the_list_has_no_door_yet(graph, what):
    entry = ACTS[what]
    assert {"page", "service"} & entry.keys(), "name the page or the service that would be its door"
    assert entry.get("page") not in addresses(), "it has a door: take it out of docs/doors.yaml"
    if service := entry.get("service"):
        domain, name = service.split(".")
        node = graph.resolve(f"sijil.domains.{domain}.services", name)
        assert node, f"{service} is gone"
        assert node not in graph.reached, "it has a door: take it out of docs/doors.yaml"


def test_every_entry_says_why_and_what_brings_it():
    assert [what for what, entry in ABSENT.items() if not (entry["why"] and entry["step"])] == []
    assert len(ABSENT) == len(LIST["absent"])
    assert all(what.split(".")[0] != "act" or len(what.split(".")) == 2 for what in ABSENT)


# --- promises -----------------------------------------------------------------------------------------------


def leaves(value):
    if isinstance(value, dict):
        for part in value.values():
            yield from leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from leaves(part)
    elif isinstance(value, str):
        yield value


def yaml_texts(name):
    for path in SOURCE.rglob(name):
        for text in leaves(yaml.safe_load(path.read_text())):
            yield path.name, text


@cache
def every_text():
    """Return every sentence that somebody reads, in every language, with where it stands."""
    found = [(s.place, s.text) for s in iter_sentences()]
    for path in SOURCE.rglob("parts/*.po"):
        entries = polib.pofile(str(path))
        found += [(path.name, text) for e in entries for text in (e.msgstr, *e.msgstr_plural.values())]
    papers = SOURCE / "journeys"
    for path in (*papers.rglob("*papers*.py"), *papers.glob("*papers/*.py")):
        found += [(path.name, text) for text in doors.constants(ast.parse(path.read_text()))]
    return [*found, *yaml_texts("messages.yaml"), *yaml_texts("receipts.yaml"), *yaml_texts("forms.yaml")]


@pytest.mark.parametrize("what", [what for what, entry in ABSENT.items() if entry.get("never")])
def test_nothing_promises_what_has_no_door(what):
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in ABSENT[what]["never"]]
    promised = [f"{place}: {text}" for place, text in every_text() for p in patterns if p.search(text)]
    assert promised == []


OLD = {
    "act.review_of_a_score": "Vous pouvez demander gratuitement une révision. Présentez-vous à votre centre",
    "act.correct_own_data": "Corriger ce qui est faux : au centre ou depuis votre dossier.",
    "act.copy_of_own_data": "Lire ce qui est conservé sur vous et en recevoir une copie.",
    "act.contest_a_decision": "Vous pouvez contester cette décision au centre ; apportez ce numéro.",
    "act.declare_a_change": "Tout changement du ménage ou du logement se déclare dans « Mon dossier ».",
    "act.household_beyond_the_form": "Pour un ménage plus grand, allez à votre centre de service du citoyen.",
    "act.certificate": "10 chiffres, dans votre message d’inscription ou sur votre attestation.",
    "act.entitled_by_the_threshold": "Le ménage y a droit si son indice est égal ou inférieur à ce seuil.",
    "act.apply_to_a_programme": "Votre ménage peut faire une demande.",
    "act.leave_a_household": "عليه أن يغادر الأسرة الأخرى أولا؛ ويمكن لمركز خدمات المواطنين أن يساعده.",
}


@pytest.mark.parametrize("what", OLD)
def test_a_promise_that_once_stood_would_be_seen(what):
    assert any(re.search(pattern, OLD[what], re.IGNORECASE) for pattern in ABSENT[what]["never"])


A_PROMISE = re.compile(
    r"\b(?:at|to|at your|to your) (?:a|the|your|any|another)?\s?(?:nearest )?(?:citizen service )?centre\b"
    r"|\badministrators?\b.{3}|\bcomplain|\bobject\b|\breview\b|\bcopy of\b|forgotten password"
    r"|\b(?:in|open) .?my file|\byour (?:own )?page\b|\b(?:from|in) your file|register again"
    r"|\byou can\b|\byou may\b(?! not)|\breceive a message|\bwe will\b|\bfollow it\b"
    r"|Mon dossier|écrirons|adressez-vous|Suivez",
    re.IGNORECASE,
)  # fmt: skip


def promising():
    """Return the English sentences, and the French lines of papers, that send somebody somewhere."""
    found = {s.text: s.place for s in iter_sentences()}
    found |= {text.en: place for place, text in iter_texts() if "acts.py" not in place}  # those tell what was
    catalogue = messages.templates()
    for name in doors.templates():
        body = getattr(catalogue, "templates", catalogue)[name]
        said = body["en"] if isinstance(body, dict) else vars_of(body.en)
        found |= {text: f"message {name}" for text in leaves(said)}
    papers = yaml.safe_load((SOURCE / "domains/documents/parameters/receipts.yaml").read_text())
    for name, body in papers.get("receipts", papers).items():
        found |= {line["fr"]: f"paper {name}" for line in body.get("next", []) if isinstance(line, dict)}
    return {text: place for text, place in found.items() if A_PROMISE.search(text)}


def vars_of(said):
    return {name: getattr(said, name) for name in ("title", "sms", "email") if getattr(said, name, None)}


@pytest.mark.parametrize(("text", "place"), promising().items())
def test_what_a_sentence_promises_has_a_door(text, place):
    kept = [p["door"] for p in PROMISES if re.search(p["says"], text, re.IGNORECASE)]
    assert kept, f"{place} sends somebody to a door that docs/doors.yaml does not know"


@pytest.mark.parametrize("promise", PROMISES, ids=lambda p: p["door"])
def test_the_door_of_a_promise_is_there(promise):
    door = promise["door"]
    assert door == "law" or door in addresses() or door in commands(), door
    assert any(re.search(promise["says"], text, re.IGNORECASE) for text in promising()), "nothing promises it"


# --- the reading of the code --------------------------------------------------------------------------------


REGISTER = "sijil.domains.population_register.services"


@pytest.mark.parametrize(
    ("node", "reached"),
    [
        ((f"{REGISTER}.requests", "request_papers"), True),  # page > journey > service
        (("sijil.journeys.person_enrolment.comparison", "compare"), True),  # a job that a step asks for
        (("sijil.domains.audit.services", "seal_pending"), True),  # by the clock
        (("sijil.domains.partners.services", "suspend_partner"), True),  # a command that asks by name
        ((f"{REGISTER}.persons", "copy_persons"), False),  # the demo's loader alone
    ],
)  # fmt: skip
def test_what_is_reached_from_a_door(graph, node, reached):
    assert (node in graph.reached) is reached


SMALL = {
    "journeys/__init__.py": "",
    "portal/home.py": "from sijil.journeys import trip\n\ndef view(request):\n    trip.begin()\n",
    "journeys/trip.py": (
        "from sijil.domains.road.services import ROADS, go\nfrom sijil.domains.road import services\n\n"
        "def begin():\n    go()\n    ROADS.open(1)\n\ndef unused():\n    services.stop()\n"
    ),
    "domains/road/__init__.py": "",
    "domains/road/states.py": "ROAD = 1\nOTHER = 2\nNAMES = ('go', 'stop', 'turn')\n",
    "domains/road/services.py": (
        "from sijil.domains.road.states import OTHER, ROAD\n\n"
        "ROADS = Files(ROAD, guards={'turn': check})\nOTHERS = Files(OTHER)\n\n"
        "def check():\n    'not stop'\n\ndef go():\n    return move('go')\n\ndef stop():\n    move('stop')\n"
    ),
}


@pytest.fixture
def small(tmp_path):
    for name, text in SMALL.items():
        path = tmp_path / "sijil" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return doors.Graph(tmp_path)


@pytest.mark.parametrize(("action", "said"), [("go", True), ("stop", False), ("turn", True)])
def test_an_action_is_said_by_what_is_reached_and_by_no_docstring(small, action, said):
    assert small.says(action, below=("sijil.domains.road",)) is said


def test_a_kind_is_opened_where_its_files_are(small):
    assert (small.opens("ROAD"), small.opens("OTHER")) == (True, False)
