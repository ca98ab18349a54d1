"""Which transports there are; each is imported on use, so that this costs nothing."""

from __future__ import annotations

import importlib
from typing import NamedTuple
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
    "shared-memory": "local_ipc.shared_ring:SharedMemoryTransport",
    "redis-list": "brokers.redis_lists:RedisListTransport",
    "redis-stream": "brokers.redis_streams:RedisStreamTransport",
    "rabbitmq": "brokers.rabbitmq:RabbitmqTransport",
    "celery+redis": "brokers.celery_transport:CeleryRedisTransport",
    "celery+rabbitmq": "brokers.celery_transport:CeleryRabbitmqTransport",
}


class Address(NamedTuple):
    """A transport as it was asked for.

    Attributes:
        name: a key of TRANSPORTS.
        url: what was typed, without its password.
        place: where its server is, password included; nothing where none was typed.
        options: an instance of the transport's `options_type`.
    """

    name: str
    url: str
    place: str
    options: Options

    @property
    def label(self) -> str:
        """What to call it in a table: as typed, without what only makes it a URL."""
        return self.url if self.place else self.url.replace("://", "")

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
        return self.transport(self.options, safety, self.place)

    def unusable(self) -> str | None:
        """Return why this transport cannot be used here, or None where it can."""
        return self.transport.unusable(self.place)

    def unfit(self, workload: Workload) -> str | None:
        """Return why a workload cannot travel through it, or None where it can."""
        return self.transport.unfit(self.options, workload)

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
    if name not in TRANSPORTS:
        known = list(TRANSPORTS)
        shown = name.partition(":")[0]  # the rest may be a URL with a password and a slip
        raise UsageError(f"there is no transport {shown!r}{nearest(shown, known)}; there are {', '.join(known)}")
    module, _, attribute = TRANSPORTS[name].partition(":")
    found: type[Transport] = getattr(importlib.import_module(module), attribute)
    return found


def parse(url: str) -> Address:
    """Read a transport's name or URL: `queue`, `queue?start=spawn`, `redis-list://127.0.0.1:6379/0?prefetch=8`.

    Raises:
        UsageError: an unknown transport or option, or a value that is not allowed.
    """
    place, _, query = url.partition("?")
    name, _, place = place.partition("://")
    kind = load(name)
    if place and not kind.server:
        raise UsageError(f"{name} is inside this machine and takes no host or path: {name}?option=value")
    if place and unreadable(url):
        raise UsageError(f"the URL of {name} cannot be read: {ENCODE}")
    given = parse_qsl(query, keep_blank_values=True)
    if len(dict(given)) < len(given):
        raise UsageError(f"{masked(url)}: an option is given twice")
    return Address(name, masked(url), place, read_options(name, kind.options_type, dict(given)))
