"""The gate of the web process: no thread is taken before a request has come whole, none is held by a client.

The server (granian, ASGI) hands each request to :class:`~sijil.processes.gate.gate.Gate`, on the event loop.
Its body is received under limits of size, rate and memory (``bodies``); then one of few permanent threads
runs the synchronous application, a WSGI callable, with a bound on who waits and how long (``threads``); the
answer is sent in pieces, each taken within a time. Who asks is known through trusted proxies only
(``requests``), and public pages are kept for some seconds (``kept``). It knows neither Django nor the
product: ``config.asgi`` says what stands behind it, the limits of each address, and how a refusal reads
(docs/adr/0021).
"""
