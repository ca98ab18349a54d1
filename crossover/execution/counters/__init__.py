"""Runs of a shared state: workers that change one counter at once."""
