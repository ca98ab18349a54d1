"""What `advise` has tried, and which number of workers and size of batch it took into the last rounds."""

from __future__ import annotations

import msgspec

from crossover.results.records import Record


class Trial(Record):
    """A transport with a number of workers and a size of batch, in one short run or several."""

    transport: str  # its label, without `workers=`
    workers: int
    batch: int
    throughput: float  # tasks/s, the median
    runs: int
    safety: str  # the safety level of its runs
    label: str = ""  # of its row in the last rounds; empty: it took no part in them
    problem: str = ""  # why it cannot be used, in words


class Advice(Record):
    """The search of `advise`."""

    trials: list[Trial] = msgspec.field(default_factory=list)  # in the order in which they were first tried
    seconds: float = 0.0  # that the search was given
