"""The executors that are compared, each behind the same functions: submit, one by one or all, and map."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from concurrent.futures import Executor as BaseExecutor
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import over_brokers

import crossover
from crossover.jobs.executor import EXECUTORS

LOCAL = ("pipe", "queue", "pool", "shared-memory")  # of ours, those that the target is about
Call = Callable[[int], int]


class Side:
    """Runs calls with an executor of the interface of `concurrent.futures`.

    Args:
        executor: what runs them.
    """

    def __init__(self, executor: BaseExecutor) -> None:
        self.executor = executor

    def one_by_one(self, function: Call, count: int) -> list[int]:
        """Submit each call when the last one is done."""
        return [self.executor.submit(function, number).result() for number in range(count)]

    def submit_all(self, function: Call, count: int) -> list[int]:
        """Submit all calls, then take all results."""
        futures = [self.executor.submit(function, number) for number in range(count)]
        return [future.result() for future in futures]

    def map(self, function: Call, count: int, chunk: int) -> list[int]:
        """Map in chunks."""
        return [*self.executor.map(function, range(count), chunksize=chunk)]

    def close(self) -> None:
        """End its workers."""
        self.executor.shutdown()


class Joblib(Side):
    """Has no submit: what comes nearest is a call for each message."""

    def __init__(self, workers: int) -> None:
        import joblib  # noqa: PLC0415

        self.delayed = joblib.delayed
        self.pools = {chunk: joblib.Parallel(workers, batch_size=chunk) for chunk in (1, 64)}
        for pool in self.pools.values():
            pool.__enter__()

    def one_by_one(self, function: Call, count: int) -> list[int]:
        """Call with one argument, again and again."""
        return [self.pools[1]([self.delayed(function)(number)])[0] for number in range(count)]

    def submit_all(self, function: Call, count: int) -> list[int]:
        """Call once, with a message for each number."""
        return list(self.pools[1](self.delayed(function)(number) for number in range(count)))

    def map(self, function: Call, count: int, chunk: int) -> list[int]:
        """Call once, with batches."""
        return list(self.pools[chunk](self.delayed(function)(number) for number in range(count)))

    def close(self) -> None:
        """End its workers."""
        for pool in self.pools.values():
            pool.__exit__(None, None, None)


class Mpire(Side):
    """Its futures are those of multiprocessing; a pool that has applied cannot map."""

    def __init__(self, workers: int) -> None:
        import mpire  # noqa: PLC0415

        self.applies: Any = mpire.WorkerPool(workers, start_method="forkserver", keep_alive=True)
        self.maps: Any = mpire.WorkerPool(workers, start_method="forkserver", keep_alive=True)

    def one_by_one(self, function: Call, count: int) -> list[int]:
        """Apply to one argument, again and again."""
        return [self.applies.apply(function, (number,)) for number in range(count)]

    def submit_all(self, function: Call, count: int) -> list[int]:
        """Apply to all, then take all results."""
        results = [self.applies.apply_async(function, (number,)) for number in range(count)]
        return [result.get() for result in results]

    def map(self, function: Call, count: int, chunk: int) -> list[int]:
        """Map in chunks."""
        return list(self.maps.map(function, range(count), chunk_size=chunk))

    def close(self) -> None:
        """End its workers."""
        for pool in (self.applies, self.maps):
            pool.stop_and_join()


class Pebble(Side):
    """Schedules where others submit."""

    def __init__(self, workers: int) -> None:
        import pebble  # noqa: PLC0415

        self.pool: Any = pebble.ProcessPool(workers, context=get_context("forkserver"))

    def one_by_one(self, function: Call, count: int) -> list[int]:
        """Schedule each call when the last one is done."""
        return [self.pool.schedule(function, [number]).result() for number in range(count)]

    def submit_all(self, function: Call, count: int) -> list[int]:
        """Schedule all calls, then take all results."""
        futures = [self.pool.schedule(function, [number]) for number in range(count)]
        return [future.result() for future in futures]

    def map(self, function: Call, count: int, chunk: int) -> list[int]:
        """Map in chunks."""
        return list(self.pool.map(function, range(count), chunksize=chunk).result())

    def close(self) -> None:
        """End its workers."""
        self.pool.close()
        self.pool.join()


def _loky(workers: int) -> Side:
    import loky  # noqa: PLC0415

    return Side(loky.ProcessPoolExecutor(workers))


PEERS: dict[str, Callable[[int], Side]] = {
    "ProcessPoolExecutor": lambda workers: Side(ProcessPoolExecutor(workers, get_context("forkserver"))),
    "loky": _loky,
    "joblib": Joblib,
    "mpire": Mpire,
    "pebble": Pebble,
}


def ours() -> list[str]:
    """Return our executors: one for all transports that have the same, named after all of them."""
    names: dict[str, list[str]] = {}
    for name in LOCAL:
        if name in EXECUTORS:
            names.setdefault(EXECUTORS[name], []).append(name)
    return ["/".join(same) for same in names.values()]


def opened(name: str, workers: int) -> Side | over_brokers.Peer:
    """Return a side with workers."""
    if name in PEERS:
        return PEERS[name](workers)
    if name in over_brokers.PEERS["redis"]:
        return over_brokers.Peer(name)
    if name not in LOCAL and name in EXECUTORS:
        return Side(crossover.Executor(over_brokers.own_url(name), workers, safety="safe"))  # at least once
    return Side(crossover.Executor(name.rpartition("/")[2], workers))


def missing() -> list[str]:
    """Return the peers that are not installed."""
    return [name for name in PEERS if name.islower() and importlib.util.find_spec(name) is None]
