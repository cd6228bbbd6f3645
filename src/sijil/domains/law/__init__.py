"""Law enacted on this installation: versions that a release did not ship, and what was decided by which.

A version is enacted ahead of its first day by two people, kept as its text with its digest, and never
changes. It is read through the port of ``sijil.kernel.law``, like what is shipped.
"""
