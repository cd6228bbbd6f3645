"""Every page and endpoint, opened as everybody: the names shown are the entries written.

Who is shown another person leaves one entry about that person, by an act that is declared as a reading; who
is shown nobody leaves none, but where ``OPENED_UNSEEN`` says why. Oneself and the own confirmed household are
not written.
"""

from __future__ import annotations

import datetime as dt
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver
from tests.journeys import small_country
from tests.journeys.small_country import NOBODY, NOW, Reader, SmallCountry, readers

from sijil.api.main import api
from sijil.domains.audit.models import AuditEntry
from sijil.kernel.acts import declared
from sijil.processes.messages import iter_sentences, iter_texts

LATER = NOW + dt.timedelta(hours=2)  # readings of the same hour as the story's would be counted with them

# Where identities are opened though no name is shown: an entry too many rather than one too few.
_DRAFT = "the birth dates of a draft are opened: which questions are asked depends on the ages"
OPENED_UNSEEN: dict[str, str] = {
    "api:delete_household_draft": _DRAFT,
    "api:get_household_draft": _DRAFT,
    "api:read_evidence": "how alike two files are is told, field by field",
    "api:read_case": "how alike two files are is told, field by field",
    "api:remove_household_member": _DRAFT,
    "api:start_household_draft": _DRAFT,
    "backoffice-case-sent": "a paper is shown as a picture",
    "counter-received": "the file is opened to say what its person does next",
    "household-add": _DRAFT,
    "household-delete": _DRAFT,
    "household-member": _DRAFT,
    "household-place": _DRAFT,
    "household-questions": _DRAFT,
    "household-remove": _DRAFT,
    "household-tasks": _DRAFT,
}

NOBODYS = {"demo-tour", "demo-picture"}
"""Shows the invented people of the demonstration with their passwords, and answers only there."""


@dataclass(frozen=True)
class Address:
    """A page (methods GET and POST) or an operation of the API. ``pattern``: with ``{placeholders}``."""

    name: str
    pattern: str
    methods: tuple[str, ...]
    is_api: bool = False

    def __str__(self) -> str:
        return self.name

    def filled(self, samples: dict[str, list[str]]) -> Iterator[tuple[str, dict[str, str]]]:
        """Give every path that the samples make. Raises: KeyError for a placeholder without a sample.

        A sample ``what/code`` is for the placeholder ``code`` after ``/what/``.
        """
        names = re.findall(r"{(\w+)}", self.pattern)
        samples = samples | {
            name: samples[f"{what}/{name}"]
            for what, name in re.findall(r"(\w+)/{(\w+)}", self.pattern)
            if f"{what}/{name}" in samples
        }
        for values in product(*(samples[name] for name in names)):
            given = dict(zip(names, values, strict=True))
            yield self.pattern.format(**given), given


def pages() -> Iterator[Address]:
    """Give every address of portal, counter and back office."""
    for pattern, name in _walk(get_resolver(), ""):
        if name and not pattern.startswith("v1/") and name not in NOBODYS:
            yield Address(name, "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern), ("GET", "POST"))


def _walk(resolver: URLResolver, before: str) -> Iterator[tuple[str, str]]:
    for found in resolver.url_patterns:
        if isinstance(found, URLPattern):
            yield before + str(found.pattern), found.name or ""
        else:
            yield from _walk(found, before + str(found.pattern))


def operations() -> Iterator[Address]:
    """Give every operation of the API."""
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            yield Address(f"api:{operation['operationId']}", path, (method.upper(),), is_api=True)


def addresses() -> list[Any]:
    return [pytest.param(one, id=str(one)) for one in (*pages(), *operations())]


# --- the country, once, and a savepoint for each request ---------------------------------------------------


@contextmanager
def undone() -> Iterator[None]:
    """Run in a transaction, or a savepoint, that leaves nothing."""
    block = transaction.atomic()
    block._from_testcase = True  # as Django's own test cases: a durable block may begin in it
    with block:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[SmallCountry]:
    with pytest.MonkeyPatch.context() as patched, django_db_blocker.unblock(), undone():
        patched.setattr("sijil.pages.clock.now", lambda: NOW)
        made = small_country.make()
        patched.setattr("sijil.pages.clock.now", lambda: LATER)
        made.sign_in()
        yield made


@pytest.fixture
def database(world: SmallCountry, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


# --- one request --------------------------------------------------------------------------------------------


def send(world: SmallCountry, reader: Reader, address: Address, method: str, path: str) -> Any:
    """Open an address as somebody: pages in French, sent forms in Arabic, the API with a token."""
    if not address.is_api:
        return world.browser(reader, "fr" if method == "GET" else "ar").generic(method, path)
    token = world.tokens.get(reader.name)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = b"" if method == "GET" else b"{}"
    browser = world.browser(small_country.NOBODY, "fr")
    return browser.generic(method, path, body, content_type="application/json", headers=headers)


def persons_in(world: SmallCountry, response: Any, given: dict[str, str]) -> set[str]:
    """Return who is shown. A picture or a printed paper shows the person whose file it is of.

    The paper of a score names nobody: its number is the score's.
    """
    content = b"".join(response.streaming_content) if response.streaming else response.content
    kind = response.headers.get("Content-Type", "")
    if kind.startswith(("text/", "application/json", "application/problem+json")):
        text = content.decode()
        is_json = "json" in kind and text
        return world.shown_in(json.dumps(json.loads(text), ensure_ascii=False) if is_json else text)
    if "capture_id" in given:
        return {world.alike}
    number = given.get("number")
    return {world.numbers[number]} if number in world.numbers and content else set()


def persons_written(world: SmallCountry, before: set[Any]) -> set[str]:
    """Return about whom entries of reading were written since; one act writes one about each."""
    readings = [act.code for act in declared().values() if act.reads]
    new = AuditEntry.objects.filter(action__in=readings).exclude(pk__in=before)
    written = Counter((world.numbers[e.subject], e.action) for e in new if e.subject in world.numbers)
    assert set(written.values()) <= {1}, written
    return {who for who, _ in written}


@dataclass(frozen=True)
class Seen:
    """One request: who was shown, about whom it was written (once for each act)."""

    where: str
    shown: set[str]
    written: set[str]


def requests(world: SmallCountry, address: Address) -> Iterator[Seen]:
    """Open an address as everybody, by every method and with every sample."""
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    for reader, method in product(readers(), address.methods):
        for path, given in address.filled(world.samples):
            with undone():
                response = send(world, reader, address, method, path)
                shown = persons_in(world, response, given) - reader.own
                written = persons_written(world, before)
            yield Seen(f"{reader.name}: {method} {path} -> {response.status_code}", shown, written)


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("address", addresses())
def test_the_names_shown_are_the_entries_written(world: SmallCountry, address: Address) -> None:
    seen = list(requests(world, address))
    surplus = [one for one in seen if one.written - one.shown]
    assert [one for one in seen if one.shown - one.written] == []
    assert bool(surplus) is (address.name in OPENED_UNSEEN), surplus


# --- that the harness sees ----------------------------------------------------------------------------------


def test_every_person_has_a_name_of_their_own(world: SmallCountry) -> None:
    assert len(world.names) == len(world.numbers) >= 10
    for who, name in world.names.items():
        assert name.pattern != r"(?<!\w)(?:)(?!\w)", who


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(
    ("name", "who", "at_least"),
    [
        ("counter-queue", "officer", 3),
        ("backoffice-case", "adjudicator", 2),
        ("household-members", "drafting", 1),
    ],
)
def test_names_are_seen_where_there_are_some(world: SmallCountry, name: str, who: str, at_least: int) -> None:
    address = next(one for one in pages() if one.name == name)
    reader = next(one for one in readers() if one.name == who)
    path, given = next(address.filled(world.samples))
    with undone():
        response = send(world, reader, address, "GET", path)
        assert response.status_code == 200
        assert len(persons_in(world, response, given) - reader.own) >= at_least


# --- the same pages in each language ------------------------------------------------------------------------

ENGLISH_SENTENCES = {
    text
    for text in (*(s.text for s in iter_sentences()), *(text.en for _place, text in iter_texts()))
    if " " in text and len(text) > 8 and not re.search("[{%]", text)
}


def english_in(page: str) -> set[str]:
    """Return the product's English sentences that a page shows, in its text or in what is read aloud."""
    told = re.findall(r'(?:alt|aria-label|title|placeholder|data-label|value)="([^"]*)"', page)
    text = re.sub(r"\s+", " ", html.unescape("|".join([re.sub("<[^>]*>", "|", page), *told])))
    return {sentence for sentence in ENGLISH_SENTENCES if sentence in text}


READERS = {"/counter": ("officer",), "/backoffice": ("administrator", "adjudicator", "manager")}


def read(world: SmallCountry) -> Iterator[tuple[str, dict[str, str]]]:
    """Give each page that opens for the public, one citizen or an officer: its texts by language."""
    known = {one.name: one for one in readers()}
    languages = ("ar", "fr", "zgh-ar", "zgh-fr")
    clients = {(name, lang): world.browser(known[name], lang) for name in known for lang in languages}
    for address in pages():
        path, _given = next(address.filled(world.samples))
        room = next((room for room in READERS if path.startswith(room)), "")
        for name in READERS.get(room, (NOBODY.name, "head")):
            shown = clients[name, "ar"].get(path)
            if shown.status_code == 200 and shown["Content-Type"].startswith("text/html"):
                others = {lang: clients[name, lang].get(path).content.decode() for lang in languages[1:]}
                yield path, {"ar": shown.content.decode(), **others}
                break


@pytest.mark.usefixtures("database")
def test_no_page_speaks_english_to_who_did_not_ask_for_it(world: SmallCountry) -> None:
    with undone():
        found = {
            f"{path} {language}": english_in(text)
            for path, texts in read(world)
            for language, text in texts.items()
        }
    assert len(found) >= 4 * 40
    assert {path: texts for path, texts in found.items() if texts} == {}


class Tongues(HTMLParser):
    """The texts of a page whose nearest language is Tamazight."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.around: list[tuple[str, str]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "link", "input", "br", "hr", "img"):
            outer = self.around[-1][1] if self.around else ""
            self.around.append((tag, dict(attrs).get("lang") or outer))

    def handle_endtag(self, tag: str) -> None:
        while self.around and self.around.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and self.around and self.around[-1][1] == "zgh":
            self.texts.append(data.strip())


FOREIGN = {
    "zgh-ar": re.compile("[\u0621-\u064a]"),
    "zgh-fr": re.compile("[\u0621-\u064a]|[a-zà-ÿ]{3} [a-zà-ÿ]{2}"),
}


@pytest.mark.usefixtures("database")
def test_what_is_lent_to_tamazight_has_its_language_and_names_are_in_it_too(world: SmallCountry) -> None:
    with undone():
        found = {
            (path, language): [one for one in Tongues(texts[language]).texts if seen.search(one)]
            for path, texts in read(world)
            for language, seen in FOREIGN.items()
        }
    assert len(found) >= 2 * 40
    assert {page: texts for page, texts in found.items() if texts} == {}


def test_english_is_seen_where_there_is_some() -> None:
    assert english_in('<p>My\n file&#x27;s</p><td data-label="What was done">') == {"What was done"}
    assert english_in("<p>Nobody has consulted\n your file</p>") == {"Nobody has consulted your file"}
