"""Where the reference comes from."""
