"""What can happen to a run: each a small class that strikes, and heals."""

from __future__ import annotations

import os
import signal
from abc import ABC
from contextlib import suppress
from enum import StrEnum
from typing import ClassVar

import psutil

from crossover.contract.transport import Transport
from crossover.execution.scene import Scene

LASTS = 2.0  # seconds that a pause, a cut or a full memory lasts


class Moment(StrEnum):
    """When a fault strikes."""

    NEVER = "never"
    IDLE = "idle"  # when the workers are ready, before the first task
    BUSY = "busy"  # when a part of the tasks has been done
    TASK = "task"  # with one of the tasks


class Fault(ABC):
    """Something that happens once in a run.

    Attributes:
        name: what people call it.
        moment: when it strikes.
        after: seconds that the run must have been ready before it strikes.
        lasts: seconds from the strike until it is healed.
        server: whether a private server of its own is struck.
        way: whether the way to the server is.
        odd: what is odd about one payload (crossover/execution/subject.py).
    """

    name: ClassVar[str]
    moment: ClassVar[Moment] = Moment.BUSY
    after: ClassVar[float] = 0.0
    lasts: ClassVar[float] = 0.0
    server: ClassVar[bool] = False
    way: ClassVar[bool] = False
    odd: ClassVar[str] = ""

    def meaningless(self, kind: type[Transport]) -> str:
        """Return why it means nothing to a transport; nothing where it does."""
        return ""

    def strike(self, scene: Scene) -> None:  # noqa: B027
        """Let it happen."""

    def heal(self, scene: Scene) -> None:  # noqa: B027
        """Let it be over."""


class NoFault(Fault):
    """Nothing happens: the control, which must lose nothing."""

    name = "none"
    moment = Moment.NEVER


class WorkerFault(Fault):
    """One that needs a worker in a process of its own."""

    def meaningless(self, kind: type[Transport]) -> str:
        """Say where there is none."""
        return "" if kind.worker_processes else "its worker is the producer's own process: see kill-producer"


class KillBusyWorker(WorkerFault):
    """SIGKILL a worker in the middle of a task."""

    name = "kill-worker-busy"

    def strike(self, scene: Scene) -> None:
        """Catch one at work, and kill it.

        Raises:
            RuntimeError: none could be caught.
        """
        if not scene.kill_busy():
            raise RuntimeError("no worker could be caught at work")


class KillIdleWorker(WorkerFault):
    """SIGKILL a worker that waits for its first task."""

    name = "kill-worker-idle"
    moment = Moment.IDLE

    def strike(self, scene: Scene) -> None:
        """Kill the first."""
        os.kill(scene.subject.ready.processes["workers"][0], signal.SIGKILL)


class KillWorkerParent(Fault):
    """SIGKILL the process that started the workers, where that is not the producer."""

    name = "kill-worker-parent"

    def meaningless(self, kind: type[Transport]) -> str:
        """Say where it is the producer."""
        return "" if kind.worker_parent else "the parent of its workers is the producer: see kill-producer"

    def strike(self, scene: Scene) -> None:
        """Kill the last one: it is named after those that it started."""
        os.kill(scene.subject.ready.processes["workers"][-1], signal.SIGKILL)


class KillProducer(Fault):
    """SIGKILL the producer; its workers, which nobody must leave behind, follow it."""

    name = "kill-producer"

    def strike(self, scene: Scene) -> None:
        """Kill it."""
        scene.subject.kill()


class BrokerFault(Fault):
    """One that needs a broker: a server, or a manager's process."""

    server = True

    def meaningless(self, kind: type[Transport]) -> str:
        """Say where there is none."""
        return "" if kind.server or kind.broker_process else "there is no broker"


class KillBroker(BrokerFault):
    """SIGKILL the broker, and start it again on its data; a manager has none, and stays dead."""

    name = "kill-broker"
    after = 2.0  # RabbitMQ 3.10 loses a quorum queue that is younger than a second (docs/safety.md)

    def strike(self, scene: Scene) -> None:
        """Kill it."""
        if scene.server is not None:
            scene.server.kill()
        else:
            _signal(scene, signal.SIGKILL)

    def heal(self, scene: Scene) -> None:
        """Start it again."""
        if scene.server is not None:
            scene.server.restart()


class PauseBroker(BrokerFault):
    """SIGSTOP the broker for two seconds."""

    name = "pause-broker"
    lasts = LASTS

    def strike(self, scene: Scene) -> None:
        """Stop it."""
        if scene.server is not None:
            scene.server.pause()
        else:
            _signal(scene, signal.SIGSTOP)

    def heal(self, scene: Scene) -> None:
        """Let it go on."""
        if scene.server is not None:
            scene.server.resume()
        else:
            _signal(scene, signal.SIGCONT)


class NetworkFault(Fault):
    """One that needs a server."""

    def meaningless(self, kind: type[Transport]) -> str:
        """Say where there is none."""
        return "" if kind.server else "nothing of it crosses a network"


class CutNetwork(NetworkFault):
    """Let nothing through for two seconds, then reset every connection."""

    name = "cut-network"
    lasts = LASTS
    way = True

    def strike(self, scene: Scene) -> None:
        """Cut."""
        assert scene.way is not None
        scene.way.cut()

    def heal(self, scene: Scene) -> None:
        """Reset, and let through again."""
        assert scene.way is not None
        scene.way.heal()


class FillBrokerMemory(NetworkFault):
    """Let the server's memory be full for two seconds: its limit becomes less than what it uses."""

    name = "fill-broker-memory"
    lasts = LASTS
    server = True

    def strike(self, scene: Scene) -> None:
        """Fill."""
        assert scene.server is not None
        scene.server.fill()

    def heal(self, scene: Scene) -> None:
        """Make room."""
        assert scene.server is not None
        scene.server.relieve()


class PoisonTask(Fault):
    """One task kills each process that begins it."""

    name = "poison-task"
    moment = Moment.TASK


class OversizePayload(Fault):
    """One task's payload is larger than what the broker takes; where there is no limit, it is 64 MiB."""

    name = "oversize-payload"
    moment = Moment.TASK
    odd = "oversize"


class UnpicklablePayload(Fault):
    """One task's payload cannot be pickled."""

    name = "unpicklable-payload"
    moment = Moment.TASK
    odd = "unpicklable"


def _signal(scene: Scene, number: int) -> None:
    for pid in scene.subject.ready.processes.get("broker", ()):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).send_signal(number)


KINDS = (
    NoFault,
    KillBusyWorker,
    KillIdleWorker,
    KillWorkerParent,
    KillProducer,
    KillBroker,
    PauseBroker,
    CutNetwork,
    FillBrokerMemory,
    PoisonTask,
    OversizePayload,
    UnpicklablePayload,
)
FAULTS = {kind.name: kind() for kind in KINDS}
"""Every fault, by name."""
