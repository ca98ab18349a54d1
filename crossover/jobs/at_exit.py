"""What executors still do before the interpreter ends."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class Finishes(Protocol):
    """The part of an executor that has a thread.

    Attributes:
        pid: of the process that it belongs to.
    """

    pid: int

    def close(self) -> None:
        """Accept nothing more."""

    def join(self) -> None:
        """Wait until what was accepted is done."""


_all: weakref.WeakSet[Finishes] = weakref.WeakSet()


def finish_at_exit(one: Finishes) -> None:
    """Let the interpreter wait for what was accepted, unless it ends before."""
    _all.add(one)


def finish_all() -> None:
    """Do what was accepted, before the interpreter ends."""
    mine = [one for one in list(_all) if one.pid == os.getpid()]
    for one in mine:
        one.close()
    for one in mine:
        one.join()


threading._register_atexit(finish_all)  # type: ignore[attr-defined]  # noqa: SLF001 - as the executors of the library do
