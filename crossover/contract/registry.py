"""Which transports there are; each is imported on use, so that this costs nothing."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Protocol
from urllib.parse import parse_qsl

from crossover.contract.errors import UsageError
from crossover.contract.options import Options, read_options
from crossover.contract.safety import Safety
from crossover.contract.text import ENCODE, masked, unreadable
from crossover.contract.transport import Transport
from workloads.base import Workload, nearest

TRANSPORTS = {
    "serial": "local_ipc.serial:SerialTransport",
    "threads": "local_ipc.threads:ThreadsTransport",
    "queue": "local_ipc.queues:QueueTransport",
    "pipe": "local_ipc.pipes:PipeTransport",
    "manager": "local_ipc.managers:ManagerTransport",
    "pool": "local_ipc.pools:PoolTransport",
    "executor": "local_ipc.executors:ExecutorTransport",
    "shared-memory": "local_ipc.shared_memory:SharedMemoryTransport",
    "redis-list": "brokers.redis.lists:RedisListTransport",
    "redis-stream": "brokers.redis.streams:RedisStreamTransport",
    "rabbitmq": "brokers.rabbitmq.transport:RabbitmqTransport",
    "celery+redis": "brokers.celery.transports:CeleryRedisTransport",
    "celery+rabbitmq": "brokers.celery.transports:CeleryRabbitmqTransport",
}

PLANTED = {"planted": "local_ipc.planted:PlantedTransport"}  # misbehaves on purpose, to prove the checker; in no list


class Address(NamedTuple):
    """A transport as it was asked for.

    Attributes:
        name: a key of TRANSPORTS.
        url: what was typed, without its password.
        server_address: where its server is, password included; nothing where none was typed.
        options: an instance of the transport's `options_type`.
    """

    name: str
    url: str
    server_address: str
    options: Options

    @property
    def label(self) -> str:
        """What to call it in a table: as typed, without what only makes it a URL."""
        return self.url if self.server_address else self.url.replace("://", "")

    @property
    def transport(self) -> type[Transport]:
        """The transport's class."""
        return load(self.name)

    def create(self, safety: Safety) -> Transport:
        """Return the transport, not yet started.

        Raises:
            UsageError: it cannot give this safety level.
        """
        if reason := self.refusal(safety):
            raise UsageError(reason)
        return self.transport(self.options, safety, self.server_address)

    def unusable(self) -> str | None:
        """Return why this transport cannot be used here, or None where it can."""
        return self.transport.unusable(self.server_address)

    def unfit(self, workload: Workload) -> str | None:
        """Return why a workload cannot travel through it, or None where it can."""
        return self.transport.unfit(self.options, workload)

    def unstoppable(self) -> str | None:
        """Return why its workers cannot be made to stand still, or None where they can."""
        reason = self.transport.unstoppable(self.options)
        return f"{self.name} cannot have a backlog, because {reason}" if reason else None

    def refusal(self, safety: Safety) -> str | None:
        """Return why this transport cannot give a safety level, or None where it can."""
        kind = self.transport
        if safety in kind.guarantees:
            return None
        return f"{self.name} has no {safety} level: {kind.refusals[safety]}; allowed: {', '.join(kind.guarantees)}"


def load(name: str) -> type[Transport]:
    """Return a transport's class.

    Raises:
        UsageError: no transport has this name.
    """
    table = PLANTED if name in PLANTED else TRANSPORTS
    found: type[Transport] = found_in(table, name, "transport")
    return found


def found_in(table: Mapping[str, str], name: str, what: str) -> Any:
    """Import what a table has under a name.

    Args:
        table: name → "module:attribute".
        name: as typed.
        what: what the table lists, in the singular.

    Raises:
        UsageError: it has nothing of this name.
    """
    if name not in table:
        shown = name.partition(":")[0]  # the rest may be a URL with a password and a slip
        raise UsageError(f"there is no {what} {shown!r}{nearest(shown, table)}; there are {', '.join(table)}")
    module, _, attribute = table[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def parse(url: str) -> Address:
    """Read a transport's name or URL: `queue`, `queue?start=spawn`, `redis-list://127.0.0.1:6379/0?prefetch=8`.

    Raises:
        UsageError: an unknown transport or option, or a value that is not allowed.
    """
    return Address(*read_url(url, load))


class Addressable(Protocol):
    """What can be named by a URL; Transport and SharedState say what these are."""

    server: ClassVar[str]
    options_type: ClassVar[type[Options]]


def read_url(url: str, kind_of: Callable[[str], type[Addressable]]) -> tuple[str, str, str, Options]:
    """Return a URL's name, itself without its password, its server address, and its options.

    Args:
        url: as typed.
        kind_of: finds the class of a name, or raises UsageError.

    Raises:
        UsageError: an unknown name or option, or a value that is not allowed.
    """
    beginning, _, query = url.partition("?")
    name, _, server_address = beginning.partition("://")
    kind = kind_of(name)
    if server_address and not kind.server:
        what = f": {name}?option=value" if kind.options_type.allowed else ""
        raise UsageError(f"{name} is inside this machine and takes no host or path{what}")
    if server_address and unreadable(url):
        raise UsageError(f"the URL of {name} cannot be read: {ENCODE}")
    given = parse_qsl(query, keep_blank_values=True)
    if len(dict(given)) < len(given):
        raise UsageError(f"{masked(url)}: an option is given twice")
    return name, masked(url), server_address, read_options(name, kind.options_type, dict(given))
