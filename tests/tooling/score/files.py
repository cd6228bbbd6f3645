"""Files of households, and the command run on them."""

import csv
import io
from pathlib import Path

from typer.testing import CliRunner

from sijil.console import score as command
from sijil.domains.scoring.tests.households import FORMULA

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["household", *(i.id for i in FORMULA.inputs)]


def write(folder, rows, names=NAMES, name="in.csv", encoding="utf-8"):
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def run(*arguments):
    import typer

    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(command.score)
    return CliRunner().invoke(app, [str(a) for a in arguments])


def read(text):
    return list(csv.DictReader(io.StringIO(text)))
