"""One installation on one machine: its settings, folder, keys and translations, its private PostgreSQL, its
processes (web, verify, worker) and who watches them.

Nothing here imports Django at module level where a start needs it: the database must run before the settings
are read. What runs in a process is named by a string (``commands.py``), as Django names its settings.
"""
