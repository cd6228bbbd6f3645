"""A folder that every user of the machine reaches: root runs the server as somebody else."""

import shutil
import tempfile
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def open_place():
    """Return a folder outside of pytest's own, which is closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="sijil-place-")).resolve()
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
