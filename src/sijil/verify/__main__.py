"""``python -m sijil.verify``: the same as ``sijil verify``."""

from sijil.verify import serve

if __name__ == "__main__":
    serve()
