"""What the experiments about middleware share: a lock, a semaphore and an event in each server, and a program.

Each module is about one server, through its client library as that library's documentation uses it.
"""
