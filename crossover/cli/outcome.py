"""How a command that measures is carried out: interrupted in order, its results apart from what others print."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crossover.execution import interruption


def execute(measure: Callable[[], None]) -> bool:
    """Measure; return whether somebody interrupted it."""
    interruption.listen()
    try:
        with output_is_for_results():
            measure()
    except KeyboardInterrupt:
        return True
    return False


@contextmanager
def output_is_for_results() -> Iterator[None]:
    """Let standard output be standard error for a while: what a function prints must not get into the results."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
