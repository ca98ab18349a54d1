"""A history that one process writes while another one reads it: all of it survives when the writer is killed."""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain

from crossover.contract.tasks import Receipt
from crossover.recording.history import History
from crossover.recording.storage import SharedFile

ARRAYS = ("receipts", "deliveries", "marks", "fingerprints", "sent", "started", "finished", "collected", "submit")
REFUSED = int(Receipt.REFUSED)


class SharedHistory(History):
    """A history in a file that processes share.

    Attributes:
        file: the file.

    Args:
        tasks, batch: as in History; the same in every process.
        descriptor: of the file, as another process has sent it; None: makes a new one.
    """

    def __init__(self, tasks: int, batch: int, descriptor: int | None = None) -> None:
        self.file = SharedFile(descriptor)
        self._returned = 0  # this many tasks, from the first on, have come back
        super().__init__(tasks, batch, self.file)

    def look(self) -> tuple[int, int]:
        """Return how many tasks were submitted, and for how many nothing more is expected, while another process runs.

        Only what is new is read: a run may have millions of tasks, and this is done five times a second.
        """
        attempted = count_attempted(self)
        first_open = self.deliveries.find(b"\0", self._returned, attempted)
        self._returned = attempted if first_open < 0 else first_open
        here = slice(self._returned, attempted)
        returned = attempted - bytes(self.deliveries[here]).count(0)
        return attempted, returned + bytes(self.receipts[here]).count(REFUSED)

    def recount(self) -> None:
        """Count what can be seen in the arrays: the process that wrote them has died, or has not ended yet."""
        attempted = self.attempted = count_attempted(self)
        receipts, deliveries = bytes(self.receipts[:attempted]), bytes(self.deliveries[:attempted])
        refused = sum(1 for receipt, came in zip(receipts, deliveries, strict=True) if receipt == REFUSED and not came)
        self.settled = attempted - deliveries.count(0) + refused
        self.began = self.sent[0]
        self.ended = max(chain((self.began,), self.collected))

    def in_memory(self) -> History:
        """Return a copy in the memory of this process."""
        copy = History(self.tasks, self.batch)
        for name in ARRAYS:
            memoryview(getattr(copy, name)).cast("B")[:] = memoryview(getattr(self, name)).cast("B")
        copy.take_counts(self.counts())
        return copy


def count_attempted(history: History) -> int:
    """Return how many tasks were submitted, the last message included even if its submission did not return.

    Only the arrays are read, so that another process may write them meanwhile.
    """
    messages = bisect_left(range(len(history.sent)), True, key=lambda message: not history.sent[message])
    return min(messages * history.batch, history.tasks)
