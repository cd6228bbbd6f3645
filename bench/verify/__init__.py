"""Verifications a second over HTTP with a million persons, beside raw pgbench and beside the ORM.

    python -m bench.verify      # one JSON object a line; alone it keeps its database in .sijil-bench

Everything runs on this machine: a PostgreSQL with fsync on, the verify process, and a load client of raw
sockets, whose own work is counted against us. The floor is pgbench (C, UNIX socket, prepared
statements, best of several client counts and of two ways to write it) doing the same look-up and the same
durable insert into the same table, without HTTP, tokens or keyed tags. Ours and the floor take turns.
"""
