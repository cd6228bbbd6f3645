"""The registers and services, one package each. They never import one another."""
