"""thread-global, process-global: a global variable, in threads and in processes."""

from __future__ import annotations

import threading

from crossover.contract.counters import Counter, Locked, ReadThenWrite
from crossover.contract.shared_state import SharedState
from crossover.contract.traits import StateTraits

_count = 0


class GlobalCounter(ReadThenWrite):
    """The global of this module: one per process, shared by its threads."""

    def read(self) -> int:
        """Return the value of the global."""
        return _count

    def write(self, value: int) -> None:
        """Set the global."""
        global _count  # noqa: PLW0603 - this is what is measured
        _count = value


class ThreadGlobal(SharedState):
    """A global that threads change. The GIL may pass to another thread between any two instructions."""

    traits = StateTraits(name="thread-global", threads=True)

    def start(self) -> None:
        """Set the global to 0."""
        GlobalCounter().write(0)

    def counter(self) -> Counter:
        """Return a worker's side."""
        return GlobalCounter()

    def read(self) -> int:
        """Return the value of the global."""
        return _count

    def stop(self) -> None:
        """Set the global to 0 again."""
        GlobalCounter().write(0)


class ThreadGlobalLock(ThreadGlobal):
    """The same under a `threading.Lock`."""

    traits = StateTraits(
        name="thread-global-lock", made_safe_by="threading.Lock", safe=True, without="thread-global", threads=True
    )

    def start(self) -> None:
        """Make the lock."""
        super().start()
        self._lock = threading.Lock()

    def counter(self) -> Counter:
        """Return a worker's side; all workers share the lock."""
        return Locked(GlobalCounter(), self._lock)


class ProcessGlobal(ThreadGlobal):
    """A global that processes change: each process has a copy, and no process sees another's."""

    traits = StateTraits(name="process-global", shared=False)
