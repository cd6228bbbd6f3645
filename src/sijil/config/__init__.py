"""The wiring: settings, addresses, the table of jobs, and which adapter stands behind which name.

Knows every room; nothing imports it. Whoever needs a setting asks Django for it (``django.conf.settings``).
"""
