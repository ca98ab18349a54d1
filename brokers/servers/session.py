"""Private servers outlive a run: the first transport that needs one starts it, and it ends with this process."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar


class Stoppable(Protocol):
    """What must be stopped in the end."""

    def stop(self) -> Any:
        """Stop; safe to call twice."""


StoppableT = TypeVar("StoppableT", bound=Stoppable)
_kept: dict[Hashable, Stoppable] = {}
_keeper = os.getpid()
_lock = threading.Lock()  # two threads with the same key get the same one


def keep(key: Hashable, start: Callable[[], StoppableT], usable: Callable[[StoppableT], bool]) -> StoppableT:
    """Return what has been started for a key, or start it.

    Args:
        key: identifies it.
        start: starts it.
        usable: returns whether what was started earlier still runs; if not, it is stopped and started again.
    """
    with _lock:
        return _keep(key, start, usable)


def _keep(key: Hashable, start: Callable[[], StoppableT], usable: Callable[[StoppableT], bool]) -> StoppableT:
    global _keeper  # noqa: PLW0603 - changes with a fork, which this module cannot prevent
    if os.getpid() != _keeper:
        _kept.clear()
        _keeper = os.getpid()
    found: Any = _kept.get(key)
    if found is not None and not usable(found):
        del _kept[key]
        found.stop()
        found = None
    if found is None:
        found = _kept[key] = start()
    return found  # type: ignore[no-any-return]  # a key is always used with the same kind of thing


@atexit.register
def stop_all() -> None:
    """Stop everything that is kept; a process that was forked from the one that keeps it stops nothing."""
    if os.getpid() != _keeper:
        _kept.clear()
    while _kept:
        _kept.popitem()[1].stop()
