"""The version of Python, of which both sides of a broker must have the same minor one: 3.11.2 goes with 3.11.7."""

from __future__ import annotations

import os
import platform

from brokers.servers.compose import IN_CONTAINERS, WORKERS_VARIABLE
from crossover.contract.text import readable

PYTHON = ".".join(platform.python_version_tuple()[:2])
"""The minor version of this process."""


def other_python(version: object) -> str:
    """Return why a comparison does not use a worker with a version of Python, and what to do; empty: it may.

    The containers of --compose are taken as they are: their image has a Python, and the result names it.

    Args:
        version: as the worker reports it; anything that it may have sent.
    """
    theirs = str(version)
    minor = ".".join(theirs.split(".")[:2])
    if minor == PYTHON or os.environ.get(WORKERS_VARIABLE) == IN_CONTAINERS:
        return ""
    return (
        f"runs Python {readable(theirs)}, this is Python {platform.python_version()}: "
        f"start it with Python {PYTHON}, or this command with Python {readable(minor)}"
    )
