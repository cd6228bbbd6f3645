"""``python -m sijil.console`` is ``sijil``."""

from sijil.console import main

main()
