"""Whether this machine has the memory and the processes for a number of workers, estimated before they start."""

from __future__ import annotations

import psutil

from crossover.contract.registry import Address
from crossover.contract.traits import WorkerKind
from crossover.workers import limits

THREAD_BYTES = 2**17  # the used part of a thread's stack, and its state


def why_not(address: Address, workers: int, bytes_each: int | None = None) -> str | None:
    """Return why a number of workers should not be tried, or None where it may be.

    Args:
        address: of the transport.
        workers: how many.
        bytes_each: memory of one worker, where it has been measured. Otherwise a worker process is taken to be as large
            as this process, which is too much for a forked one: it shares most of its memory.
    """
    if address.traits.worker_kind is WorkerKind.PRODUCER or not address.options.own_workers:
        return None
    if bytes_each is None:
        bytes_each = psutil.Process().memory_info().rss if address.traits.worker_processes else THREAD_BYTES
    free, processes = limits.free_memory(), limits.most_processes()
    if workers * bytes_each > free:
        return (
            f"{workers:,} workers need up to {_gib(workers * bytes_each)} GiB ({bytes_each / 2**20:,.3g} MiB each); "
            f"{_gib(free)} are free; --force tries it"
        )
    if workers >= processes:
        allowed = f"the {processes:,} processes and threads that this machine allows"
        return f"{workers:,} workers are more than {allowed}; --force tries it"
    return None


def _gib(size: int) -> str:
    return f"{size / 2**30:,.1f}"
