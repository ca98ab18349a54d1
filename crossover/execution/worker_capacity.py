"""Whether this machine has the memory and the processes for a number of workers, estimated before they start."""

from __future__ import annotations

from crossover.contract.registry import Address
from crossover.workers.limits import memory, processes

THREAD_BYTES = 2**17  # the used part of a thread's stack, and its state
FORKED_BYTES = 4 * 2**20  # what a forked worker has to itself; the rest it shares with its producer
STARTED_BYTES = 24 * 2**20  # ... and one that has imported everything itself, or a process of Celery's


def why_not(address: Address, workers: int, bytes_each: int | None = None) -> str | None:
    """Return why a number of workers should not be tried, or None where it may be.

    Args:
        address: of the transport.
        workers: how many.
        bytes_each: memory that one worker has to itself, where it has been measured. Otherwise it is taken to need what
            one needs whose function imports nothing.
    """
    if not address.has_own_workers:
        return None
    if bytes_each is None:
        bytes_each = _least_bytes(address)
    free, most = memory.free_memory(), processes.most_processes()
    if workers * bytes_each > free:
        return (
            f"{workers:,} workers need up to {_gib(workers * bytes_each)} GiB ({bytes_each / 2**20:,.3g} MiB each); "
            f"{_gib(free)} are free; --force tries it"
        )
    if workers >= most:
        allowed = f"the {most:,} processes and threads that this machine allows"
        return f"{workers:,} workers are more than {allowed}; --force tries it"
    return None


def _least_bytes(address: Address) -> int:
    """Return what a worker needs whose function imports nothing."""
    if not address.traits.worker_processes:
        return THREAD_BYTES
    forks = getattr(address.options, "start", None) in {None, "fork"}
    return FORKED_BYTES if forks and not address.traits.worker_parent else STARTED_BYTES


def _gib(size: int) -> str:
    return f"{size / 2**30:,.1f}"
