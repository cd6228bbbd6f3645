"""What can be read across domains: figures, lists, the health of an installation. Nothing here writes.

A room between the journeys and the pages: it joins what the ``queries`` of several domains return, and the
interfaces show it. A domain's table stays in its domain: what reporting needs of one, that domain's
``queries`` answer, or its ``sql`` gives as a piece of a statement.
What opens an identity is no report: that is a journey, and leaves an entry in the audit.

health      is this installation well: database, migrations, queue, seals, clocks, holidays
lateness    what waits, what is late, on whom
metrics     the same figures for a machine that watches
patience    how long a report may ask the database
"""
