"""Provides the server and the network path of a fault run, and decides whether a fault can be injected there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import psutil

from brokers.servers.compose import WORKERS_VARIABLE
from brokers.servers.controllable import ControllableServer
from brokers.servers.fillable import FillableServer
from brokers.servers.kind import ServerKind
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.registry import Address
from crossover.contract.safety import Safety
from crossover.execution.faults.environment import FaultEnvironment
from crossover.execution.faults.fault import Fault
from crossover.execution.producer.defective_payload import Defect
from crossover.experiments.proxied import proxied_url, proxy_to, why_not_proxied

MEMORY_FOR_OVERSIZE = 4 * 2**30  # bytes; a payload of 512 MiB is copied several times
STRUCK = "struck by faults"  # the purpose of private servers that are struck; other runs must not use them


class FaultEnvironments:
    """Provides environments of fault runs; used by several threads at once.

    Args:
        destructive: host and port of servers, named by the user, whose memory may be filled.
    """

    def __init__(self, destructive: frozenset[str]) -> None:
        self._destructive = destructive
        self._guard = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}

    def why_not(self, address: Address, fault: Fault) -> str | None:
        """Return why a fault cannot be injected into runs of a transport here, or None where it can."""
        if fault.defect is Defect.OVERSIZE and psutil.virtual_memory().available < MEMORY_FOR_OVERSIZE:
            return f"it needs {MEMORY_FOR_OVERSIZE // 2**30} GiB of free memory"
        name = address.traits.server
        url = server_kind(name).named_url(address.server_address) if name else None
        return self._why_not_named_server(server_kind(name), url, fault) if url else None

    @contextmanager
    def prepare(self, address: Address, level: Safety, fault: Fault) -> Iterator[FaultEnvironment]:
        """Provide an environment, and clean it up; a fault that strikes a server has it to itself.

        Raises:
            StartError: its server cannot be started.
        """
        traits = address.traits
        if not traits.server:
            yield FaultEnvironment({}, resumable=False)
            return
        with ExitStack() as stack:
            server: ControllableServer | None = None
            memory: ControllableServer | FillableServer | None = None
            kind = server_kind(traits.server)
            url = kind.named_url(address.server_address)
            if url is None:
                private = private_server(traits.server, level, STRUCK if fault.strikes_server else "")
                url = private.url
                server = memory = private if fault.strikes_server else None
            elif fault.fills_memory:
                memory = FillableServer(traits.server, url)
            host_and_port = kind.host_and_port(url)
            if fault.strikes_server or host_and_port in self._destructive:
                stack.enter_context(self._turn(host_and_port))
            network = stack.enter_context(proxy_to(kind, url)) if fault.cuts_network else None
            variables = {
                kind.variable: proxied_url(url, network) if network else url,
                WORKERS_VARIABLE: "own",  # external workers keep no journal
            }
            yield FaultEnvironment(variables, traits.resumable, server, memory, network)

    def _turn(self, host_and_port: str) -> threading.Lock:
        with self._guard:
            return self._turns.setdefault(host_and_port, threading.Lock())

    def _why_not_named_server(self, kind: ServerKind, url: str, fault: Fault) -> str | None:
        """Return why a server that the user has named cannot be struck, or None where it can."""
        host_and_port = kind.host_and_port(url)
        if fault.cuts_network:
            return why_not_proxied(kind, url)
        if fault.controls_server:
            return f"the server at {host_and_port} was named by its URL; only private servers are killed or paused"
        if not fault.fills_memory:
            return None
        if host_and_port not in self._destructive:
            allow = f"--destructive {host_and_port} allows crossover to fill its memory"
            return f"the server at {host_and_port} was named by its URL; {allow}"
        return kind.why_not_filled(private=False)
