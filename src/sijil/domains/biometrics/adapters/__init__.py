"""Outside systems of biometrics: the recognition engine (ABIS), with its embedded twin."""
