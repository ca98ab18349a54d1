"""Limits: what this process may use of the machine; a control group (cgroup) may allow less of it.

A group and each one above it has a limit of its own; the smallest one counts. That is so for containers, too.
"""
