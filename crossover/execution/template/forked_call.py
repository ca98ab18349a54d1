"""A call of one function in a process of its own, which is forked from the template."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from crossover.execution.template.forked_process import LEFT_BEHIND_FOR, ForkedProcess
from crossover.execution.template.template_process import answer
from crossover.workers import interruption


def call(
    function: str,
    *arguments: Any,
    within: float,
    modules: Sequence[str] = (),
    python: str = "",
    tick: Callable[[], None] = lambda: None,
) -> Any:
    """Call a function in a new process, and return its result; the process and all that it started are gone afterwards.

    Args:
        function: as "package.module:function".
        arguments: picklable.
        within: seconds.
        modules: that it will need; the template imports them, once.
        python: path of its interpreter; empty: the one of this process.
        tick: called five times a second in the meantime.

    Raises:
        Exception: what the function raised.
        TimeoutError: it did not return in time.
        EOFError: its process ended.
        KeyboardInterrupt: the user has asked the command to stop.
    """
    process = ForkedProcess(f"{answer.__module__}:{answer.__name__}", modules, python=python)
    try:
        with suppress(BrokenPipeError):  # it has ended, which `_reply` reports
            process.connection.send((function, arguments))
        try:
            succeeded, found = _reply(process, time.monotonic() + within, tick)
        except (KeyboardInterrupt, TimeoutError):
            process.interrupt()
            raise
    finally:
        process.kill(LEFT_BEHIND_FOR)
        process.close()
    if not succeeded:
        raise found
    return found


def _reply(process: ForkedProcess, deadline: float, tick: Callable[[], None]) -> Any:
    """Return the reply of a process that was called."""
    while (reply := process.receive(interruption.LOOK_EVERY)) is None:
        tick()
        interruption.raise_if_requested()
        if time.monotonic() > deadline:
            raise TimeoutError("it did not return in time")
    return reply
