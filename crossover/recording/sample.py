"""Which tasks that travel alone get time stamps: a sample, because taking and carrying them costs as much as the task.

A worker stamps one task of 16. Which ones follows from their numbers, but not regularly: payloads repeat, and one task
of 16 could always have the same payload. Where tasks take long, all of them are stamped: there it costs nothing.
"""

from __future__ import annotations

import random

ONE_OF = 16
ALL_OF_THE_FIRST = 32  # so that a short run has some
PERIOD = 4_093  # a prime: no number of payloads that repeat, unless it is a multiple, meets the same places again

LONG = 100_000  # nanoseconds; after a task that took longer, the worker stamps the next one, too


def _chosen() -> bytes:
    choose = random.Random(ONE_OF).randrange  # noqa: S311 - a sample, not a secret
    return bytes(task < ALL_OF_THE_FIRST or not choose(ONE_OF) for task in range(PERIOD))


CHOSEN = _chosen()
"""Item `task % PERIOD` is 1 where a task gets time stamps."""
