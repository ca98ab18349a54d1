"""Shared states inside one machine: globals, shared memory, managers."""
