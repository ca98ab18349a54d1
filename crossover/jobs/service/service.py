"""The service behind `crossover worker`: takes calls, has them done, replies."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from typing import NamedTuple

from crossover.contract.errors import BrokenError, StartError, UnusableError
from crossover.contract.text import counted
from crossover.jobs.dispatcher import Dispatcher, Rules
from crossover.jobs.local.process_executor import MOST_AHEAD, START_METHOD
from crossover.jobs.metrics.of_worker import Metrics
from crossover.jobs.processes.worker import WorkerLimits, WorkerSetup
from crossover.jobs.processes.worker_process import WorkerProcess
from crossover.jobs.remote.allowed import AllowList
from crossover.jobs.remote.job_queue import Intake
from crossover.jobs.remote.lease import SHORTEST
from crossover.jobs.remote.signing import signer_from_environment
from crossover.jobs.service.calls.entrance import Entrance
from crossover.jobs.service.calls.performer import NOTHING, Performer, prepare_process
from crossover.jobs.service.calls.replies import Replies
from crossover.jobs.service.calls.taking import Appetite, Holding
from crossover.jobs.service.events import Events
from crossover.jobs.service.health import StateFile
from crossover.jobs.service.lending import Loans
from crossover.jobs.service.link import Link
from crossover.jobs.service.stopping import Stop, start_deaf_fork_server
from crossover.jobs.task import Task

LOOK_EVERY = 0.25  # seconds, at most, until a signal is noticed
BEAT_EVERY = SHORTEST / 4  # seconds; an intake beats as often as its lease asks for
STATE_EVERY = 2.0  # seconds
COLLECT_AFTER = 10_000  # objects: 500 calls have more than Python's 700, and nothing that only its collector frees


class Plan(NamedTuple):
    """What a worker serves, and how.

    Attributes:
        transport: by name, for messages.
        where: the server and the queue, in words without a password.
        worker: its name, for sentences.
        allow: what may run.
        workers: processes.
        prefetch: calls that are taken ahead, per process, and more where they are short; 0: none.
        limits: when a process is replaced.
        metrics: port for Prometheus; 0: none.
        initial: a call that each process does first; empty: none.
        lends: makes what serves comparisons, too, from what says whether it has calls; None: it serves none.
    """

    transport: str
    where: str
    worker: str
    allow: tuple[str, ...]
    workers: int
    prefetch: int = 1
    limits: WorkerLimits = WorkerLimits()
    metrics: int = 0
    initial: bytes = b""
    lends: Callable[[Callable[[], bool]], Loans] | None = None


class Service:
    """One `crossover worker`.

    Args:
        plan: what it serves.
        open_intake: connects to the broker.
        events: what it says.
        stop: when it ends.
        state: the file in which it says that it lives.
    """

    def __init__(
        self, plan: Plan, open_intake: Callable[[], Intake], events: Events, stop: Stop, state: StateFile
    ) -> None:
        self._plan, self._events, self._stop, self._state = plan, events, stop, state
        self._link = Link(open_intake, events, stop, self._write_state)
        self._metrics = Metrics(plan.metrics, lambda: len(self._holding.calls), lambda: self._link.connected)
        self._holding = Holding(Appetite(plan.workers, plan.prefetch), events, self._metrics)
        signer = signer_from_environment()
        allowed = AllowList(plan.allow)
        performer = Performer(allowed, plan.worker, signer)
        self._entrance = Entrance(signer, plan.worker, own=allowed.everything)
        self._replies = Replies(self._link, events, self._metrics, performer, self._holding.release)
        setup = WorkerSetup(prepare_process, (performer, plan.initial), performer, plan.limits)
        ahead = MOST_AHEAD if plan.prefetch else 0
        self._dispatcher = Dispatcher(Rules(plan.workers, get_context(START_METHOD), setup, "retry", ahead=ahead))
        self._loans = plan.lends(lambda: bool(self._holding.calls)) if plan.lends else None
        self._ended = threading.Event()

    def run(self) -> bool:
        """Serve until it is told to stop; return whether nothing had to be given back.

        Raises:
            UnusableError: the server does not answer, or processes cannot start.
            BrokenError: calls were held that could not be given back.
        """
        threads = [threading.Thread(target=self._beat, name="heartbeat", daemon=True)]
        if self._loans is not None:
            threads.append(threading.Thread(target=self._loans.serve, args=(self._ended,), name="loans", daemon=True))
        try:
            self._start_workers()
            self._open_link()
            gc.freeze()
            gc.set_threshold(COLLECT_AFTER)
            for thread in threads:
                thread.start()
            self._replies.start()
            self._tell_ready()
            self._take_calls()
            held = len(self._holding.calls)
            sentence = f"it stops when {counted(held, 'call is', 'calls are')} done"
            self._events.tell("stopping", sentence, held=held)
            self._wait_for_held()
            returned = self._return_held()
            if self._dispatcher.broken and not self._stop.requested:
                raise StartError(f"worker processes cannot start any more: {self._why_broken()}")
            sentence = f"stopped; {counted(returned, 'call was', 'calls were')} given back"
            self._events.tell("stopped", sentence, given_back=returned)
            return not returned
        finally:
            self._ended.set()
            self._end_workers()
            self._replies.close()
            for thread in threads:
                if thread.ident:
                    thread.join()
            self._link.close()
            self._metrics.close()
            self._state.remove()

    def _start_workers(self) -> None:
        """Start all processes, and wait until each has imported what is allowed."""
        start_deaf_fork_server()
        tasks: list[Task] = [Task(NOTHING, None) for _ in range(self._plan.workers)]
        for task in tasks:
            task.repeats = False
            self._dispatcher.submit(task)
        for task in tasks:
            while not task.done() and not self._stop.is_over():
                with suppress(TimeoutError):
                    task.exception(LOOK_EVERY)
            if task.done() and (error := task.exception()) is not None:
                raise StartError(f"a worker process cannot start: {self._why_broken() or error}")

    def _open_link(self) -> None:
        try:
            self._link.open()
        except BrokenError as error:
            raise UnusableError(str(error)) from error

    def _why_broken(self) -> str:
        broken = self._dispatcher.broken
        return str(broken.__cause__ or broken) if broken else ""

    def _tell_ready(self) -> None:
        plan = self._plan
        who = counted(plan.workers, "process runs", "processes run")
        sentence = f"ready: {who} {', '.join(plan.allow)} for {plan.where}"
        facts = {"transport": plan.transport, "allow": plan.allow, "workers": plan.workers}
        self._events.tell("ready", sentence, **facts)

    def _take_calls(self) -> None:
        holding, link, dispatcher = self._holding, self._link, self._dispatcher
        while not self._stop.requested and not dispatcher.broken:
            holding.share(dispatcher, link, self._entrance)
            taken = holding.take(link, LOOK_EVERY, is_lent=self._loans is not None and self._loans.lent)
            accepted = [holding.accept(delivery, self._entrance, self._replies, link) for delivery in taken]
            if calls := [call for call in accepted if call is not None]:
                with suppress(RuntimeError):  # the processes are gone: what is held is given back
                    dispatcher.submit_all(calls)

    def _wait_for_held(self) -> None:
        holding = self._holding
        while not self._stop.is_over() and not self._dispatcher.broken:
            holding.share(self._dispatcher, self._link, self._entrance)
            with holding.changed:
                if not holding.calls:
                    return
                holding.changed.wait(LOOK_EVERY)

    def _return_held(self) -> int:
        """Give what is not done back to the broker; return how many calls that were.

        Raises:
            BrokenError: some could not be given back.
        """
        self._replies.hold_back()
        self._end_workers()
        self._replies.close()
        with self._holding.changed:
            held = [*self._holding.calls]
        if held and not self._holding.give_back(held, self._link):
            raise BrokenError(f"{len(held)} calls could not be given back: the connection is lost")
        return len(held)

    def _end_workers(self) -> None:
        """End the processes: at once where they still have calls."""
        dispatcher = self._dispatcher
        dispatcher.close(cancel=True)
        if dispatcher.is_busy():
            dispatcher.signal_workers(WorkerProcess.kill)  # what is killed now is not tried again
        dispatcher.join()

    def _beat(self) -> None:
        """Keep what is held, whatever the calls do: they run in processes of their own."""
        due = time.monotonic()
        while not self._ended.wait(BEAT_EVERY):
            self._link.beat()
            if time.monotonic() >= due:
                due = time.monotonic() + STATE_EVERY
                self._write_state()

    def _write_state(self) -> None:
        with suppress(OSError):  # a full disk stops no work
            self._state.write(connected=self._link.connected)
