"""planted: a queue that misbehaves on purpose, for the self-test of `crossover safety`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from crossover.contract.tasks import ALL_ACCEPTED, Batch, Done, Outcomes, Submission, as_outcomes
from local_ipc.process_transport import local_traits
from local_ipc.queues import QueueOptions, QueueTransport

EVERY = 25  # one task of this many is treated badly
WRONG = "planted"  # a value that no workload returns


class MisbehavingOptions(QueueOptions, frozen=True):
    """How processes start, and how the transport misbehaves.

    Attributes:
        what: the misbehaviour.
    """

    allowed: ClassVar[Mapping[str, str]] = {**QueueOptions.allowed, "what": "nothing, loss, duplicate, reorder, ..."}
    what: Literal["nothing", "loss", "duplicate", "reorder", "corrupt", "hang"] = "nothing"


class MisbehavingTransport(QueueTransport):
    """Loses, duplicates, swaps or alters every 25th task, or stops delivering.

    Options: what (nothing | loss | duplicate | reorder | corrupt | hang; default: nothing).
    """

    traits = local_traits("planted", options_type=MisbehavingOptions)

    _held: Batch | None = None

    def submit(self, batch: Batch) -> Submission:
        """Put a batch: once, not at all, twice, or after the next one. Accepted: it claims so."""
        what, chosen = self.options.what, batch.first % EVERY == 0
        if (what == "loss" and chosen) or (what == "hang" and batch.first > EVERY):
            return ALL_ACCEPTED
        if what == "reorder" and chosen:
            self._held = batch
            return ALL_ACCEPTED
        submission = super().submit(batch)
        if what == "duplicate" and chosen:
            super().submit(batch)
        if self._held is not None:
            held, self._held = self._held, None
            super().submit(held)
        return submission

    def submit_task(self, task: int, payload: Any) -> Submission:
        """Put a task, as `submit` does."""
        return self.submit(Batch(task, 1, [payload]))

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Get outcomes, and corrupt some."""
        found = super().collect(limit, timeout)
        if self.options.what != "corrupt":
            return found
        outcomes = map(as_outcomes, found)
        return [one._replace(values=[WRONG] * one.size) if one.first % EVERY == 0 else one for one in outcomes]
