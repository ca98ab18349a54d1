"""What the verdicts of all commands have in common: how long they are, and the next command at their end."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

LINES = 4  # at most


def next_command(words: Sequence[str]) -> list[str]:
    """Return the sentence with the next command to type; none where no words are given.

    Args:
        words: of the command, without `crossover`.
    """
    return [f"Next: {shlex.join(['crossover', *words])}"] if words else []


def shortened(sentences: Sequence[str]) -> list[str]:
    """Return what fits a verdict: where there are too many sentences, the first ones and the last."""
    return [*sentences[: LINES - 1], *sentences[LINES - 1 :][-1:]]
