"""The end of the interpreter: what executors have accepted is done first, and nothing new is accepted."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class Closing(Protocol):
    """What has work to finish.

    Attributes:
        pid: of the process whose work it is; the copy in a process that was forked has none.
    """

    pid: int

    def close(self) -> None:
        """Accept nothing more."""

    def join(self) -> None:
        """Wait until what was accepted is done."""


_open: weakref.WeakSet[Closing] = weakref.WeakSet()
_over = threading.Event()


def finish_at_exit(work: Closing) -> None:
    """Finish something before the interpreter ends; it is not kept alive for that."""
    _open.add(work)


def refuse_at_exit() -> None:
    """Raise an error if the interpreter is about to end.

    Raises:
        RuntimeError: it is.
    """
    if _over.is_set():
        raise RuntimeError("cannot schedule new futures after interpreter shutdown")


def _finish_all() -> None:
    _over.set()
    ours = [work for work in list(_open) if work.pid == os.getpid()]
    for work in ours:
        work.close()
    for work in ours:
        work.join()


# Before other threads are joined, as the executors of the library do: one of them may wait for a future of ours.
threading._register_atexit(_finish_all)  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way
