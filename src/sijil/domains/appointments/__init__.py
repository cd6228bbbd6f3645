"""Appointments: the citizen service centres (CSC), their hours, and who comes when.

A centre is an administrative annex (town) or a caïdat office (countryside); it serves some communes.
Slots exist by rule (hours, holidays, desks); a row is written when the first person books one.
Law: decree 2.21.473 (file deposited at the centre of residence).
States of an appointment: booked -> attended | cancelled | missed | displaced (the centre is shut then); all
but attended may book again.
"""
