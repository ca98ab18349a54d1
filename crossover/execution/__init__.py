"""Drives transports and observes what happens."""
