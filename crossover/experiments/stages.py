"""Where a run under a fault takes place: its server, the way there, and whether the fault can be made at all."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import psutil

from brokers import places
from brokers.compose import WORKERS
from brokers.servers import private_server
from brokers.victims import Victim
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution.fault import Fault
from crossover.execution.faults_of_brokers import FillBrokerMemory
from crossover.execution.ordeal import Stage
from crossover.execution.proxy import HOST, Proxy

MEMORY_FOR_OVERSIZE = 4 * 2**30  # bytes; a payload of 512 MiB is copied when it is packed


class Filled(Victim):
    """A server of somebody else, who has allowed that its memory is filled.

    Args:
        kind, url: of the server.
    """

    def __init__(self, kind: str, url: str) -> None:
        self.kind = kind
        self.url = url
        self._environment = {}


class Stages:
    """Prepares stages; used by several threads at once.

    Args:
        destructive: host and port of servers given by URL that may be filled.
    """

    def __init__(self, destructive: frozenset[str]) -> None:
        self._destructive = destructive
        self._turns: Mapping[str, threading.Lock] = defaultdict(threading.Lock)

    def impossible(self, address: Address, fault: Fault) -> str:
        """Return why a fault cannot be made for a transport here, or means nothing to it; nothing where it can."""
        kind = address.transport
        if fault.odd == "oversize" and psutil.virtual_memory().available < MEMORY_FOR_OVERSIZE:
            return f"it takes {MEMORY_FOR_OVERSIZE // 2**30} GiB of memory, which are not free"
        url = places.named(kind.server, address.place) if kind.server else None
        return fault.meaningless(kind) or (self._forbidden(kind.server, url, fault) if url else "")

    def _forbidden(self, server: str, url: str, fault: Fault) -> str:
        """Return why a server of somebody else cannot be struck."""
        if fault.way and urlsplit(url).scheme not in {"redis", "amqp"}:
            return "there is no proxy for a Unix socket or for TLS"
        if not fault.server:
            return ""
        if isinstance(fault, FillBrokerMemory) and places.where(url) in self._destructive and server == "redis":
            return ""
        return f"the server at {places.where(url)} was given by its URL, and is not ours to strike"

    @contextmanager
    def stage(self, address: Address, level: Safety, fault: Fault) -> Iterator[Stage]:
        """Prepare a stage, and take it away again.

        Raises:
            StartError: its server cannot be started.
        """
        kind = address.transport
        if not kind.server:
            yield Stage({}, takes_over=False)
            return
        with ExitStack() as stack:
            server: Victim | None = None
            url = places.named(kind.server, address.place)
            if url is None and fault.server:  # one at a time strikes it
                stack.enter_context(self._turns[f"{kind.server} {level}"])
            if url is None:
                server = private = private_server(kind.server, level, "victim" if fault.server else "")
                url = private.url
            elif fault.server:
                server = Filled(kind.server, url)
            way = None
            if fault.way:
                parts = urlsplit(url)
                way = stack.enter_context(Proxy(parts.hostname or HOST, places.port(url)))
                user = parts.netloc.removesuffix(parts.netloc.rpartition("@")[2])
                url = parts._replace(netloc=f"{user}{HOST}:{way.port}").geturl()
            environment = {places.VARIABLES[kind.server]: url, WORKERS: "own"}  # others keep no journal
            yield Stage(environment, kind.resumable, server if fault.server else None, way)
