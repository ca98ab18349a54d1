"""Channels: what carries messages between processes, and how tasks and outcomes become messages."""
