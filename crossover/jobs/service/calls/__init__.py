"""Calls on their way through a worker: taken, checked, done, answered."""
