"""Faults that strike a broker, or the way to it."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psutil

from crossover.contract.transport import Transport
from crossover.execution.faults.fault import Fault
from crossover.execution.faults.targets import FaultTargets

LASTS = 2.0  # seconds that a pause, a cut or a full memory lasts


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

    def strike(self, scene: FaultTargets) -> None:
        """Kill it."""
        if scene.server is not None:
            scene.server.kill()
        else:
            _signal(scene, signal.SIGKILL)

    def heal(self, scene: FaultTargets) -> None:
        """Start it again."""
        if scene.server is not None:
            scene.server.restart()


class PauseBroker(BrokerFault):
    """SIGSTOP the broker for two seconds."""

    name = "pause-broker"
    lasts = LASTS

    def strike(self, scene: FaultTargets) -> None:
        """Stop it."""
        if scene.server is not None:
            scene.server.pause()
        else:
            _signal(scene, signal.SIGSTOP)

    def heal(self, scene: FaultTargets) -> None:
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

    def strike(self, scene: FaultTargets) -> None:
        """Cut."""
        assert scene.way is not None
        scene.way.cut()

    def heal(self, scene: FaultTargets) -> None:
        """Reset, and let through again."""
        assert scene.way is not None
        scene.way.restore()


class FillBrokerMemory(NetworkFault):
    """Let the server's memory be full for two seconds: its limit becomes less than what it uses."""

    name = "fill-broker-memory"
    lasts = LASTS
    server = True

    def strike(self, scene: FaultTargets) -> None:
        """Fill; RabbitMQ takes most of a second for it, in which the producer must not come to its end."""
        assert scene.memory is not None
        os.kill(scene.subject.pid, signal.SIGSTOP)
        try:
            scene.memory.fill()
        finally:
            os.kill(scene.subject.pid, signal.SIGCONT)

    def heal(self, scene: FaultTargets) -> None:
        """Make room."""
        assert scene.memory is not None
        scene.memory.relieve()


def _signal(scene: FaultTargets, number: int) -> None:
    for pid in scene.subject.ready.processes.get("broker", ()):
        with suppress(psutil.NoSuchProcess):
            psutil.Process(pid).send_signal(number)
