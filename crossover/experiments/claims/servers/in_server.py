"""What lies in a server under a name, and each process reaches through a connection of its own."""

from __future__ import annotations

import importlib
import multiprocessing
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar
from uuid import uuid4

from crossover.experiments.claims.servers.address import server_url

SERVERS = {"Redis": "in_redis", "memcached": "in_memcached", "RabbitMQ": "in_rabbitmq"}
"""Title → module; they are imported when they are used: not every Python has their libraries."""

LOCAL = "multiprocessing"
KINDS = ("redis", "memcached", "rabbitmq")
EXPIRES = 60  # seconds after which a server forgets what nobody has removed, because we were killed
DEADLINE = 10.0  # seconds that anything may take
PAUSE = 0.001  # seconds between two attempts, where a server cannot tell us that it is our turn


class InServer:
    """What lies in a server; it can be passed to another process.

    Args:
        name: its own, unlike any other.
        lease: seconds after which the server takes a lock away from its holder.
    """

    kind: ClassVar[str]
    connect: Callable[[str], Any]

    def __init__(self, name: str, lease: float = EXPIRES) -> None:
        self.name = name
        self.lease = lease
        self.url = server_url(self.kind)
        self._client: Any = None
        self._owner = 0  # pid

    @property
    def client(self) -> Any:
        """The connection of this process: a forked one must not use that of its parent."""
        if self._owner != os.getpid():
            self._client, self._owner = type(self).connect(self.url), os.getpid()
        return self._client

    def close(self) -> None:
        """Disconnect this process."""
        if self._owner == os.getpid():
            self._client.close()
            self._client, self._owner = None, 0

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_client": None, "_owner": 0}


def new_name() -> str:
    """Return a name for what an experiment keeps in servers."""
    return f"crossover-claims-{uuid4().hex}"


def module_of(server: str) -> Any:
    """Return the module about a server.

    Args:
        server: its title.
    """
    return importlib.import_module(f"{__package__}.{SERVERS[server]}")


def parts(name: str) -> tuple[str, ...]:
    """Return what belongs to a lesson: that part of every server.

    Args:
        name: Lock, Semaphore or Event.
    """
    return tuple(f"servers.{module}:{name}" for module in SERVERS.values())


@contextmanager
def kept(thing: Any) -> Iterator[Any]:
    """Create something in a server, give it, and remove it in the end."""
    try:
        thing.create()
        yield thing
    finally:
        thing.remove()


@contextmanager
def everywhere(part: str, *arguments: Any) -> Iterator[dict[str, Any]]:
    """Give label → a lock, a semaphore or an event: that of multiprocessing, and one in each server.

    Args:
        part: Lock, Semaphore or Event.
        *arguments: of each of them.
    """
    with ExitStack() as stack:
        made = {LOCAL: getattr(multiprocessing, part)(*arguments)}
        for server in SERVERS:
            made[server] = stack.enter_context(kept(getattr(module_of(server), part)(new_name(), *arguments)))
        yield made
