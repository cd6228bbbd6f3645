"""One file per journey. Each reads top to bottom and owns the transaction of each step."""
