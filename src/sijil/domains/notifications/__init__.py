"""Notifications: messages to people, by SMS and e-mail, that are never lost.

A message is a row written in the transaction of the change it tells of (outbox); a worker hands it to a
gateway after commit. A crash between the two sends it twice at most, with the same key, never zero times.
Recipient and text are sealed. SMS are one line with the reason and the next step (law 55-19: a decision
is told with its reason). States: queued, sending, sent, dead (given up, with the reason).
"""
