"""Django's PostgreSQL, of which no answer is awaited for ever: the engine of the web process."""
