"""First migrations written anew are tables that no installation has: its folder is told so by a number."""

import ast
import hashlib
from pathlib import Path

import sijil
from sijil.processes.home import TABLES


def digest():
    """Return the digest of all first migrations: of what they do, not of how it is laid out."""
    files = sorted(Path(sijil.__file__).parent.rglob("migrations/0001_initial.py"))
    assert len(files) > 10
    said = "\n".join(ast.dump(ast.parse(file.read_text())) for file in files)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def test_the_number_is_raised_with_the_tables():
    assert digest() == TABLES, f"raise SCHEMA in processes/home.py and write TABLES = {digest()!r}"
