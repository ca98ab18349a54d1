"""A pipe is read by a thread: the command does not wait for it while there is something to do."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from crossover.jobs.runner.sources.batches import Batch

AHEAD = 8  # batches


class ReadAhead:
    """Batches that a thread has read; an empty one where the next has not come yet.

    Its thread is a daemon: nothing ends the wait for a pipe whose other end is open.

    Attributes:
        when_ready: called, in the thread, when there is another one.

    Args:
        batches: what is read.
    """

    def __init__(self, batches: Iterator[Batch]) -> None:
        self.when_ready: Callable[[], None] = lambda: None
        self._ready: queue.Queue[Batch | BaseException | None] = queue.Queue(AHEAD)
        threading.Thread(target=self._read, args=(batches,), name="reads the input", daemon=True).start()

    def __iter__(self) -> Iterator[Batch]:
        return self

    def __next__(self) -> Batch:
        try:
            return self._checked(self._ready.get_nowait())
        except queue.Empty:
            return []

    def wait(self) -> Batch | None:
        """Return the next one when it has come; None: there is none.

        Raises:
            InputError: it cannot be read.
        """
        try:
            return self._checked(self._ready.get())
        except StopIteration:
            self._ready.put(None)
            return None

    def _checked(self, found: Batch | BaseException | None) -> Batch:
        if found is None:
            raise StopIteration
        if isinstance(found, BaseException):
            raise found
        return found

    def _read(self, batches: Iterator[Batch]) -> None:
        last: BaseException | None = None
        try:
            for batch in batches:
                self._ready.put(batch)
                self.when_ready()
        except BaseException as error:  # it is raised where batches are taken
            last = error
        self._ready.put(last)
        self.when_ready()
