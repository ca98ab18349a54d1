"""Standard input of a process in which functions of others run: it is not theirs."""

from __future__ import annotations

import os


def take_standard_input() -> int:
    """Return the descriptor of what was standard input, which no program that this process starts inherits.

    From now on functions, and programs that they start, find nothing there.

    Raises:
        OSError: it is closed.
    """
    taken = os.dup(0)  # not inherited
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    return taken
