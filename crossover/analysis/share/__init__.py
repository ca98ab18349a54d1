"""Shared counters: lost updates, fairness, what synchronisation costs."""
