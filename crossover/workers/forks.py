"""Children that a function forks: one in which the function returns ends there, and does not go on as a second worker.

Whoever calls a function of the user's again and again looks at `count` before and after each call. Otherwise a function
that forks doubles the processes with each call.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

count = 0
"""How many forks lead to this process; its id would be asked for by a system call for each task."""


def _count() -> None:
    global count  # noqa: PLW0603 - a function that is called at a fork can only leave a global
    count += 1


os.register_at_fork(after_in_child=_count)


def end_child(error: BaseException | None = None) -> NoReturn:
    """End this process, which a function has forked, as Python would.

    Args:
        error: that the function has raised; None: it has returned.
    """
    status = 1
    try:
        if error is None:
            status = 0
        elif isinstance(error, SystemExit):
            status = error.code if isinstance(error.code, int) else int(error.code is not None)
        else:
            traceback.print_exception(error)
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
    finally:  # whatever goes wrong, as where nobody reads standard error any more
        os._exit(status & 0xFF)


def only_here(function: Callable[..., T]) -> Callable[..., T]:
    """Return a function that does the same, and ends the children in which it comes to its end."""
    since = count

    def call(*arguments: Any, **keywords: Any) -> T:
        try:
            value = function(*arguments, **keywords)
        except BaseException as error:
            if count != since:
                end_child(error)
            raise
        if count != since:
            end_child()
        return value

    return call
