"""Where a fault run takes place: the server and the network path that can be struck there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class FillableServer(Protocol):
    """A server whose memory can be filled."""

    def fill(self) -> None:
        """Leave it no free memory."""

    def relieve(self) -> None:
        """Give it its memory back."""


class ControllableServer(FillableServer, Protocol):
    """A private server whose process can be killed, started and paused."""

    def kill(self) -> None:
        """Kill it with SIGKILL."""

    def restart(self) -> None:
        """Start it again on its data."""

    def pause(self) -> None:
        """Stop all of its processes with SIGSTOP."""

    def resume(self) -> None:
        """Let all of its processes continue with SIGCONT."""


class NetworkPath(Protocol):
    """The path between a run and its server."""

    def cut(self) -> None:
        """Forward nothing any more, without closing anything."""

    def restore(self) -> None:
        """Reset every connection, and forward new ones."""


class FaultEnvironment(NamedTuple):
    """Where a fault run takes place.

    Attributes:
        variables: environment variables of its processes, in addition to this process's own.
        resumable: whether a new producer can take over from a dead one.
        server: the server whose process can be killed or paused; None: there is none, or the fault does not strike it.
        memory: the server whose memory can be filled; None, as for `server`.
        network: the path that can be cut; None, as for `server`.
    """

    variables: Mapping[str, str]
    resumable: bool
    server: ControllableServer | None = None
    memory: FillableServer | None = None
    network: NetworkPath | None = None
