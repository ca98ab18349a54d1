"""Whether a backlog that was asked for makes sense."""

from __future__ import annotations

import psutil

from crossover.contract.errors import UsageError


def refuse_nonsense(backlog: int | None, tasks: int | None, window: int | None, payload_bytes: int | None) -> None:
    """Refuse what nobody would heed, and what does not fit into memory.

    Args:
        backlog: tasks, as it was typed; None: there is to be none.
        tasks: of -n, likewise.
        window: likewise.
        payload_bytes: how large each payload is, where that is known.

    Raises:
        UsageError: it makes no sense.
    """
    if backlog is None:
        return
    if tasks is not None:
        raise UsageError("--backlog says how many tasks there are, and so does -n/--tasks: give one of them")
    if window is not None:
        raise UsageError("--window means nothing beside --backlog: all tasks are outstanding")
    needed, there = backlog * (payload_bytes or 0), psutil.virtual_memory().available
    if needed > there:
        figures = f"{needed / 2**30:,.1f} GiB of payloads; {there / 2**30:,.1f} are free"
        raise UsageError(f"--backlog: {backlog:,} tasks have {figures}")
