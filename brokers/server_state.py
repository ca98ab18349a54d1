"""What shared states in a server have in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence

from brokers.broker_transport import new_run
from brokers.servers import leftovers
from brokers.servers.address import ServerAddress, find
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.contract.shared_state import SharedState


class ServerState(SharedState):
    """One that lies in a server. Everything of it there has the run's name, and is removed."""

    at: ServerAddress
    _facts = ""
    _opened = False

    @classmethod
    def unusable(cls, server_address: str = "") -> str | None:
        """Return why no server can be used there, or None where one can."""
        return server_kind(cls.server).why_not(server_address)

    def start(self) -> None:
        """Find the server or start it, and make the counter."""
        self.at = find(self.server, self.server_address, Safety.DEFAULT)
        self.run = new_run()
        self._opened = True
        kind = server_kind(self.server)
        if not (self.at.private or kind.expires):
            leftovers.register(self.run, self.server, self.at.url, self.names())
        self._facts = self._facts or kind.inspect(self.at.url)
        self.open()

    @abstractmethod
    def open(self) -> None:
        """Make the counter.

        Raises:
            BrokenError: the server has gone.
        """

    def names(self) -> Sequence[str]:
        """Return the names of the run's queues; nothing where they all begin with a prefix that can be searched for."""
        return ()

    @abstractmethod
    def close(self) -> bool:
        """Remove everything of this run from the server, and disconnect; say whether nothing is left there."""

    def brokers(self) -> Mapping[str, str]:
        """Return the server's version and settings."""
        return {self.server: self._facts} if self._facts else {}

    def processes(self) -> Mapping[str, Sequence[int]]:
        """Return the server, where it is ours."""
        return {"broker": self.at.pids} if self._opened and self.at.private else {}

    def stop(self) -> None:
        """Remove everything from the server."""
        if self._opened:
            self._opened = False
            if self.close():
                leftovers.unregister(self.run)
