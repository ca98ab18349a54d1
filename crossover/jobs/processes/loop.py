"""The loop of the thread that looks after workers: starts them, reads from them, buries them."""

from __future__ import annotations

import selectors
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress

from crossover.jobs.errors import WorkerDiedError
from crossover.jobs.outcomes import CANNOT_START, ERROR, READY, VALUE, read_error
from crossover.jobs.processes.channel import Message
from crossover.jobs.processes.crew import end_all
from crossover.jobs.processes.ledger import Ledger
from crossover.jobs.processes.segment import SHARED
from crossover.jobs.processes.settling import death_of, is_tried_again, settle, start_failure, too_late
from crossover.jobs.processes.worker import LAST
from crossover.jobs.processes.worker_process import WorkerProcess, signal_worker
from crossover.jobs.task import Task

OUTCOMES = (VALUE, ERROR, SHARED)
READ, BOTH = selectors.EVENT_READ, selectors.EVENT_READ | selectors.EVENT_WRITE


class Loop:
    """Runs until everything is done and nothing more is accepted.

    Args:
        ledger: of the executor.
        selector: waits for what wakes the thread, which is registered without data, and for workers.
        drain: forgets that the thread was woken.
    """

    def __init__(self, ledger: Ledger, selector: selectors.BaseSelector, drain: Callable[[], None]) -> None:
        self._ledger = ledger
        self._crew = ledger.crew
        self._selector = selector
        self._drain = drain

    def run(self) -> None:
        """Look after the workers; at the end there are none."""
        ledger, workers = self._ledger, self._crew.workers
        try:
            while not ledger.is_over():
                self._start_workers()
                self._watch_unsent()
                for key, ready in self._selector.select(ledger.patience()):
                    if key.data is None:
                        self._drain()
                    elif key.data in workers:
                        self._serve(key.data, ready, ended=key.fd == key.data.sentinel)
                self._end_late()
                self._ledger.take_back_held()
                while ledger.unwanted:
                    ledger.unwanted.popleft().cancel()
        except BaseException as error:  # a fault of ours: nobody may wait for ever because of it
            ledger.break_down(BrokenExecutor(f"the executor failed: {error!r}"), error)
            raise
        finally:
            with ledger.lock:
                remaining = self._crew.dismiss()
            end_all(remaining, at_once=ledger.broken is not None)

    def _start_workers(self) -> None:
        """Start a worker for each task that needs one."""
        ledger = self._ledger
        with ledger.lock:
            wanted = ledger.give_to_new_workers()
        while wanted:
            try:
                worker = self._crew.start()
            except Exception as error:
                if not (isinstance(error, OSError) and ledger.make_do()):
                    ledger.break_down(BrokenProcessPool(f"a worker cannot start: {error!r}"), error)
                return
            self._selector.register(worker.channel, READ, worker)
            self._selector.register(worker.sentinel, READ, worker)
            with ledger.lock:
                self._crew.workers.add(worker)
                ledger.counts["started"] += 1
                if ledger.first:
                    worker.take(ledger.first.popleft())
                wanted = bool(ledger.first)
                end = ledger.end
            if end is not None:
                signal_worker(end, worker)

    def _watch_unsent(self) -> None:
        """Wait until there is room for what a pipe has not taken as a whole."""
        with self._ledger.lock:
            slow = [worker for worker in self._crew.workers if worker.has_unsent and not worker.is_watched]
        for worker in slow:
            worker.is_watched = True
            self._selector.modify(worker.channel, BOTH, worker)

    def _send_more(self, worker: WorkerProcess) -> None:
        with self._ledger.lock, suppress(OSError):  # its end is seen when it is read
            worker.has_unsent = not worker.channel.flush()
        if not worker.has_unsent:
            worker.is_watched = False
            self._selector.modify(worker.channel, READ, worker)

    def _serve(self, worker: WorkerProcess, ready: int, *, ended: bool) -> None:
        """Read what a worker has sent; where it has ended, everything that is left."""
        if ended:
            self._bury(worker)
            return
        if ready & selectors.EVENT_WRITE:
            self._send_more(worker)
        if ready & READ and not self._read_from(worker):
            self._cut(worker)

    def _cut(self, worker: WorkerProcess) -> None:
        """Its pipe is closed: it ends, and the sentinel says when it has."""
        self._selector.unregister(worker.channel)
        with self._ledger.lock:
            worker.is_cut = True
            worker.must_end()
            if worker in self._crew.idle:
                self._crew.idle.remove(worker)

    def _read_from(self, worker: WorkerProcess, *, ended: bool = False) -> bool:
        """Read the messages that have arrived; return whether more can come."""
        try:
            messages = worker.channel.receive()
        except BlockingIOError:  # of one that has ended, a process that it has started may have the pipe
            return not ended
        except (EOFError, OSError):
            return False
        outcomes = []
        for message in messages:
            if message[:1] in OUTCOMES:
                outcomes.append(message)
            else:
                self._heed(worker, message)
        if outcomes:
            self._end_tasks(worker, outcomes)
        return True

    def _end_tasks(self, worker: WorkerProcess, outcomes: list[Message]) -> None:
        """Settle the tasks that a worker has done, and give it others."""
        tasks = self._ledger.done(worker, len(outcomes))
        is_shared = any(message[:1] == SHARED for message in outcomes)
        if not is_shared:  # else the memory is free for the next call when the outcome was read
            self._ledger.give_next(worker)
        for message in outcomes[: len(tasks)]:  # those that were given up are gone; those that are done are not kept
            self._ledger.count(succeeded=self._settle(worker, tasks.popleft(), message))
        if is_shared:
            self._ledger.give_next(worker)

    def _settle(self, worker: WorkerProcess, task: Task, message: Message) -> bool:
        if worker.segment is None or message[:1] != SHARED:
            return settle(task, message)
        with worker.segment.read(message) as shared:
            succeeded = settle(task, shared)
        worker.segment.done()
        return succeeded

    def _heed(self, worker: WorkerProcess, message: Message) -> None:
        """Heed a message that is no outcome."""
        kind = bytes(message[:1])
        if kind == READY:
            worker.is_starting = False
            with self._ledger.lock:
                worker.start_clock()
        elif kind == LAST:
            worker.is_last = True
        elif kind == CANNOT_START:
            worker.refusal = bytes(message[1:])  # it may still be writing to a log: what waits fails when it has ended
            with self._ledger.lock:
                worker.must_end()

    def _end_late(self) -> None:
        """Kill the workers whose time is over, and whose task therefore fails."""
        with self._ledger.lock:
            late = self._crew.late()
            for worker in late:
                worker.is_late, worker.until = True, None
        for worker in late:
            signal_worker(WorkerProcess.kill, worker)
            self._bury(worker)

    def _bury(self, worker: WorkerProcess) -> None:
        """A worker has ended: its task fails, or is tried again; another worker is started where one is needed."""
        ledger = self._ledger
        worker.join()
        if not worker.is_cut:
            self._cut(worker)
            while self._read_from(worker, ended=True):
                pass
        self._selector.unregister(worker.sentinel)
        task, others = self._left_by(worker)
        died = death_of(worker)
        worker.close()
        self._try_again(others, died)
        if task is None and (worker.is_last or ledger.broken):
            return
        if worker.refusal is not None:
            failed = BrokenProcessPool("an initializer failed: a worker could not start")
            ledger.break_down(failed, read_error(worker.refusal), task)
            return
        ledger.counts["died"] += 1
        if worker.is_late and task is not None and task.within is not None:
            ledger.counts["timed_out"] += 1
            self._fail(task, too_late(task))
        elif worker.is_starting and died.exit_code is not None and died.exit_code >= 0:
            ledger.break_down(start_failure(died, ledger.rules.context), None, task)
        elif ledger.rules.on_death == "break":
            ledger.break_down(died, None, task)
        elif task is not None and not (
            is_tried_again(task, worker, ledger.rules.on_death) and ledger.try_again([task])
        ):
            self._fail(task, died)

    def _left_by(self, worker: WorkerProcess) -> tuple[Task | None, list[Task]]:
        """Return the task that a worker has ended with, if it had one, and those that it had not taken."""
        with self._ledger.lock:
            tasks = self._crew.remove(worker)
            taken = len(tasks) - worker.tickets.take_back()
        worker.has_unread = worker.has_unsent or not taken
        is_its_own = bool(tasks) and (taken > 0 or tasks[0].begun)  # what has begun for its future, it has, or had next
        return (tasks[0], tasks[1:]) if is_its_own else (None, tasks)

    def _try_again(self, tasks: list[Task], died: WorkerDiedError) -> None:
        """Let other workers do tasks; where nothing more is done, they fail."""
        if not self._ledger.try_again(tasks):
            for task in tasks:
                self._fail(task, died)

    def _fail(self, task: Task, error: BaseException) -> None:
        self._ledger.count(succeeded=False)
        task.fail(error)
