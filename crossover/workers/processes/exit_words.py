"""How a process ended, in words."""

from __future__ import annotations

import signal

from crossover.workers.limits.memory import processes_ended

CUT_OFF = 74  # exit status of a worker whose connection has been closed in its own process; EX_IOERR in sysexits.h
NO_SERVER = 69  # exit status of a worker that its server does not serve any more; EX_UNAVAILABLE
MEANINGS = {
    CUT_OFF: "lost the connection to the producer: a function must not close descriptors that it has not opened",
    NO_SERVER: "could not go on without the server",
}
SHORT_OF_MEMORY = " (the kernel has ended processes for lack of memory since it started)"


def how_it_ended(exit_code: int, memory_kills: int | None = None) -> str:
    """Return how a process ended, in words that follow its name.

    Args:
        exit_code: its exit status; negative: the number of the signal that ended it.
        memory_kills: processes that the kernel had ended for lack of memory when it started; None: it was not counted.
    """
    if exit_code >= 0:
        return MEANINGS.get(exit_code, f"exited with status {exit_code}")
    number = -exit_code
    name = signal.Signals(number).name if number in list(signal.Signals) else f"signal {number}"
    short = number == signal.SIGKILL and memory_kills is not None and processes_ended() > memory_kills
    return f"was ended by {name}{SHORT_OF_MEMORY if short else ''}"
