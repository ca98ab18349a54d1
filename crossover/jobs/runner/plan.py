"""What a job is asked to be."""

from __future__ import annotations

from typing import NamedTuple

ANY_ERROR = ()


class Rules(NamedTuple):
    """How lines are treated.

    Attributes:
        retries: how often a line that failed is tried again.
        retry_on: names of the classes of errors after which it is; none: any.
        task_timeout: seconds that one line may take; None: any time.
        skip_bad: whether a line that cannot be read is passed over.
        ordered: whether the output has the order of the input.
        values: whether bare values are written.
        most_in_flight: lines that are given out and not back; 0: as many as keep the workers busy.
    """

    retries: int = 0
    retry_on: tuple[str, ...] = ANY_ERROR
    task_timeout: float | None = None
    skip_bad: bool = False
    ordered: bool = False
    values: bool = False
    most_in_flight: int = 0
