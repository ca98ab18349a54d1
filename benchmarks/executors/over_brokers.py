"""Executors over a broker, and task queues of others on the same server: each with two workers, and stock settings.

A peer is a module of the folder peers: `COMMAND` starts its workers, `PROCESSES` times; `submit_all` sends calls of
one of its tasks, then takes all values.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from brokers.servers.private import private_server
from crossover.contract.safety import Safety

FOLDER = Path(__file__).parent / "peers"
OURS = {"redis": ("redis-stream", "redis-list"), "rabbitmq": ("rabbitmq",)}
PEERS = {
    "redis": ("celery", "dramatiq", "rq", "huey", "taskiq", "arq"),
    "rabbitmq": ("celery", "dramatiq", "taskiq"),
}
"""Broker → those that are compared over it."""
NEEDS = {("taskiq", "rabbitmq"): "taskiq_aio_pika", ("taskiq", "redis"): "taskiq_redis"}
READY_WITHIN = 120.0  # seconds


def start_servers(broker: str) -> None:
    """Start a private server, and tell all sides of it; RabbitMQ's peers keep values in Redis, as they recommend."""
    os.environ["BROKER_URL"] = private_server(broker, Safety.DEFAULT).url
    os.environ["RESULTS_URL"] = private_server("redis", Safety.DEFAULT).url if broker != "redis" else _url()


def own_url(name: str) -> str:
    """Return a transport of ours with the address of the server."""
    return f"{name}://{_url().partition('://')[2]}"


def absent(broker: str) -> list[str]:
    """Return the peers that are not installed."""
    return [name for name in PEERS[broker] if importlib.util.find_spec(NEEDS.get((name, broker), name)) is None]


class Peer:
    """A task queue of others, and its workers.

    Args:
        name: of its module.
    """

    def __init__(self, name: str) -> None:
        sys.path.append(str(FOLDER))
        self._module: Any = importlib.import_module(f"{name}_peer")
        paths = os.pathsep.join([str(FOLDER), *sys.path])
        self._workers = [
            subprocess.Popen(
                [sys.executable, *self._module.COMMAND],
                cwd=FOLDER,
                env=os.environ | {"PYTHONPATH": paths},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
            for _ in range(getattr(self._module, "PROCESSES", 1))
        ]
        deadline = time.monotonic() + READY_WITHIN
        while True:
            try:
                self._module.submit_all("noop", 1)
            except Exception:
                if time.monotonic() > deadline:
                    self.close()
                    raise
            else:
                return

    def submit_all(self, function: Any, count: int) -> list[int]:
        """Submit all calls, then take all results."""
        found: list[int] = self._module.submit_all(function.__name__, count)
        return found

    def close(self) -> None:
        """End its workers, and what they have started."""
        for process in self._workers:
            process.terminate()
        for process in self._workers:
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _url() -> str:
    return os.environ["BROKER_URL"]
