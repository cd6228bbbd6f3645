"""Do what docs/how-to/add-a-variable.md says, to the letter, in a copy of the law."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

from sijil.kernel import law

PAGE = Path(__file__).resolve().parents[2] / "docs/how-to/add-a-variable.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(root: Path, *, seal: bool = True) -> None:
    """Do every block of the page, in order, up to the part on installations."""
    page = PAGE.read_text().partition("## On an installation")[0]
    for kind, block in _BLOCK.findall(page):
        if kind == "yaml":
            _write(root / "domains", block)
        else:
            for line in block.strip().splitlines():
                _do(root / "domains", shlex.split(line), seal=seal)


def enact_order() -> list[str]:
    """Return the names of the files in the order in which the page enacts them."""
    return re.findall(r"^sijil law enact (\S+) ", PAGE.read_text(), re.MULTILINE)


def _do(domains: Path, words: list[str], *, seal: bool) -> None:
    if words[:2] == ["cp", "-r"]:
        shutil.copytree(domains / words[2], domains / words[3])
    elif words[0] == "cp":
        shutil.copy(domains / words[1], domains / words[2])
    elif words[:4] == ["./run", "sijil", "law", "check"]:
        law.current().forget()
        assert [f.seen for f in law.examine() if not f.well and "is not sealed" not in f.seen] == []
    elif seal:
        assert words[:4] == ["./run", "sijil", "law", "seal"], words
        law.seal(words[4], words[5])


def _write(domains: Path, block: str) -> None:
    head, _, body = block.partition("\n")
    name, _, where = head.removeprefix("# ").partition(": ")
    path = domains / name
    text = path.read_text()
    if not where:
        for line in body.strip().splitlines():
            key = line.partition(" ")[0]
            assert re.search(rf"^{key} ", text, re.MULTILINE), (name, key)
            text = re.sub(rf"^{key} .*$", line, text, count=1, flags=re.MULTILINE)
    elif where == "at the end":
        text = text.rstrip("\n") + "\n" + body
    else:
        mark = f"\n{where.removeprefix('before ')}:\n"
        assert text.count(mark) == 1, (name, where)
        text = text.replace(mark, f"{body.rstrip()}\n{mark}")
    path.write_text(text)
