"""What a careful person would write without crossover, in about 20 lines each: noop, batches, a window, N workers.

Each function starts its workers, waits until they answer, then measures and returns tasks/s. A batch is a list of
(number, payload) and comes back as a list of (number, value), because somebody wants to know which task gave what.
No wait has a deadline: where a worker dies, these loops wait for ever.
"""

from __future__ import annotations

import multiprocessing as mp
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection, wait
from multiprocessing.shared_memory import SharedMemory
from queue import SimpleQueue
from typing import Any

Batch = list[tuple[int, Any]]
DEADLINE = 60.0  # seconds, over a broker
SLOT_BYTES = 32_768  # of a ring, as our transport has them
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
    return _measure(processes, inbox.put, outbox.get, tasks, batch, window)


def manager(tasks: int, batch: int, window: int, workers: int) -> float:
    """One manager's queue each way."""
    with mp.Manager() as shared:
        inbox, outbox = shared.Queue(), shared.Queue()
        processes = [mp.Process(target=_serve, args=(inbox.get, outbox.put), daemon=True) for _ in range(workers)]
        return _measure(processes, inbox.put, outbox.get, tasks, batch, window)


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
            ready.extend(wait(ends))  # type: ignore[arg-type]  # only connections are waited for
        end = ready.pop()
        answered: Batch = end.recv()
        if backlog:
            end.send(backlog.pop(0))
        else:
            room.append(end)
        return answered

    return _measure(processes, send, receive, tasks, batch, window)


def pool(tasks: int, batch: int, window: int, workers: int) -> float:
    """`multiprocessing.Pool.imap_unordered` over a generator that waits until the window has room."""
    with mp.Pool(workers) as processes:

        def measured(count: int, outstanding: int) -> float:
            work = [(number, None) for number in range(count)]
            results: list[Any] = [None] * count
            room = threading.Semaphore(max(1, outstanding // batch))

            def batches() -> Iterator[Batch]:
                for first in range(0, count, batch):
                    room.acquire()
                    yield work[first : first + batch]

            began = time.perf_counter()
            for answered in processes.imap_unordered(run_batch, batches()):
                room.release()
                for number, value in answered:
                    results[number] = value
            return count / (time.perf_counter() - began)

        measured(batch * 20, batch * 2)
        return measured(tasks, window)


def pool_apply(tasks: int, batch: int, window: int, workers: int) -> float:
    """`multiprocessing.Pool.apply_async` with a callback."""
    done: SimpleQueue[Batch] = SimpleQueue()
    with mp.Pool(workers) as processes:

        def send(item: Batch) -> None:
            processes.apply_async(run_batch, (item,), callback=done.put)

        return _measure([], send, done.get, tasks, batch, window)


def executor(tasks: int, batch: int, window: int, workers: int) -> float:
    """`ProcessPoolExecutor.submit` with a callback."""
    done: SimpleQueue[Any] = SimpleQueue()
    with ProcessPoolExecutor(workers) as processes:

        def send(item: Batch) -> None:
            processes.submit(run_batch, item).add_done_callback(done.put)

        return _measure([], send, lambda: done.get().result(), tasks, batch, window)


class Ring:
    """Slots in shared memory, one message in each, with semaphores for those that are free and those that are full."""

    def __init__(self, slots: int) -> None:
        self._slots = slots
        self._memory = SharedMemory(create=True, size=16 + slots * SLOT_BYTES)
        self._positions = self._memory.buf[:16].cast("Q")  # type: ignore[index]  # it is open
        self._writing, self._reading = mp.Lock(), mp.Lock()
        self._free, self._full = mp.Semaphore(slots), mp.Semaphore(0)

    def put(self, item: Batch) -> None:
        """Write a message into the next slot."""
        message = pickle.dumps(item)
        with self._writing:
            self._free.acquire()
            at = 16 + self._positions[0] % self._slots * SLOT_BYTES
            self._positions[0] += 1
            self._memory.buf[at : at + len(message)] = message  # type: ignore[index]
            self._full.release()

    def get(self) -> Batch:
        """Read the message in the next slot; a pickle says itself where it ends."""
        with self._reading:
            self._full.acquire()
            at = 16 + self._positions[1] % self._slots * SLOT_BYTES
            self._positions[1] += 1
            item: Batch = pickle.loads(self._memory.buf[at : at + SLOT_BYTES])  # type: ignore[index]
            self._free.release()
        return item

    def close(self) -> None:
        """Free the memory."""
        self._positions.release()
        self._memory.close()
        self._memory.unlink()


def shared_memory(tasks: int, batch: int, window: int, workers: int) -> float:
    """One ring each way, with a slot for each message of the window, so that nobody waits for room."""
    inbox, outbox = Ring(window // batch), Ring(window // batch)
    processes = [mp.Process(target=_serve, args=(inbox.get, outbox.put), daemon=True) for _ in range(workers)]
    try:
        return _measure(processes, inbox.put, outbox.get, tasks, batch, window)
    finally:
        inbox.close()
        outbox.close()


LOOPS = {
    "queue": queue,
    "pipe": pipe,
    "manager": manager,
    "pool": pool,
    "pool?call=apply": pool_apply,
    "executor": executor,
    "shared-memory": shared_memory,
}
