"""Where a run under a fault takes place: its server, the way there, and whether the fault can be made at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil

from brokers.servers.compose import WORKERS
from brokers.servers.controllable import ControllableServer
from brokers.servers.fillable import FillableServer
from brokers.servers.kind import ServerKind
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution.faults.broker_faults import FillBrokerMemory
from crossover.execution.faults.fault import Fault
from crossover.execution.faults.fault_run import FaultEnvironment
from crossover.experiments.proxied import proxied_url, proxy_to, why_not_proxied

MEMORY_FOR_OVERSIZE = 4 * 2**30  # bytes; a payload of 512 MiB is copied when it is packed


class FaultEnvironments:
    """Prepares stages; used by several threads at once.

    Args:
        destructive: host and port of servers given by URL that may be filled.
    """

    def __init__(self, destructive: frozenset[str]) -> None:
        self._destructive = destructive
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    def meaningless(self, address: Address, fault: Fault) -> str:
        """Return why a fault means nothing to a transport; nothing where it does."""
        return fault.meaningless(address.transport)

    def impossible(self, address: Address, fault: Fault) -> str:
        """Return why a fault cannot be made for a transport here; nothing where it can."""
        kind = address.transport
        if fault.odd == "oversize" and psutil.virtual_memory().available < MEMORY_FOR_OVERSIZE:
            return f"it takes {MEMORY_FOR_OVERSIZE // 2**30} GiB of memory, which are not free"
        if not kind.server:
            return ""
        server = server_kind(kind.server)
        url = server.named_url(address.server_address)
        return self._forbidden(server, url, fault) if url else ""

    @contextmanager
    def stage(self, address: Address, level: Safety, fault: Fault) -> Iterator[FaultEnvironment]:
        """Prepare a stage, and take it away again; whoever strikes a server has it alone.

        Raises:
            StartError: its server cannot be started.
        """
        kind = address.transport
        if not kind.server:
            yield FaultEnvironment({}, takes_over=False)
            return
        with ExitStack() as stack:
            victim: ControllableServer | None = None
            memory: ControllableServer | FillableServer | None = None
            server = server_kind(kind.server)
            url = server.named_url(address.server_address)
            if url is None:
                private = private_server(kind.server, level, "victim" if fault.server else "")
                url = private.url
                victim = memory = private if fault.server else None
            elif fault.server:
                memory = FillableServer(kind.server, url)
            if fault.server or server.host_and_port(url) in self._destructive:
                stack.enter_context(self._turn(server.host_and_port(url)))
            way = stack.enter_context(proxy_to(server, url)) if fault.way else None
            environment = {
                server.variable: proxied_url(url, way) if way else url,
                WORKERS: "own",  # others keep no journal
            }
            yield FaultEnvironment(environment, kind.resumable, victim, memory, way)

    def _turn(self, where: str) -> threading.Lock:
        with self._guard:
            return self._turns.setdefault(where, threading.Lock())

    def _forbidden(self, server: ServerKind, url: str, fault: Fault) -> str:
        """Return why a server of somebody else cannot be struck."""
        if fault.way and (reason := why_not_proxied(server, url)):
            return reason
        if not fault.server:
            return ""
        if server.host_and_port(url) not in self._destructive:
            return f"the server at {server.host_and_port(url)} was given by its URL, and is not ours to strike"
        if not isinstance(fault, FillBrokerMemory):
            return f"the server at {server.host_and_port(url)} is not ours to start again"
        return server.why_not_filled(private=False) or ""
