"""What a careful person would write without crossover, in about 20 lines each: noop, batches, a window, N workers.

Each function starts its workers, waits until they answer, then measures and returns tasks/s. A batch is a list of
(number, payload) and comes back as a list of (number, value), because somebody wants to know which task gave what.
"""

from __future__ import annotations

import multiprocessing as mp
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection, wait
from queue import SimpleQueue
from typing import Any

Batch = list[tuple[int, Any]]
DEADLINE = 60.0  # seconds; who waits without one waits for ever when a worker dies
Send, Receive = Callable[[Batch], Any], Callable[[], Batch]


def noop(_payload: None) -> None:
    """Do nothing."""


def run_batch(batch: Batch) -> Batch:
    """Run each task."""
    return [(number, noop(payload)) for number, payload in batch]


def drive(tasks: int, batch: int, window: int, send: Send, receive: Receive) -> float:
    """Keep up to `window` tasks outstanding; return tasks/s."""
    work = [(number, None) for number in range(tasks)]
    results: list[Any] = [None] * tasks
    began = time.perf_counter()
    sent = done = 0
    while done < tasks:
        while sent < tasks and sent - done < window:
            send(work[sent : sent + batch])
            sent += batch
        answered = receive()
        for number, value in answered:
            results[number] = value
        done += len(answered)
    return tasks / (time.perf_counter() - began)


def _serve(get: Receive, put: Send) -> None:
    while True:
        put(run_batch(get()))


def _measure(processes: list[Any], send: Send, receive: Receive, tasks: int, batch: int, window: int) -> float:
    for process in processes:
        process.start()
    try:
        drive(batch * 20, batch, batch * 2, send, receive)
        return drive(tasks, batch, window, send, receive)
    finally:
        for process in processes:
            process.terminate()
            process.join()


def queue(tasks: int, batch: int, window: int, workers: int) -> float:
    """One `multiprocessing.Queue` each way."""
    inbox: mp.Queue[Batch] = mp.Queue()
    outbox: mp.Queue[Batch] = mp.Queue()
    processes = [mp.Process(target=_serve, args=(inbox.get, outbox.put), daemon=True) for _ in range(workers)]
    return _measure(processes, inbox.put, lambda: outbox.get(timeout=DEADLINE), tasks, batch, window)


def manager(tasks: int, batch: int, window: int, workers: int) -> float:
    """One manager's queue each way."""
    with mp.Manager() as shared:
        inbox, outbox = shared.Queue(), shared.Queue()
        processes = [mp.Process(target=_serve, args=(inbox.get, outbox.put), daemon=True) for _ in range(workers)]
        return _measure(processes, inbox.put, lambda: outbox.get(timeout=DEADLINE), tasks, batch, window)


def pipe(tasks: int, batch: int, window: int, workers: int) -> float:
    """One `multiprocessing.Pipe` per worker, two batches ahead on each."""
    pairs = [mp.Pipe() for _ in range(workers)]
    ends = [ours for ours, _ in pairs]
    processes = [mp.Process(target=_serve, args=(theirs.recv, theirs.send), daemon=True) for _, theirs in pairs]
    room = ends * 2
    backlog: list[Batch] = []

    def send(item: Batch) -> None:
        if room:
            room.pop().send(item)
        else:
            backlog.append(item)

    ready: list[Connection] = []

    def receive() -> Batch:
        if not ready:
            ready.extend(wait(ends, DEADLINE))  # type: ignore[arg-type]  # only connections are waited for
        end = ready.pop()
        answered: Batch = end.recv()
        if backlog:
            end.send(backlog.pop(0))
        else:
            room.append(end)
        return answered

    return _measure(processes, send, receive, tasks, batch, window)


def pool(tasks: int, batch: int, window: int, workers: int) -> float:
    """`multiprocessing.Pool.apply_async` with a callback, which is the way that allows a window."""
    done: SimpleQueue[Batch] = SimpleQueue()
    with mp.Pool(workers) as processes:

        def send(item: Batch) -> None:
            processes.apply_async(run_batch, (item,), callback=done.put)

        return _measure([], send, lambda: done.get(timeout=DEADLINE), tasks, batch, window)


def executor(tasks: int, batch: int, window: int, workers: int) -> float:
    """`ProcessPoolExecutor.submit` with a callback."""
    done: SimpleQueue[Any] = SimpleQueue()
    with ProcessPoolExecutor(workers) as processes:

        def send(item: Batch) -> None:
            processes.submit(run_batch, item).add_done_callback(done.put)

        return _measure([], send, lambda: done.get(timeout=DEADLINE).result(), tasks, batch, window)


LOOPS = {"queue": queue, "pipe": pipe, "manager": manager, "pool": pool, "executor": executor}
