"""Starts worker processes, also while the interpreter ends.

A worker that does not come from a fork imports the script by the name of its file. Python takes that name from a script
that has ended, while a thread may be starting a worker for what the script had submitted.
"""

from __future__ import annotations

import os
import sys
import weakref
from multiprocessing import process as process_module
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess

from crossover.jobs.processes.channel import Channel, channel
from crossover.jobs.processes.segment import Segment
from crossover.jobs.processes.tickets import Tickets
from crossover.jobs.processes.worker import WorkerSetup, work

_started: weakref.WeakSet[BaseProcess] = weakref.WeakSet()
_script = sys.modules["__main__"]
_file = getattr(_script, "__file__", None)


def start_worker(
    context: BaseContext, setup: WorkerSetup, tickets: Tickets, segment: Segment | None
) -> tuple[Channel, BaseProcess]:
    """Start a worker; return our end of its pipe, and its process.

    Args:
        context: how it starts.
        setup: what it does.
        tickets: for its calls.
        segment: memory that is shared with it; None: there is none.

    Raises:
        Exception: no process can be started, or what the worker needs cannot be pickled.
    """
    while True:
        _script_has_a_name()
        ours, theirs = channel()
        process: BaseProcess = context.Process(target=work, args=(theirs, tickets.theirs, setup, segment))  # type: ignore[attr-defined]
        try:
            process.start()
            _started.add(process)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        if _file is None or hasattr(_script, "__file__"):
            return ours, process
        ours.close()  # the script has ended meanwhile, which happens once: this one may not know what to import
        process.kill()
        process.join()
        process.close()


def missing_script() -> str:
    """Return the name of the file from which workers import the script, if it does not exist, as <stdin>; else ""."""
    if _file is None or getattr(_script, "__spec__", None) is not None:
        return ""
    folder = process_module.ORIGINAL_DIR or ""  # type: ignore[attr-defined]  # before the script has changed it
    return "" if os.path.exists(os.path.join(folder, _file)) else _file  # noqa: PTH110, PTH118 - pathlib is slow


def _script_has_a_name() -> None:
    if _file is not None and not hasattr(_script, "__file__"):
        _script.__file__ = _file


def _forget_in_a_fork() -> None:
    """The workers are no children of a process that was forked: at its end it must not wait for them."""
    process_module._children.difference_update(_started)  # type: ignore[attr-defined]  # noqa: SLF001


os.register_at_fork(after_in_child=_forget_in_a_fork)
