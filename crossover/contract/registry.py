"""The table of transports, and their URLs; each transport is imported on use, so that this module is cheap."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from crossover.contract.errors import UsageError
from crossover.contract.options import PYTHON, WORKERS, Options, interpreter, read_options, with_workers, worker_count
from crossover.contract.safety import Safety
from crossover.contract.text import ENCODE, masked, unreadable
from crossover.contract.traits import RunRequest, StateTraits, Traits, WorkerKind
from crossover.contract.transport import Transport
from workloads.base import nearest

TRANSPORTS = {
    "serial": "local_ipc.serial:SerialTransport",
    "threads": "local_ipc.threads:ThreadsTransport",
    "queue": "local_ipc.queues:QueueTransport",
    "pipe": "local_ipc.pipes:PipeTransport",
    "unix-socket": "local_ipc.unix_sockets:UnixSocketTransport",
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

HIDDEN = {"planted": "local_ipc.misbehaving:MisbehavingTransport"}  # not listed: it tests the checker

FAMILIES = {
    "multiprocessing": ("queue", "pipe", "pool"),
    "process": ("queue", "pipe", "pool"),
    "processes": ("queue", "pipe", "pool"),
    "concurrent.futures": ("executor", "threads"),
    "futures": ("executor", "threads"),
    "socket": ("unix-socket",),
    "stream": ("redis-stream",),
    "list": ("redis-list",),
    "thread": ("threads",),
}
"""Names by which people look for transports."""


class Address(NamedTuple):
    """A transport as it was requested: name, server and options.

    Attributes:
        name: a key of TRANSPORTS.
        url: as typed, without its password.
        server_address: where its server is, password included; empty where none was typed.
        options: an instance of `traits.options_type`.
        python: path of the interpreter that runs it; empty: the one that runs the command.
        workers: how many it has; 0: as many as the command gives each.
    """

    name: str
    url: str
    server_address: str
    options: Options
    python: str = ""
    workers: int = 0

    @property
    def label(self) -> str:
        """Its label in tables: as typed, without "://" where no server follows."""
        return self.url if self.server_address else self.url.replace("://", "")

    def with_workers(self, workers: int) -> Address:
        """Return the same transport with another number of workers, as if it had been typed."""
        return self._replace(url=with_workers(self.url, workers), workers=workers)

    @property
    def has_own_workers(self) -> bool:
        """Whether it starts workers, whose number can then be chosen."""
        return self.traits.worker_kind is not WorkerKind.PRODUCER and self.options.own_workers

    @property
    def transport(self) -> type[Transport]:
        """The transport's class."""
        return load(self.name)

    @property
    def traits(self) -> Traits:
        """What is true of each of its runs."""
        return self.transport.traits

    def create(self, safety: Safety) -> Transport:
        """Return the transport, not yet started.

        Raises:
            UsageError: it does not have this safety level.
        """
        if reason := self.why_not(RunRequest(safety=safety)):
            raise UsageError(reason)
        transport = self.transport(self.options, safety, self.server_address)
        transport.python = self.python
        return transport

    def why_not(self, request: RunRequest) -> str | None:
        """Return why this transport cannot do what is requested, or None where it can."""
        return self.transport.why_not(self._complete(request))

    def warnings(self, request: RunRequest) -> Sequence[str]:
        """Return what the user should know before this transport is used as requested, in sentences."""
        return self.transport.warnings(self._complete(request))

    def _complete(self, request: RunRequest) -> RunRequest:
        return request._replace(options=self.options, server_address=self.server_address)


def load(name: str) -> type[Transport]:
    """Return a transport's class.

    Raises:
        UsageError: no transport has this name.
    """
    table = HIDDEN if name in HIDDEN else TRANSPORTS
    found: type[Transport] = import_entry(table, name, "transport", FAMILIES)
    return found


def known_traits(name: str) -> Traits | None:
    """Return a transport's traits, or None where there is none of this name: a result may be from another machine."""
    return load(name).traits if name in TRANSPORTS or name in HIDDEN else None


def import_entry(
    table: Mapping[str, str], name: str, what: str, families: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> Any:
    """Import the entry of a table.

    Args:
        table: name → "module:attribute".
        name: as typed.
        what: kind of the entries, in the singular.
        families: another name → entries that it may stand for.

    Raises:
        UsageError: there is no entry of this name.
    """
    if name not in table:
        shown = name.partition(":")[0]  # the rest may be a mistyped URL with a password
        raise UsageError(f"there is no {what} {shown!r}{nearest(shown, table, families)}; there are {', '.join(table)}")
    module, _, attribute = table[name].partition(":")
    return getattr(importlib.import_module(module), attribute)


def parse(url: str) -> Address:
    """Read a transport's name or URL: `queue`, `queue?start=spawn`, `redis-list://127.0.0.1:6379/0?prefetch=8`.

    Each takes `python=PATH`, too: the interpreter that runs it; and `workers=N`, where it has workers of its own.

    Raises:
        UsageError: an unknown transport or option, or a value that is not allowed.
    """
    name, shown, server_address, options, others = read_url(url, lambda name: load(name).traits, (PYTHON, WORKERS))
    python = interpreter(name, others[PYTHON]) if PYTHON in others else ""
    if python and not options.own_workers:
        raise UsageError(f"{name}: {PYTHON} is for own workers; external ones keep the Python that they run under")
    workers = worker_count(name, others[WORKERS]) if WORKERS in others else 0
    if workers and not options.own_workers:
        raise UsageError(f"{name}: {WORKERS} is for own workers; of external ones there are as many as run already")
    if workers and load(name).traits.worker_kind is WorkerKind.PRODUCER:
        raise UsageError(f"{name} has no workers, so {WORKERS}= cannot be set")
    return Address(name, shown, server_address, options, python, workers)


def read_url(
    url: str, traits_of: Callable[[str], Traits | StateTraits], others: Sequence[str] = ()
) -> tuple[str, str, str, Options, Mapping[str, str]]:
    """Return a URL's name, the URL without its password, its server address, its options, and other options as typed.

    Args:
        url: as typed.
        traits_of: returns the traits of a name, or raises UsageError.
        others: options that are not in `traits.options_type`.

    Raises:
        UsageError: an unknown name or option, or a value that is not allowed.
    """
    beginning, _, query = url.partition("?")
    name, _, server_address = beginning.partition("://")
    traits = traits_of(name)
    if server_address and not traits.server:
        what = f": {name}?option=value" if traits.options_type.allowed or others else ""
        raise UsageError(f"{name} is inside this machine and takes no host or path{what}")
    if server_address and unreadable(url):
        raise UsageError(f"the URL of {name} cannot be read: {ENCODE}")
    given = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)  # the path of a Python may have a + in it
    if len(dict(given)) < len(given):
        raise UsageError(f"{masked(url)}: an option is given twice")
    typed = dict(given)
    own = traits.options_type.allowed
    found = {one: typed.pop(one) for one in others if one in typed and (one not in own or typed[one].isdigit())}
    return name, masked(url), server_address, read_options(name, traits.options_type, typed, others), found
