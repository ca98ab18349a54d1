"""manager-dict, manager-list: a number in a dict or list of a manager, with a lock and without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crossover.contract.counters import Counter, Locked, ReadThenWrite
from crossover.contract.errors import BrokenError
from crossover.contract.traits import StateTraits
from crossover.workers.fleet import context_for
from local_ipc.managers import ManagerProcess
from local_ipc.states.values import LocalState

ENDED = "the manager's process has ended"


class ProxyCounter(ReadThenWrite):
    """An item of a dict or a list behind a proxy: reading is a round trip, and so is writing.

    Args:
        proxy: to the dict or the list.
        key: of the item.
    """

    def __init__(self, proxy: Any, key: Any) -> None:
        self._proxy = proxy
        self._key = key

    def open(self) -> None:
        """Connect to the manager."""
        self.read()

    def read(self) -> int:
        """Return the value of the item."""
        return int(self._proxy[self._key])

    def write(self, value: int) -> None:
        """Set the item."""
        self._proxy[self._key] = value

    def add(self) -> int:
        """Read, then write."""
        try:
            return super().add()
        except (EOFError, OSError) as error:
            raise BrokenError(ENDED) from error


class LockedProxy(Locked):
    """The same under a lock behind a proxy: to acquire it is a round trip, and so is to release it."""

    def add(self) -> int:
        """Add while no other worker does."""
        try:
            return super().add()
        except (EOFError, OSError) as error:
            raise BrokenError(ENDED) from error


class ManagerDict(LocalState):
    """`Manager().dict()`, and `numbers["n"] += 1`. Each call is safe; the two that this takes are not."""

    traits = StateTraits(name="manager-dict")

    _manager: ManagerProcess | None = None
    _key: Any = "n"

    def start(self) -> None:
        """Start the manager, and make a dict and a lock in it."""
        self._manager = ManagerProcess(context_for(None))
        proxies = self._manager.start()
        self._proxy: Any = self.make(proxies)
        self._lock = proxies.Lock()

    def make(self, proxies: Any) -> Any:
        """Return a proxy to what holds the counter."""
        return proxies.dict({self._key: 0})

    def counter(self) -> Counter:
        """Return a worker's side."""
        return ProxyCounter(self._proxy, self._key)

    def read(self) -> int:
        """Return the value of the item."""
        try:
            return int(self._proxy[self._key])
        except (EOFError, OSError) as error:
            raise BrokenError(ENDED) from error

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the manager."""
        return {"manager": self._manager.pids} if self._manager else {}

    def stop(self) -> None:
        """Stop the manager."""
        manager, self._manager = self._manager, None
        if manager is not None:
            manager.stop()


class ManagerDictLock(ManagerDict):
    """The same under the manager's own lock: four round trips instead of two."""

    traits = StateTraits(name="manager-dict-lock", made_safe_by="Manager().Lock()", safe=True, without="manager-dict")

    def counter(self) -> Counter:
        """Return a worker's side."""
        return LockedProxy(super().counter(), self._lock)


class ManagerList(ManagerDict):
    """`Manager().list([0])`, and `numbers[0] += 1`."""

    traits = StateTraits(name="manager-list")

    _key = 0

    def make(self, proxies: Any) -> Any:
        """Return a proxy to a list."""
        return proxies.list([0])


class ManagerListLock(ManagerList):
    """The same under the manager's own lock."""

    traits = StateTraits(name="manager-list-lock", made_safe_by="Manager().Lock()", safe=True, without="manager-list")

    def counter(self) -> Counter:
        """Return a worker's side."""
        return LockedProxy(super().counter(), self._lock)
