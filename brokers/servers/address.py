"""Where a server is: in the transport's URL, else in an environment variable, else a private server of ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety


class ServerAddress(NamedTuple):
    """Where a server is.

    Attributes:
        url: password included; never printed.
        pids: process ids of a private server; empty for any other.
    """

    url: str
    pids: Sequence[int] = ()

    @property
    def private(self) -> bool:
        """Whether we launched the server."""
        return bool(self.pids)


def find(kind: str, server_address: str, safety: Safety, purpose: str = "") -> ServerAddress:
    """Return where the server is; start a private one unless the user named one.

    Args:
        kind: a name in the table of server kinds.
        server_address: from the transport's URL; empty: it has none.
        safety: the level.
        purpose: of a private server that is not to be shared with other transports.

    Raises:
        StartError: the private server cannot be started.
    """
    if url := server_kind(kind).named_url(server_address):
        return ServerAddress(url)
    server = private_server(kind, safety, purpose)
    return ServerAddress(server.url, server.pids)
