"""The ground floor: small tools that know no register.

Errors, actors, state machine, dated parameters, sealing, identifiers, dates, names, jobs.
Nothing here imports a domain. Modules that a ``rules``, ``states`` or ``types`` file may import
(all but ``rows``, ``jobs`` and ``ops``) do not import Django either.
"""
