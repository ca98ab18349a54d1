"""How a command ends: its exit status, and the messages on standard error that explain it."""

from __future__ import annotations

import sys
from enum import IntEnum

import click

from crossover.contract.text import readable
from crossover.report.descriptors import discard


class ExitStatus(IntEnum):
    """What the shell sees."""

    DONE = 0
    FAILED = 1  # tasks failed, data was lost, nothing was measured, or a result could not be written
    USAGE = 2  # usage, or an input that cannot be used
    UNUSABLE = 69  # a transport that was named cannot be used here
    BREACHED = 99  # a threshold was exceeded
    INTERRUPTED = 130


def write_message(sentence: str) -> None:
    """Write one sentence to standard error, without control characters; if that is closed, write nothing."""
    try:
        click.echo(f"crossover: {readable(sentence)}", err=True)
    except (OSError, ValueError):
        discard(sys.stderr)
