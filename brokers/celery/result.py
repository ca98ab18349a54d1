"""What Celery gives back for a message."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from brokers.messages import read_outcomes
from crossover.contract.tasks import Outcomes
from crossover.contract.text import describe


class Result(NamedTuple):
    """What came back for a message.

    Attributes:
        first, size: which tasks it carried.
        value: what the worker returned, or the exception that Celery has instead.
    """

    first: int
    size: int
    value: Any

    @property
    def outcomes(self) -> Outcomes:
        """The outcomes in it; an exception is the error of each task; what cannot be read is told of as unexpected."""
        if isinstance(self.value, bytes):
            return read_outcomes(self.value)
        now = time.monotonic_ns()
        reason = describe(self.value) if isinstance(self.value, BaseException) else f"Celery returned {self.value!r}"
        errors = dict.fromkeys(range(self.size), reason)
        return Outcomes(self.first, self.size, [None] * self.size, errors, 0, now, now)
