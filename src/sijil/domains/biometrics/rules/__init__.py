"""Pure decisions of biometrics: which images are needed, whether an image is good enough."""
