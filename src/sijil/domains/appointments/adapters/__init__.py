"""Where the list of centres comes from."""
