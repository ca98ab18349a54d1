"""manager: `multiprocessing.Manager().Queue()`, two queues in a process of their own."""

from __future__ import annotations

import queue
import secrets
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.managers import SyncManager

from crossover.contract.errors import BrokenError
from crossover.contract.system import getpid
from crossover.contract.tasks import Done, Outcomes
from crossover.workers.fleet import Fleet, context_for, interrupts_held_back
from crossover.workers.processes.lifetime import Readiness, end
from crossover.workers.processes.parent_end import die_with_parent
from local_ipc.channels.pickling import Message, unwrap_outcomes
from local_ipc.process_transport import FleetTransport, SharedInbox, local_traits
from local_ipc.submitting import PuttingTransport
from workloads.base import Workload


class ManagerProcess:
    """A manager of `multiprocessing`, a process that never outlives this one.

    Attributes:
        proxies: creates objects in the manager, and returns proxies to them; known once started.
        pids: its process id.

    Args:
        context: how it starts (fork, spawn, forkserver).
    """

    proxies: SyncManager

    def __init__(self, context: BaseContext) -> None:
        self._context = context
        self._readiness = Readiness(context)
        self.pids = self._readiness.pids
        self._started = False

    def start(self) -> SyncManager:
        """Start it, and return `proxies`.

        Raises:
            StartError: it did not become ready.
        """
        # an abstract socket: one in the file system would be left there if this process were killed
        self.proxies = SyncManager(f"\0crossover-{getpid()}-{secrets.token_hex(8)}", ctx=self._context)
        with interrupts_held_back():
            self.proxies.start(_enter, (self._readiness.reports,))
            self._started = True
        self._readiness.wait(1)
        return self.proxies

    def stop(self) -> None:
        """Shut it down; kill it if it does not end."""
        if self._started:
            end(self.pids, self.proxies.shutdown)
        self._readiness.close()


class ManagerInbox(SharedInbox):
    """An inbox of proxies: each call is a round trip to the manager."""

    def open(self) -> None:
        """Connect to the manager."""
        super().open()
        self._tasks.qsize()


class ManagerTransport(PuttingTransport, FleetTransport):
    """Two `queue.Queue` in a manager, which is the broker here; producer and workers use them through proxies.

    Accepted: a task is in the memory of the manager.

    Options: start (fork | spawn | forkserver; default: the platform's).
    """

    needs_semaphores = False
    traits = local_traits("manager", broker_process=True)

    _manager: ManagerProcess | None = None

    def start(self, workload: Workload, workers: int) -> None:
        """Start the manager, then the workers."""
        context = context_for(self.options.start)
        self._manager = ManagerProcess(context)
        self._tasks = self._manager.start().Queue()
        self._outcomes = self._manager.proxies.Queue()
        self._fleet = Fleet(context, workload.reference)
        for _ in range(workers):
            self._fleet.add(ManagerInbox(self._tasks, self._outcomes))
        self._fleet.wait_until_ready()

    def collect(self, limit: int, timeout: float) -> Sequence[Outcomes | Done]:
        """Get one message of outcomes: to try for a second would cost a round trip even if there is none."""
        try:
            return (unwrap_outcomes(self._outcomes.get(timeout=timeout)),)
        except queue.Empty:
            return ()
        except (EOFError, OSError) as error:
            raise BrokenError("the manager's process has ended") from error

    def _put(self, message: Message) -> None:
        try:
            self._tasks.put(message)
        except (EOFError, OSError) as error:
            raise BrokenError("the manager's process has ended") from error

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the workers, and the manager as the broker."""
        return {**super().processes(), "broker": self._manager.pids if self._manager else []}

    def stop(self) -> None:
        """Stop the workers, then the manager."""
        super().stop()
        if self._manager is not None:
            self._manager.stop()
            self._manager = None


def _enter(reports: Connection) -> None:
    die_with_parent()
    reports.send((getpid(), None))
