"""The top floor: settings, addresses, processes, and which adapter stands behind which name.

The only place that knows everything; nothing imports it.
"""
