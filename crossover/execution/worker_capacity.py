"""Whether this machine can carry so many workers, estimated before they start."""

from __future__ import annotations

import psutil

from crossover.contract.registry import Address
from crossover.workers import limits

THREAD_BYTES = 2**17  # of a thread's stack that is in use, and of its state


def refusal(address: Address, workers: int) -> str:
    """Return why so many workers should not be tried, or nothing where they may be.

    A worker that is a process has at most what this process has when it starts: a forked one shares most of that.

    Args:
        address: of the transport.
        workers: how many.
    """
    if address.name == "serial":
        return ""
    each = psutil.Process().memory_info().rss if address.transport.worker_processes else THREAD_BYTES
    problem = shortage(workers, each)
    return f"{address.name}: {problem}" if problem and address.options.own_workers else ""


def shortage(workers: int, each: int) -> str:
    """Return what there is too little of for so many workers, or nothing.

    Args:
        workers: how many.
        each: bytes that one of them has.
    """
    free, processes = limits.free_memory(), limits.most_processes()
    if workers * each > free:
        return (
            f"{workers:,} workers need up to {_gib(workers * each)} GiB ({each / 2**20:,.3g} MiB each); "
            f"{_gib(free)} are free; --force tries it"
        )
    if workers >= processes:
        allowed = f"the {processes:,} processes and threads that this machine allows"
        return f"{workers:,} workers are more than {allowed}; --force tries it"
    return ""


def _gib(size: int) -> str:
    return f"{size / 2**30:,.1f}"
