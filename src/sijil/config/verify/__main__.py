"""``python -m sijil.config.verify``: the same as ``sijil verify``."""

from sijil.config.verify import serve

if __name__ == "__main__":
    serve()
