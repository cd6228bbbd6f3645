"""``python -m sijil.config.cli`` is ``sijil``."""

from sijil.config.cli import main

main()
