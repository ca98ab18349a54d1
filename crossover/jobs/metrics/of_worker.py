"""Figures of a worker for Prometheus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crossover.jobs.metrics import serving


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
        self._server: serving.Server | None = None
        self._calls: Any = None
        if not port:
            return
        prometheus = serving.prometheus()
        registry = prometheus.CollectorRegistry()
        self._calls = prometheus.Counter(
            "crossover_calls", "Calls that have ended, by how.", ["outcome"], registry=registry
        )
        self._seconds = prometheus.Histogram("crossover_call_seconds", "How long calls run.", registry=registry)
        self._deaths = prometheus.Counter("crossover_worker_deaths", "Processes that died.", registry=registry)
        prometheus.Gauge("crossover_calls_held", "Calls that this worker has.", registry=registry).set_function(held)
        alive = prometheus.Gauge("crossover_connected", "1: connected to its broker, 0: not.", registry=registry)
        alive.set_function(lambda: float(connected()))
        self._server = serving.Server(port, registry)

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
            self._server.close()
