"""Templates as they are reviewed: one tag a line, 120 columns, closed blocks named.

    python tools/templates.py           tell what is not so; exit code 1
    python tools/templates.py --write   format, and break long sentences

The formatter is djangofmt; what it leaves too long, a sentence to translate, becomes a trimmed block of the
same words, so that its translations stay.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORMATTER = str(Path(sys.executable).parent / "djangofmt")
WIDTH = 120
_ALONE = ("500.html",)  # shown when nothing else works: it asks no tag for an address
_SENTENCE = re.compile(r'{% translate "([^"]{30,})" %}')
_SILENT = re.compile(
    r'({% block breadcrumb %}|{% (?:translate|url) "?[^%]* as \w+ %}|{% include "[^%]* %})(?={%)'
)
_WHOLE = re.compile(r"{%[^%]*%}|[a-z-]+=\"[^\"]*\"|<path [^>]*>")  # one tag or attribute: cannot be broken
_BLOCK = re.compile(r"{% blocktranslate ([^%]*?)( trimmed)? %}(.*?){% endblocktranslate %}")


def main() -> int:
    """Check the templates, or write them; exit code 1 when something is not as it should be."""
    paths = sorted(map(str, (ROOT / "src").rglob("templates/**/*.html")))
    if "--write" in sys.argv[1:]:
        write(paths)
    linted = [path for path in paths if Path(path).name not in _ALONE]
    not_so = [run("--check", paths), run("check", linted)]
    wide = (found for found in iter_lines(paths) if len(found[1]) > WIDTH)
    long = [f"{where}: {len(line)} columns" for where, line in wide if not _WHOLE.fullmatch(line.strip())]
    for line in long:
        print(line)
    return 1 if any(not_so) or long else 0


def run(how: str, paths: list[str]) -> int:
    return subprocess.run([FORMATTER, "--quiet", how, *paths], cwd=ROOT, check=False).returncode


def write(paths: list[str]) -> None:
    """Format all, break what stays too long, and format that. A file that cannot be read stays as it is."""
    subprocess.run([FORMATTER, "--quiet", "check", "--fix", *paths], cwd=ROOT, check=False)
    for path in paths:
        if run_one(path):
            lines = Path(path).read_text().split("\n")
            Path(path).write_text("\n".join(shortened(line) for line in lines))
            run_one(path)


def run_one(path: str) -> bool:
    return subprocess.run([FORMATTER, "--quiet", path], cwd=ROOT, check=False).returncode == 0


def shortened(line: str) -> str:
    """Return a line, if it is too long, with its long sentences as blocks of short lines."""
    if len(line) <= WIDTH:
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    if _SILENT.search(line):
        return _SILENT.sub(lambda found: f"{found[1]}\n{indent}", line)
    if line.strip().startswith("{% if ") and line.endswith("{% endif %}") and line.count("{% if ") == 1:
        parts = re.split(r"({% (?:if|elif|else|endif)\b[^%]*%})", line.strip())
        return "\n".join(shortened(indent + part) for part in parts if part)
    line = _BLOCK.sub(lambda found: _block(found[1], found[3], indent), line)
    return _SENTENCE.sub(lambda found: _block("", found[1], indent), line)


def _block(head: str, words: str, indent: str) -> str:
    inner = indent + "    "
    parts = words.split("{% plural %}")
    lines = [_wrapped(part, inner) for part in parts]
    body = f"\n{indent}{{% plural %}}\n".join(lines)
    first = f"{{% blocktranslate {head + ' ' if head else ''}trimmed %}}"
    return f"{first}\n{body}\n{indent}{{% endblocktranslate %}}"


def _wrapped(words: str, indent: str) -> str:
    kept = re.sub(r"{{[^}]*}}", lambda found: found[0].replace(" ", "\0"), words)
    wrapped = textwrap.fill(
        kept,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapped.replace("\0", " ")


def iter_lines(paths: list[str]) -> list[tuple[str, str]]:
    return [
        (f"{Path(path).relative_to(ROOT)}:{number}", line)
        for path in paths
        for number, line in enumerate(Path(path).read_text().splitlines(), 1)
    ]


if __name__ == "__main__":
    sys.exit(main())
