"""Faults: what strikes, what is struck, when, and what is watched."""
