"""Grievances: somebody says that a decision is wrong, and another officer looks at it anew.

Law 55.19, article 19 (a decision can be contested). The first kind contests what two officers found: that a
file is a registered person's. Who took part in the decision never decides the grievance; what is said is kept
sealed. States: received → upheld (the decision stands) or reversed (docs/journeys/grievance.md).
"""
