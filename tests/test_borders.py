"""Borders that a contract on imports cannot hold: tables in SQL, HTTP statuses, and what follows an event."""

import ast
import re
import tomllib
from pathlib import Path

import pytest
from django.apps import apps

from sijil.journeys.events import EVENTS, find_step

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sijil"
DOMAINS = sorted(p.parent.name for p in (SOURCE / "domains").glob("*/__init__.py"))


def sources(root=SOURCE, without=("tests",)):
    outside = {"migrations", "__pycache__", *without}
    return [p for p in sorted(root.rglob("*.py")) if not outside & set(p.parts)]


# --- a table's name stays in the SQL of its domain ----------------------------------------------------------

OWNERS = {
    m._meta.db_table: m.__module__.split(".")[2]
    for m in apps.get_models()
    if m.__module__.startswith("sijil.domains.")
}
PLAIN = sorted(name for name in OWNERS if "_" not in name)  # words of English too: partner, event
TELLING = sorted(set(OWNERS) - set(PLAIN))
BEFORE_A_TABLE = "from|join|into|update|copy|table|truncate|analyze|only|exists|on|lock|references|using"
PLAIN_IN_SQL = re.compile(
    rf"""(?:\b(?:{BEFORE_A_TABLE})\s+|\bfrom\s[\w.",\s]*,\s*)(?:"?public"?\.)?"?({"|".join(PLAIN)})\b"""
    rf"""|'({"|".join(PLAIN)})'::regclass""",
    re.IGNORECASE,
)
TELLING_ANYWHERE = re.compile(rf"""(?<![\w:/-])({"|".join(TELLING)})(?![\w:/-])""", re.IGNORECASE)
SQL = re.compile(
    r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|COPY|TRUNCATE|ANALYZE|LOCK TABLE|JOIN|FROM)\b|::regclass"
    r"|\bselect\b.+\bfrom\b|\binsert into\b|\bdelete from\b|\bupdate\b.+\bset\b",
    re.DOTALL,
)
PUTS_A_NAME = {"Identifier", "quote_name"}  # into SQL, without a verb beside it


def texts(tree):
    """Yield the texts of a file that are no docstring, the pieces of one text put together."""
    silent = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if id(node) not in silent and (text := folded(node)):
            yield text
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in PUTS_A_NAME:
            yield from (f"TABLE {folded(a)}" for a in node.args)


def folded(node):
    """Return the text of an expression: of ``f"..."``, ``a + b`` ``a % b`` with marks for what varies."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(folded(part) or "?" for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return folded(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        return folded(node.left).replace("%s", folded(node.right) or "?")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return folded(node.left) + folded(node.right)
    return ""


def tables_in(text):
    """Return the tables that a text names: a telling name anywhere, a plain word where SQL has a table."""
    plain = PLAIN_IN_SQL.findall(text) if SQL.search(text) or text.startswith("TABLE ") else []
    return {name.lower() for name in [*(a or b for a, b in plain), *TELLING_ANYWHERE.findall(text)]}


def tables_of(source):
    return {table for text in texts(ast.parse(source)) for table in tables_in(text)}


def test_a_table_stays_in_the_sql_of_its_domain():
    found = []
    for path in sources():
        place = path.relative_to(SOURCE)
        home = place.parts[1] if place.parts[0] == "domains" else None
        strangers = [table for table in sorted(tables_of(path.read_text())) if OWNERS[table] != home]
        found += [f"{place}: {table}" for table in strangers]
    assert found == []


def test_no_sql_lies_where_it_would_not_be_seen():
    assert [str(p.relative_to(ROOT)) for p in SOURCE.rglob("*.sql")] == []


def test_no_table_is_reached_by_the_name_of_its_model():
    reached = re.compile(r"\.get_model\(")
    assert [str(p.relative_to(SOURCE)) for p in sources() if reached.search(p.read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        '"SELECT 1 FROM audit_entry"',
        '"select 1 from audit_entry"',
        "'COPY \"audit_entry\" TO STDOUT'",
        '"UPDATE ONLY audit_entry"',
        '"DELETE\\nFROM\\n  audit_entry"',
        '"FROM public.audit_entry"',
        'f"SELECT {x} FROM audit_entry WHERE {y}"',
        '"COPY {x} FROM STDIN".format(x="audit_entry")',
        '"SELECT 1 FROM " + "audit_entry"',
        '"SELECT 1 FROM audit" + "_entry"',
        "f\"SELECT 1 FROM {'audit_entry'}\"",
        '"SELECT 1 FROM %s" % "audit_entry"',
        'TABLE = "audit_entry"',
        '"FROM x, audit_entry e"',
        'sql.Identifier("audit_entry")',
        '"AUDIT_ENTRY"',
        "\"SELECT 'audit_entry'::regclass\"",
    ],
)
def test_the_sql_of_another_room_would_be_seen(source):
    assert tables_of(f"x = {source}") == {"audit_entry"}


@pytest.mark.parametrize(
    "source",
    [
        '"SELECT 1 FROM partner"',
        '"select x from partner where y"',
        "'TRUNCATE \"partner\"'",
        '"JOIN partner p"',
        '"FROM x, partner"',
        '\'FROM "public"."partner"\'',
        'f"SELECT {x} FROM partner"',
        '"LOCK TABLE partner"',
        '"COPY partner (code) FROM STDIN"',
        'sql.Identifier("partner")',
        '"SELECT 1 FROM " + "partner"',
        '"SELECT 1 FROM %s" % "partner"',
        "\"SELECT 'partner'::regclass\"",
        '"update partner set state = 1"',
    ],
)
def test_also_of_a_table_whose_name_is_a_plain_word(source):
    assert tables_of(f"x = {source}") == {"partner"}


def test_words_are_no_tables():
    assert tables_of('x = "There is no partner of this code; a message from partner to partner."') == set()


# --- HTTP statuses stay in the interfaces -------------------------------------------------------------------

HTTP_STATUSES = {400, 401, 403, 404, 405, 408, 409, 410, 413, 415, 422, 423, 429, 500, 501, 502, 503}
BELOW_THE_INTERFACES = ("reporting", "journeys", "domains", "kernel")
OF_HTTP = re.compile(
    r"^\s*(?:from|import) (?:django\.http|django\.shortcuts|ninja|http)\b|\bHTTPStatus\b|\.status_code\b",
    re.MULTILINE,
)


def status_tables(text):
    """Return the tables of a file whose values are HTTP statuses."""
    dicts = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Dict))
    values = ([getattr(v, "value", None) for v in n.values] for n in dicts)
    return [v for v in values if len(v) > 1 and all(isinstance(x, int) and x in HTTP_STATUSES for x in v)]


def statuses_in(text):
    """Return how a file speaks of HTTP: tables of statuses, ``status=404``, ``x.status_code``, imports."""
    keywords = [n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.keyword) and is_status(n)]
    return [*map(ast.unparse, keywords), *status_tables(text), *OF_HTTP.findall(text)]


def is_status(keyword):
    named = keyword.arg in {"status", "status_code", "http"}
    return named and getattr(keyword.value, "value", None) in HTTP_STATUSES


def test_http_statuses_stay_in_the_interfaces():
    """An adapter that calls another system by HTTP reads the statuses of that one."""
    below = [p for f in BELOW_THE_INTERFACES for p in sources(SOURCE / f, without=("tests", "adapters"))]
    assert [(str(p.relative_to(ROOT)), s) for p in below if (s := statuses_in(p.read_text()))] == []


@pytest.mark.parametrize(
    "source",
    [
        'S = {"a": 404, "b": 409}',
        "Refused(X, status=404)",
        "answer.status_code == 404",
        "from http import HTTPStatus",
        "from django.http import HttpResponse",
        "import ninja",
    ],
)
def test_a_status_below_the_interfaces_would_be_seen(source):
    assert statuses_in(source)


def test_a_refusal_has_one_status_in_one_table():
    holders = [p.relative_to(SOURCE).as_posix() for p in sources() if status_tables(p.read_text())]
    assert holders == ["pages/problems.py"]


# --- interfaces act through journeys ------------------------------------------------------------------------

OPEN_TO_INTERFACES = {"geography", "appointments", "programmes", "procedures"}


def test_interfaces_are_kept_from_the_queries_of_every_closed_domain():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    forbidden = next(c["forbidden_modules"] for c in contracts if c["name"].startswith("Interfaces act"))
    closed = {f"sijil.domains.{name}.queries" for name in DOMAINS if name not in OPEN_TO_INTERFACES}
    assert set(forbidden) == {"sijil.domains.*.services", *closed}


# --- what follows an event ----------------------------------------------------------------------------------


def published_in(path):
    """Yield the kinds of events that a file names in a call: ``publish("kind", ...)``, or handed on to it."""
    for call in (n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)):
        for value in (*call.args, *(k.value for k in call.keywords)):
            if isinstance(value, ast.Constant) and value.value in EVENTS:
                yield value.value


def journey_of(path):
    return path.relative_to(SOURCE / "journeys").parts[0].removesuffix(".py")


PUBLISHED = {}
for path in sources(SOURCE / "journeys"):
    if journey_of(path) != "events":
        PUBLISHED.setdefault(journey_of(path), set()).update(published_in(path))


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.code)
def test_a_kind_of_event_is_told_by_somebody_or_says_why_not(kind):
    is_told = kind.code.startswith("civil.") or kind.code in set().union(*PUBLISHED.values())
    assert is_told is not bool(kind.silent)


@pytest.mark.parametrize("kind", EVENTS.values(), ids=lambda kind: kind.code)
def test_a_kind_of_event_has_steps_or_says_why_none_follows(kind):
    assert bool(kind.steps) is not bool(kind.nothing)


def test_every_step_leads_to_a_function_of_a_journey():
    for name in {name for kind in EVENTS.values() for name in kind.step_names}:
        assert find_step(name).__module__ == f"sijil.journeys.{name.rpartition('.')[0]}"


def test_every_step_tells_what_the_table_says():
    steps = [step for kind in EVENTS.values() for step in kind.steps]
    assert [s.name for s in steps if not set(s.publishes) <= PUBLISHED[s.name.split(".")[0]]] == []


def test_the_table_of_events_names_what_the_outside_may_send():
    from sijil.api.civil_events import SCHEMAS

    sent = {s["properties"]["kind"]["const"] for s in SCHEMAS.values() if "kind" in s["properties"]}
    assert sent == {code for code in EVENTS if code.startswith("civil.")}
