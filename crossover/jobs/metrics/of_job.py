"""Figures of a job for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from crossover.jobs.metrics.serving import Server, prometheus, refuse_port
from crossover.jobs.runner.shown.status import Status

SETTLED = {"done": "done", "failed": "failed", "skipped": "bad", "blank": "blank"}
"""Outcome of a line → the count of it in a tally."""


class JobCollector:
    """Returns the figures of a job when Prometheus asks, and does nothing between.

    Args:
        status: of the job.
    """

    def __init__(self, status: Status) -> None:
        self._status = status
        prometheus()
        self._families: Any = import_module("prometheus_client.core")

    def collect(self) -> Iterator[Any]:
        """Yield each figure."""
        tally = self._status.tally
        lines = self._families.CounterMetricFamily(
            "crossover_lines", "Lines that have ended, by how.", labels=["outcome"]
        )
        for outcome, count in SETTLED.items():
            lines.add_metric([outcome], getattr(tally, count))
        yield lines
        for name, what, value in (
            ("crossover_line_retries", "Lines that were tried again.", tally.retried),
            ("crossover_worker_deaths", "Workers that ended inside a line.", tally.deaths),
            ("crossover_function_seconds", "That workers were in the function.", tally.working),
            ("crossover_waiting_seconds", "That the command waited for workers.", tally.waiting),
            ("crossover_syncing_seconds", "That it took to have the output on the disk.", tally.syncing),
        ):
            yield self._families.CounterMetricFamily(name, what, value=value)
        yield self._families.GaugeMetricFamily("crossover_lines_resumed", "Done before.", value=tally.resumed)
        if (whole := self._status.source.lines) is not None:
            yield self._families.GaugeMetricFamily("crossover_lines_expected", "Of the input, about.", value=whole)


@contextmanager
def job_metrics(port: int, status: Status) -> Iterator[None]:
    """Serve the figures of a job meanwhile.

    Args:
        port: on loopback; 0: nothing is served.
        status: of the job.

    Raises:
        UnusableError: prometheus-client is missing.
        UsageError: the port cannot be listened on.
    """
    if not port:
        yield
        return
    refuse_port(port)
    registry = prometheus().CollectorRegistry()
    registry.register(JobCollector(status))
    server = Server(port, registry)
    try:
        yield
    finally:
        server.close()
