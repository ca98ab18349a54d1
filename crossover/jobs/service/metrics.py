"""Figures of a worker for Prometheus, on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any

from crossover.contract.errors import UnusableError, UsageError

LOOPBACK = "127.0.0.1"
HINT = "metrics need prometheus-client: pip install 'crossover-ipc[metrics]'"


class Metrics:
    """Counts calls and deaths, and serves the figures.

    Args:
        port: on loopback; 0: nothing is counted.
        held: returns how many calls the worker has now.
        connected: returns whether it has its broker.

    Raises:
        UnusableError: prometheus-client is missing.
        UsageError: the port cannot be listened on.
    """

    def __init__(self, port: int, held: Callable[[], int], connected: Callable[[], bool]) -> None:
        self._server: tuple[Any, threading.Thread] | None = None
        self._calls: Any = None
        if not port:
            return
        try:
            prometheus: Any = import_module("prometheus_client")
        except ImportError:
            raise UnusableError(HINT) from None
        registry = prometheus.CollectorRegistry()
        self._calls = prometheus.Counter(
            "crossover_calls", "Calls that have ended, by how.", ["outcome"], registry=registry
        )
        self._seconds = prometheus.Histogram("crossover_call_seconds", "How long calls run.", registry=registry)
        self._deaths = prometheus.Counter("crossover_worker_deaths", "Processes that died.", registry=registry)
        prometheus.Gauge("crossover_calls_held", "Calls that this worker has.", registry=registry).set_function(held)
        alive = prometheus.Gauge("crossover_connected", "1: connected to its broker, 0: not.", registry=registry)
        alive.set_function(lambda: float(connected()))
        try:
            self._server = prometheus.start_http_server(port, addr=LOOPBACK, registry=registry)
        except OSError as error:
            raise UsageError(f"metrics cannot be served on port {port}: {error.strerror}") from error

    def ended(self, outcome: str, seconds: float) -> None:
        """Count a call.

        Args:
            outcome: done, failed, refused, died or given_back.
            seconds: that it ran; less than 0: it is not known.
        """
        if self._calls is None:
            return
        self._calls.labels(outcome).inc()
        if seconds >= 0:
            self._seconds.observe(seconds)
        if outcome == "died":
            self._deaths.inc()

    def close(self) -> None:
        """Serve no more."""
        if self._server is not None:
            server, thread = self._server
            server.shutdown()
            server.server_close()
            thread.join()
