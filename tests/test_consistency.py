"""What imports cannot see: keys across domains, names, states, codes, drawings, pages that went stale."""

import ast
import enum
import inspect
import re
from collections import Counter
from pathlib import Path

import pages
import pytest
import yaml
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "sijil"
DOMAINS = sorted(p.parent for p in (SOURCE / "domains").glob("*/__init__.py"))

# The names that a domain may use, so that each reads like the others. Other names need a reason here.
DOMAIN_NAMES = {
    "__init__", "acts", "models", "states", "types", "rules", "services", "queries", "errors", "tasks",
    "adapters", "parameters", "data", "tests", "migrations", "reports", "sql", "conftest",
}  # fmt: skip
EXTRA_NAMES = {
    "accounts": {"hashers"},  # Django asks for a class at a dotted path
    # drawn faces and irises of the demo: no data of a person; the child that opens a capture
    "biometrics": {"samples", "opening"},
    # what papers look like: neither a write nor a read; the child that draws an upload anew
    "documents": {"receipts", "paper", "fonts", "drawing"},
    "social_register": {"declared"},  # declarations as columns for scores: a read that opens sealed blocks
    "population_register": {"sealed"},  # the one place where the identity of a row is opened and closed
}
FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "core",
    "manager",
    "managers",
    "misc",
    "signals",
}


def sources(root=SOURCE):
    return [p for p in sorted(root.rglob("*.py")) if not {"migrations", "__pycache__"} & set(p.parts)]


def domain_of(model):
    name = model.__module__
    return name.split(".")[2] if name.startswith("sijil.domains.") else None


# --- tables -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [m for m in apps.get_models() if domain_of(m)], ids=lambda m: m._meta.label)
def test_no_foreign_key_leaves_its_domain(model):
    relations = [f for f in model._meta.get_fields() if f.is_relation and f.concrete]
    assert {domain_of(f.related_model) for f in relations} <= {domain_of(model)}


@pytest.mark.parametrize("model", [m for m in apps.get_models() if domain_of(m)], ids=lambda m: m._meta.label)
def test_every_constraint_is_named_after_something(model):
    assert all(c.name and not re.search(r"[0-9a-f]{8}$", c.name) for c in model._meta.constraints)


def test_every_domain_is_registered():
    registered = {a.split(".")[2] for a in settings.INSTALLED_APPS if a.startswith("sijil.domains.")}
    assert registered == {folder.name for folder in DOMAINS}


# --- names --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", DOMAINS, ids=lambda p: p.name)
def test_every_domain_has_the_same_file_names(folder):
    names = {
        p.stem if p.suffix == ".py" else p.name
        for p in folder.iterdir()
        if not p.name.startswith("__pycache__")
    }
    names = {n for n in names if not n.startswith(".")}
    assert names - DOMAIN_NAMES - EXTRA_NAMES.get(folder.name, set()) == set()


@pytest.mark.parametrize("folder", DOMAINS, ids=lambda p: p.name)
def test_every_domain_says_what_it_is_in_ten_lines(folder):
    text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text()))
    assert text
    assert 2 <= len(text.splitlines()) <= 10


def test_no_module_has_a_name_that_says_nothing():
    stems = {part for p in sources() for part in (*p.relative_to(SOURCE).parts[:-1], p.stem)}
    assert stems & FORBIDDEN_NAMES == set()


@pytest.mark.parametrize("folder", DOMAINS, ids=lambda p: p.name)
def test_services_are_keyword_only_and_told_the_time_and_the_actor(folder):
    for name, function in public_functions(folder, "services"):
        parameters = inspect.signature(function).parameters
        if "now" in parameters:
            assert parameters["now"].default is inspect.Parameter.empty, f"{name}: the time is given"
        if {"actor", "now"} <= parameters.keys() and not name.endswith("_step"):  # a row, not a use case
            assert parameters["now"].kind is inspect.Parameter.KEYWORD_ONLY, f"{name}: by keyword only"


@pytest.mark.parametrize("folder", DOMAINS, ids=lambda p: p.name)
def test_services_and_queries_say_what_they_do(folder):
    silent = [
        name
        for part in ("services", "queries")
        for name, f in public_functions(folder, part)
        if not f.__doc__
    ]
    assert silent == []


OTHER_VERBS = re.compile(r"(fetch|retrieve|select|query|lookup|look_up|obtain)_")


@pytest.mark.parametrize("folder", DOMAINS, ids=lambda p: p.name)
def test_queries_have_one_verb_for_one_meaning(folder):
    odd = [name for name, _ in public_functions(folder, "queries") if OTHER_VERBS.match(name)]
    assert odd == []


def public_functions(folder, part):
    prefix = f"sijil.domains.{folder.name}.{part}"
    for module in pages.modules(f"sijil.domains.{folder.name}"):
        if module.__name__ == prefix or module.__name__.startswith(prefix + "."):
            for name, value in vars(module).items():
                if (
                    inspect.isfunction(value)
                    and value.__module__ == module.__name__
                    and not name.startswith("_")
                ):
                    yield name, value


# --- the clock, signals, half-done work ---------------------------------------------------------------------


def calls(path):
    return {ast.unparse(n.func) for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Call)}


CLOCKS = {
    "dt.datetime.now",
    "datetime.now",
    "dt.date.today",
    "date.today",
    "timezone.now",
    "datetime.datetime.now",
    "time.time",
}


def test_below_the_interfaces_nothing_reads_the_clock():
    below = [
        p
        for floor in ("domains", "journeys", "reporting")
        for p in sources(SOURCE / floor)
        if "tests" not in p.parts
    ]
    assert [str(p.relative_to(ROOT)) for p in below if calls(p) & CLOCKS] == []


@pytest.mark.parametrize("name", ["rules", "states", "types", "errors", "sql"])
def test_pure_files_import_no_framework(name):
    pure = [p for d in DOMAINS for p in [d / f"{name}.py", *(d / name).glob("**/*.py")] if p.exists()]
    text = "\n".join(p.read_text() for p in pure)
    assert not re.search(r"^\s*(from|import) (django|ninja|procrastinate|httpx)\b", text, re.MULTILINE)


def test_a_moment_becomes_a_day_in_one_place_only():
    """The day of the law is the country's: ``legal_day(moment)``, never a moment's ``date()``."""
    other = re.compile(r"\.date\(\)|\blocaldate\(|\blocaltime\(|ZoneInfo\(|\bdate\.today\(")
    found = [
        f"{p.relative_to(ROOT)}: {m[0]}"
        for p in sources()
        if p != SOURCE / "kernel/dates.py" and "tests" not in p.parts
        for m in [other.search(p.read_text())]
        if m
    ]
    assert found == []


MARKS = re.compile(
    r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b|NotImplemented" + r"Error|[Ll]orem ip" + "sum"
)


def test_nothing_is_half_done():
    tree = [p for folder in ("src", "tests", "tools", "bench", "docs") for p in (ROOT / folder).rglob("*")]
    texts = [
        p
        for p in tree
        if p.suffix in {".py", ".html", ".css", ".js", ".md", ".yaml", ".po"} and "vendor" not in p.parts
    ]
    marked = [f"{p.relative_to(ROOT)}: {m[0]}" for p in texts for m in [MARKS.search(p.read_text())] if m]
    assert marked == []


# --- refusals, jobs, settings -------------------------------------------------------------------------------


def test_every_refusal_has_a_code_of_its_own():
    counted = Counter(error.code for error in pages.error_codes().values())
    assert [code for code, times in counted.items() if times > 1] == []


def test_every_refusal_is_named_after_where_it_lives():
    wrong = []
    for place, error in pages.error_codes().items():
        parts = place.split(":")[0].split(".")
        if error.code.split(".")[0] not in parts:
            wrong.append(f"{place} {error.code}")
    assert wrong == []


def test_every_refusal_is_two_sentences():
    for error in pages.error_codes().values():
        assert re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", error.code), error.code
        assert error.title.endswith((".", "?")), error.code
        assert error.remedy.endswith((".", "}")), error.code  # a fact may be a sentence


def asked_jobs():
    for path in sources():
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).split(".")[-1] == "enqueue"
                and node.args
            ):
                yield (
                    node.args[0].value
                    if isinstance(node.args[0], ast.Constant)
                    else ast.unparse(node.args[0])
                )


def test_every_job_that_is_asked_for_is_known_to_the_worker():
    from sijil.config import tasks

    assert {name for name in asked_jobs() if "." in name} - set(tasks.JOBS) == set()


def test_every_job_leads_to_a_function():
    from sijil.config import tasks

    targets = [*tasks.JOBS.values(), *(target for target, _ in tasks.PERIODIC.values())]
    assert all(callable(tasks.resolve(target)) for target in targets)


def test_no_setting_of_the_environment_is_read_outside_of_its_file():
    known = {"processes/environment.py"}
    reading = re.compile(r"os\.environ(?:\.get\(|\[)['\"]SIJIL_(?!DATABASE_URL|HOME|PG_BIN|VERIFY_PORT)")
    found = {
        p.relative_to(SOURCE).as_posix()
        for p in sources()
        if "tests" not in p.parts and reading.search(p.read_text())
    }
    assert {f for f in found - known if not f.startswith("console/")} == set()


# --- pages --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(pages.all_pages()), ids=lambda p: p.name)
def test_a_generated_page_is_what_the_code_says(path):
    assert path.exists(), "./run docs"
    assert path.read_text() == pages.all_pages()[path], "./run docs"


def test_every_state_table_is_drawn_in_a_journey():
    drawn = {
        f"{m[2]}:{m[3]}"
        for p in (ROOT / "docs/journeys").glob("*.md")
        for m in pages.DRAWING.finditer(p.read_text())
    }
    assert set(pages.machines()) - drawn == set()


def test_every_state_can_be_reached_and_every_name_is_a_verb_or_a_past():
    for place, machine in pages.machines().items():
        reached = {machine.initial.value, *(str(t.target.value) for t in machine.transitions)}
        assert reached == {s.value for s in machine.states}, place
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", t.action) for t in machine.transitions), place


# --- steps and acts -----------------------------------------------------------------------------------------


def test_every_state_table_is_moved_by_a_mover_that_writes_steps():
    from sijil.kernel import steps
    from sijil.kernel.casework import files

    moved = {id(bound.machine) for bound in steps.registered()}
    moved |= {id(bound.kind) for bound in files.registered().values()}
    assert {place for place, machine in pages.machines().items() if id(machine) not in moved} == set()


def step_tables():
    from sijil.kernel.rows import StateRow

    return [m for m in apps.get_models() if issubclass(m, StateRow) and domain_of(m)]


@pytest.mark.parametrize("model", step_tables(), ids=lambda m: m._meta.db_table)
def test_every_table_of_steps_is_immutable(model):
    text = (SOURCE / "domains" / domain_of(model) / "migrations" / "0001_initial.py").read_text()
    assert re.search(rf"Immutable\(['\"]{model._meta.db_table}['\"]\)", text)


def modules_imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))


def test_an_entry_is_written_by_a_declared_act():
    """Everything goes through ``kernel.acts``; only its wiring and the audit itself know the log's writes."""
    allowed = {"config/wiring.py"}
    writers = {
        p.relative_to(SOURCE).as_posix()
        for p in sources()
        if "tests" not in p.parts and "audit" not in p.parts
        if "sijil.domains.audit.services" in modules_imported(p)
    }
    assert writers - allowed == set()


def acts_declared():
    from sijil.kernel.acts import declared

    return declared().values()


@pytest.mark.parametrize("act", acts_declared(), ids=lambda act: act.code)
def test_every_act_can_be_read_and_is_allowed(act):
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*", act.code)
    assert all(text.endswith(".") for text in (act.says.ar, act.says.fr, act.says.en, act.says.zgh or "."))
    assert act.basis


def test_acts_are_declared_in_the_file_of_that_name():
    found = {
        p.relative_to(SOURCE).as_posix()
        for p in sources(SOURCE / "domains")
        if "tests" not in p.parts and {"declare", "acts.declare"} & calls(p)
    }
    assert {f for f in found if not f.endswith("/acts.py")} == set()


# --- limits -------------------------------------------------------------------------------------------------


def limits_named(path):
    """Yield the names under which a file takes from a limit."""
    take = "take" if path == SOURCE / "pages/throttle.py" else "throttle.take"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == take:
            yield ast.literal_eval(node.args[0])


def declared_limits():
    tree = ast.parse((SOURCE / "pages/throttle.py").read_text())
    (table,) = (n.value for n in ast.walk(tree) if isinstance(n, ast.AnnAssign) and n.target.id == "LIMITS")
    return [ast.literal_eval(key) for key in table.keys]


def test_a_limit_is_declared_once_and_every_door_uses_it():
    used = {name for p in sources() if "tests" not in p.parts for name in limits_named(p)}
    assert Counter(declared_limits()) == Counter(used)


def test_an_allowance_is_written_in_the_table_of_limits_only():
    ours = [p for p in sources() if "tests" not in p.parts]
    makers = {p.relative_to(SOURCE).as_posix() for p in ours if "Allowance" in calls(p)}
    assert makers == {"kernel/allowance.py", "pages/throttle.py"}


# --- glossary -----------------------------------------------------------------------------------------------

GLOSSARY = yaml.safe_load((ROOT / "docs/glossary.yaml").read_text())


def public_classes():
    for module in pages.modules("sijil.domains", holding="class "):
        parts = module.__name__.split(".")
        if parts[3:4] and parts[3] in {"models", "types", "states"}:
            for name, value in vars(module).items():
                if (
                    inspect.isclass(value)
                    and value.__module__ == module.__name__
                    and not name.startswith("_")
                ):
                    yield f"{parts[2]}.{value.__name__}", value


def test_every_public_class_is_in_the_glossary():
    named = {name for entry in GLOSSARY for name in entry.get("code", [])}
    coded = {name for name, _ in public_classes()}
    assert (sorted(coded - named), sorted(named - coded)) == ([], [])


def test_every_state_is_in_the_glossary():
    described = {name: set(entry.get("states", {})) for entry in GLOSSARY for name in entry.get("code", [])}
    states = {place: m.states for place, m in pages.machines().items()}
    for place, enumeration in states.items():
        name = f"{place.split('.')[2]}.{enumeration.__name__}"
        assert issubclass(enumeration, enum.StrEnum)
        assert {s.value for s in enumeration} <= described[name], name


def test_every_word_is_said_in_arabic_and_french_once():
    terms = Counter(entry["term"] for entry in GLOSSARY)
    assert [term for term, times in terms.items() if times > 1] == []
    assert [
        e["term"]
        for e in GLOSSARY
        if not re.search("[\u0600-\u06ff]", e["ar"]) or not e["fr"] or not e["meaning"]
    ] == []


# --- decisions, requirements, records -----------------------------------------------------------------------


def test_every_decision_has_a_number_of_its_own_and_is_in_the_index():
    records = sorted(p.name for p in (ROOT / "docs/adr").glob("[0-9]*.md"))
    index = (ROOT / "docs/adr/README.md").read_text()
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    assert all(f"({name})" in index for name in records)


@pytest.mark.parametrize("path", sorted((ROOT / "docs/adr").glob("[0-9]*.md")), ids=lambda p: p.name)
def test_every_decision_tells_what_was_refused_and_what_follows(path):
    headings = re.findall(r"^## (.+)$", path.read_text(), re.MULTILINE)
    assert headings[:4] == ["Context", "Decision", "Options refused", "Consequences"]


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda p: p.name)
def test_requirements_are_pinned_by_hash_and_name_no_host(path):
    text = path.read_text()
    packages = re.findall(r"^[A-Za-z0-9][^\s=]*==.+?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert packages
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text


def test_links_between_the_pages_of_the_house_lead_somewhere():
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text()):
            if not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []


# --- templates and static files -----------------------------------------------------------------------------


def test_every_template_is_used():
    texts = "\n".join(
        p.read_text() for p in SOURCE.rglob("*") if p.suffix in {".py", ".html", ".txt", ".typ"}
    )
    unused = []
    for path in SOURCE.rglob("templates/**/*.*"):
        name = path.as_posix().split("/templates/")[1]
        folder, _, last = name.rpartition("/")
        if (
            name not in texts
            and not re.search(rf"{re.escape(folder)}/(?:%s|\{{|\"\s*\|)", texts)
            and last not in ERROR_PAGES
        ):
            unused.append(name)
    assert unused == []


ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}  # Django finds these by name


def test_nothing_is_fetched_from_elsewhere_at_run_time():
    front = [p for p in SOURCE.rglob("*") if p.suffix in {".html", ".css"} and "vendor" not in p.parts]
    outside = re.compile(r"(?:src|href)=[\"']https?://(?!\{)|url\([\"']?https?://|@import\s+[\"']https?://")
    loaded = [f"{p.relative_to(ROOT)}: {m[0]}" for p in front for m in [outside.search(p.read_text())] if m]
    assert [one for one in loaded if "href" not in one] == []


def test_no_mark_of_a_merge_is_left():
    """In whatever file, formatted since or not."""
    mark = re.compile(r"^\s*(<{7} |>{7} |={7}$)", re.MULTILINE)
    kinds = {".py", ".html", ".po", ".js", ".css", ".yaml", ".md", ".toml", ".txt", ".sh"}
    files = [
        path for folder in ("src", "tests", "docs", "bench", "tools") for path in (ROOT / folder).rglob("*")
    ]
    texts = [path for path in files if path.suffix in kinds and path.is_file()]
    assert len(texts) > 500
    assert [str(path) for path in texts if mark.search(path.read_text(encoding="utf-8"))] == []
