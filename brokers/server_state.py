"""The base of shared states that are in a server."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from brokers.broker_transport import new_run
from brokers.servers import leftovers
from brokers.servers.address import ServerAddress, find
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.contract.shared_state import SharedState
from crossover.contract.traits import RunRequest


class ServerState(SharedState):
    """A counter in a server. Everything it creates there has the name of the run, and is removed.

    Attributes:
        at: address of the server; known once found.
    """

    at: ServerAddress
    _found = False
    _server_info = ""
    _opened = False

    @classmethod
    def why_not(cls, request: RunRequest) -> str | None:
        """Return why this state cannot do what is requested; it needs a server that can be used."""
        if reason := super().why_not(request):
            return reason
        return server_kind(cls.traits.server).why_not(cls.traits.name, request) if request.usable_here else None

    @classmethod
    def warnings(cls, request: RunRequest) -> Sequence[str]:
        """Return what the user should know of the server."""
        return server_kind(cls.traits.server).warnings(cls.traits.name, request)

    def find_server(self) -> None:
        """Find or start the server, once for each start."""
        if not self._found:
            self.at = find(self.traits.server, self.server_address, Safety.DEFAULT)
            self._found = True

    def start(self) -> None:
        """Create the counter in the server."""
        self.find_server()
        self.run = new_run()
        self._opened = True
        kind = server_kind(self.traits.server)
        if not (self.at.private or kind.expires):
            leftovers.register(self.run, self.traits.server, self.at.url, self.names())
        self._server_info = self._server_info or kind.inspect(self.at.url)
        self.open()

    @abstractmethod
    def open(self) -> None:
        """Create the counter.

        Raises:
            BrokenError: the server is down.
        """

    def names(self) -> Sequence[str]:
        """Return the names of the run's queues; none where all its keys have a prefix that can be scanned for."""
        return ()

    @abstractmethod
    def close(self) -> bool:
        """Remove everything of this run from the server, and disconnect; return whether that worked."""

    def brokers(self) -> Mapping[str, str]:
        """Return the server's version and settings."""
        return {self.traits.server: self._server_info} if self._server_info else {}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the processes of a private server."""
        return {"broker": self.at.pids} if self._opened and self.at.private else {}

    def stop(self) -> None:
        """Remove everything from the server."""
        self._found = False
        if self._opened:
            self._opened = False
            if self.close():
                leftovers.unregister(self.run)
