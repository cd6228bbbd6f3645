"""The processes of one installation: the private PostgreSQL, web, verify and worker, and who watches them.

Nothing here imports Django at module level: the database must run before the settings are read.
"""
