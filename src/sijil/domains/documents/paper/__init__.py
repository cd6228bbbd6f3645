"""Paper: what every PDF of ours is printed with, the forms that are filled in by hand, and the letters."""
