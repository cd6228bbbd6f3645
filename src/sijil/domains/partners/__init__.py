"""Partners: the administrations and companies that may ask the registers, each within its purposes.

Law 72.18 (access for programmes and by agreement) and 09-08 (purpose, prior authorisation). A partner
proves itself with a client id and a secret (OAuth 2.0 client credentials, RFC 6749) and gets a signed
token of at most ten minutes (RS256, RFC 9068 in spirit). The secret is shown once; only its hash is kept.
A source (civil status) signs what it sends (JWS, RFC 7515) with a key whose public half is registered.
States: active, suspended.
"""
