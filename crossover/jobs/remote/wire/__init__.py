"""How calls and their outcomes are written and read."""
