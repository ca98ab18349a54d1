"""What `advise` has tried, and what it recommends."""

from __future__ import annotations

import msgspec

from crossover.results.conclusions.answer import Choice
from crossover.results.conclusions.findings import Ratio
from crossover.results.records import Record

WORTH = 0.95  # of the best: with less, one that is simpler, or has fewer workers, is not recommended instead


class Trial(Record):
    """A transport with a number of workers and a size of batch, in one short run or several."""

    transport: str  # its label, without `workers=`
    name: str  # of the transport, as in the registry
    workers: int
    batch: int
    throughput: float  # tasks/s, the median
    runs: int
    safety: str  # the safety level of its runs
    label: str = ""  # of its row in the last rounds; empty: it took no part in them
    problem: str = ""  # what was lost or failed, in words


class Advice(Record):
    """The search of `advise`, and what follows from it."""

    trials: list[Trial] = msgspec.field(default_factory=list)  # in the order in which they were first tried
    seconds: float = 0.0  # that the search was given
    local: Choice | None = None  # if tasks may be lost in a crash; None: nothing sound was measured
    safe: Choice | None = None  # if they may not; None: no broker could be measured
    price: Ratio | None = None  # throughput of `safe` as a part of that of `local`; None: not compared
    rounds: int = 0  # last rounds that were measured

    def trial_of(self, choice: Choice) -> Trial | None:
        """Return the trial that became a row of the last rounds."""
        return next((one for one in self.trials if one.label == choice.transport), None)
