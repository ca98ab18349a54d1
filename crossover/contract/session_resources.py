"""What outlives a run: private servers, started by the first transport that needs one, ended with it; notes."""

from __future__ import annotations

import atexit
import os
import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, Protocol, TypeVar


class Ends(Protocol):
    """Something that must be ended."""

    def stop(self) -> Any:
        """End it; safe to call twice."""


EndsT = TypeVar("EndsT", bound=Ends)
_kept: dict[Hashable, Ends] = {}
_keeper = os.getpid()
_lock = threading.Lock()  # two threads that ask alike get the same one


def folder() -> Path:
    """Return where this user's notes lie that outlive the command; it need not be there."""
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "crossover"


def keep(key: Hashable, start: Callable[[], EndsT], usable: Callable[[EndsT], bool]) -> EndsT:
    """Return what has been started for a key, or start it.

    Args:
        key: what tells it from others.
        start: starts it.
        usable: says whether what was started earlier still runs; where not, it is ended and started anew.
    """
    with _lock:
        return _keep(key, start, usable)


def _keep(key: Hashable, start: Callable[[], EndsT], usable: Callable[[EndsT], bool]) -> EndsT:
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
def end_all() -> None:
    """End everything that was kept; a process that was forked from the one that keeps it ends nothing."""
    if os.getpid() != _keeper:
        _kept.clear()
    while _kept:
        _kept.popitem()[1].stop()
