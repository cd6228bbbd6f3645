"""Make a domain with the files that every domain has: ``./run new-domain inspections``.

Copies ``new_domain_template``, registers the domain in the settings, writes its first migration, its
drawing and its words in the glossary. Its tests pass as it is; the check of translations then lists what to
translate.
"""

from __future__ import annotations

import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = Path(__file__).resolve().parent / "new_domain_template"
FORBIDDEN = {"utils", "helpers", "common", "core", "manager", "managers", "misc", "shared", "base"}
IMMUTABLE = "        sijil.kernel.rows.Immutable('{table}'),\n"


class Refusal(Exception):
    """The name cannot be used; the sentence says why."""


def main() -> int:
    """Make the domain named on the command line."""
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print("usage: ./run new-domain NAME      (plural, snake case: inspections)", file=sys.stderr)
        return 2
    try:
        made = make(sys.argv[1])
    except Refusal as refusal:
        print(f"new-domain: {refusal}", file=sys.stderr)
        return 1
    for path in made:
        print(f"  {path.relative_to(ROOT)}")
    print("Next: its purpose in __init__.py, its law, its states; then ./run docs and ./run test.")
    return 0


def make(name: str) -> list[Path]:
    """Make the domain; return the files that were written. Raises: Refusal."""
    folder = ROOT / "src/sijil/domains" / name
    check_name(name, folder)
    words = placeholders(name)
    made = [fill(source, folder, words) for source in sorted(TEMPLATE.rglob("*.txt"))]
    register(name)
    made.append(first_migration(name, words["singular"], folder))
    made.append(draw(name, words))
    name_in_glossary(words)
    return made


def check_name(name: str, folder: Path) -> None:
    """Raises: Refusal."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) or keyword.iskeyword(name):
        raise Refusal(f"'{name}' is not a name in snake case.")
    if name in FORBIDDEN:
        raise Refusal(f"'{name}' says nothing of what the domain is about.")
    if folder.exists():
        raise Refusal(f"there is already a domain '{name}'.")


def placeholders(name: str) -> dict[str, str]:
    """Return the words of the template for a domain called ``name``."""
    singular = re.sub(r"ies$", "y", name) if name.endswith("ies") else re.sub(r"(?<=[^s])s$", "", name)
    return {
        "domain": name,
        "singular": singular,
        "words": singular.replace("_", " "),
        "constant": singular.upper(),
        "class_name": "".join(part.capitalize() for part in singular.split("_")),
        "title": name.replace("_", " ").capitalize(),
    }


def fill(source: Path, folder: Path, words: dict[str, str]) -> Path:
    """Write one file of the template; return it."""
    target = folder / source.relative_to(TEMPLATE).with_suffix("")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template(source.read_text()).substitute(words))
    return target


def register(name: str) -> None:
    """Add the domain to INSTALLED_APPS, after the last one, and to those that bind files at the start."""
    settings = ROOT / "src/sijil/config/settings.py"
    lines = settings.read_text().splitlines(keepends=True)
    last = max(
        n
        for n, line in enumerate(lines)
        if line.strip().startswith('"sijil.domains.') and line.strip().endswith('",')
    )
    lines.insert(last + 1, f'    "sijil.domains.{name}",\n')
    settings.write_text("".join(lines))
    wiring = ROOT / "src/sijil/config/wiring.py"
    wiring.write_text(wiring.read_text().replace("DOMAINS = (\n", f'DOMAINS = (\n    "{name}",\n', 1))


def first_migration(name: str, singular: str, folder: Path) -> Path:
    """Let Django write 0001_initial, and make the steps immutable in it."""
    environ = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "DJANGO_SETTINGS_MODULE": "sijil.config.settings",
    }
    command = [sys.executable, "-W", "ignore::RuntimeWarning", "-m", "django", "makemigrations", name]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    path = folder / "migrations/0001_initial.py"
    text = path.read_text().rstrip()
    text = text.removesuffix("]").rstrip() + "\n" + IMMUTABLE.format(table=f"{singular}_step") + "    ]\n"
    path.write_text(
        text.replace("from django.db import", "import sijil.kernel.rows\nfrom django.db import", 1)
    )
    return path


def draw(name: str, words: dict[str, str]) -> Path:
    """Write the page of the states; ./run docs keeps its drawing equal to the code."""
    path = ROOT / f"docs/journeys/{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    mark = f"<!-- drawing: sijil.domains.{name}.states:{words['constant']} -->"
    states = "stateDiagram-v2\n    [*] --> opened\n    opened --> closed: close\n    closed --> [*]"
    path.write_text(
        f"# {words['title']}\n\nWhat happens, in order, and why.\n\n"
        f"{mark}\n```mermaid\n{states}\n```\n<!-- end -->\n"
    )
    return path


def name_in_glossary(words: dict[str, str]) -> None:
    """Add the words of the domain; Arabic and French are to be written."""
    glossary = ROOT / "docs/glossary.yaml"
    name, domain = words["class_name"], words["domain"]
    with glossary.open("a") as file:
        file.write(
            f"\n- term: {words['words']}\n  ar: {words['words']}\n  fr: {words['words']}\n"
            "  meaning: Say what it is.\n"
            f"  code: [{domain}.{name}, {domain}.{name}Step, {domain}.{name}State]\n"
            "  states: {opened: It is being worked on., closed: Nothing more is done.}\n"
        )


if __name__ == "__main__":
    sys.exit(main())
