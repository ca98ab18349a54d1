"""Calls in Redis, of a stream or lists; outcomes in a list of each executor."""
