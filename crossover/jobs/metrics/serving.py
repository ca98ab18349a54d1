"""Serves figures to Prometheus."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import Any

from crossover.contract.errors import UnusableError, UsageError

LOOPBACK = "127.0.0.1"
LARGEST_PORT = 65_535
HINT = "metrics need prometheus-client: pip install 'crossover-ipc[metrics]'"


def prometheus() -> Any:
    """Return the library.

    Raises:
        UnusableError: it is missing.
    """
    try:
        return import_module("prometheus_client")
    except ImportError:
        raise UnusableError(HINT) from None


def refuse_port(port: int) -> None:
    """Raise an error if a number is no port.

    Raises:
        UsageError: it is none.
    """
    if port > LARGEST_PORT:
        raise UsageError(f"--metrics {port} is no port: allowed are 1 to {LARGEST_PORT}")


class Server:
    """Serves a registry on loopback, from a thread of its own.

    Args:
        port: where.
        registry: of the library.

    Raises:
        UsageError: the port cannot be listened on.
    """

    def __init__(self, port: int, registry: Any) -> None:
        try:
            made: tuple[Any, threading.Thread] = prometheus().start_http_server(port, addr=LOOPBACK, registry=registry)
        except OSError as error:
            raise UsageError(f"metrics cannot be served on port {port}: {error.strerror}") from error
        self._server, self._thread = made

    def close(self) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
