"""Faults that strike a broker, or the network path to it."""

from __future__ import annotations

import os
import signal

from crossover.contract.traits import Traits
from crossover.execution.faults.fault import Fault
from crossover.execution.faults.targets import FaultTargets

DURATION = 2.0  # seconds that a pause, a cut or a full memory lasts


class BrokerFault(Fault):
    """A fault that needs a broker: a server, or a manager's process."""

    controls_server = True

    def why_not(self, traits: Traits) -> str | None:
        """Return why it makes no sense where there is no broker."""
        return None if traits.server or traits.broker_process else "there is no broker"


class KillBroker(BrokerFault):
    """SIGKILL for the broker; a server is started again on its data, a manager's process stays dead."""

    name = "kill-broker"
    delay = 2.0  # RabbitMQ 3.10 loses a quorum queue that is younger than a second (docs/safety.md)

    def strike(self, targets: FaultTargets) -> None:
        """Kill it."""
        if targets.server is not None:
            targets.server.kill()
        else:
            targets.signal_broker(signal.SIGKILL)

    def heal(self, targets: FaultTargets) -> None:
        """Start it again."""
        if targets.server is not None:
            targets.server.restart()


class PauseBroker(BrokerFault):
    """SIGSTOP for the broker, for two seconds."""

    name = "pause-broker"
    duration = DURATION

    def strike(self, targets: FaultTargets) -> None:
        """Stop it."""
        if targets.server is not None:
            targets.server.pause()
        else:
            targets.signal_broker(signal.SIGSTOP)

    def heal(self, targets: FaultTargets) -> None:
        """Let it continue."""
        if targets.server is not None:
            targets.server.resume()
        else:
            targets.signal_broker(signal.SIGCONT)


class ServerFault(Fault):
    """A fault that needs a server."""

    def why_not(self, traits: Traits) -> str | None:
        """Return why it makes no sense where there is no server."""
        return None if traits.server else "its tasks cross no network"


class CutNetwork(ServerFault):
    """The network path forwards nothing for two seconds; then every connection is reset."""

    name = "cut-network"
    duration = DURATION
    cuts_network = True

    def strike(self, targets: FaultTargets) -> None:
        """Cut the path."""
        assert targets.network is not None
        targets.network.cut()

    def heal(self, targets: FaultTargets) -> None:
        """Reset every connection, and forward new ones."""
        assert targets.network is not None
        targets.network.restore()


class FillBrokerMemory(ServerFault):
    """The server has no free memory for two seconds: its limit is set below what it uses."""

    name = "fill-broker-memory"
    duration = DURATION
    fills_memory = True

    def strike(self, targets: FaultTargets) -> None:
        """Fill it, with the producer stopped: RabbitMQ needs most of a second, in which the run could end."""
        assert targets.memory is not None
        os.kill(targets.producer.pid, signal.SIGSTOP)
        try:
            targets.memory.fill()
        finally:
            os.kill(targets.producer.pid, signal.SIGCONT)

    def heal(self, targets: FaultTargets) -> None:
        """Give it its memory back."""
        assert targets.memory is not None
        targets.memory.relieve()
