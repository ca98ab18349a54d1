"""Executors whose workers are in this machine: threads, or processes with a pipe each."""
