"""Events: what happened in a life or in the registers, received once, and what followed from each.

Law 36.21 (civil status) tells the registers of births, deaths, marriages and divorces; a journey tells the
others of a person registered or a household changed. An event is a row that never changes, known by its
source and the source's own number; what it says is sealed. What follows is a row for each step: waiting,
done once, unmatched (nobody has this number yet), failed (seen by staff, taken again) or annulled.
Which steps follow which kind is one table: ``sijil.journeys.events``.
"""
