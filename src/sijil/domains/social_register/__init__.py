"""The social register (RSU): households, their members, and what they declare.

Law 72.18 and decree 2.21.582: one head, people who share a main dwelling and its expenses, each
known by an IDCS and in one household only. The form is data (``parameters/form.yaml``).
A registration is drafted, submitted, then processed, quarantined (score out of range) or rejected;
a household is declared, active, then closed. What was declared is frozen and never changes.
No name and no birth date is kept here: the population register is asked, by the person's key.
"""
