"""`crossover run` over a broker, beside a Celery group of the same lines over the same server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from sides import HERE, Command, Task, ours

from brokers.celery.over_redis import celery_url
from brokers.servers.private import PrivateServer
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety

TRANSPORTS = {"redis-stream": "redis", "rabbitmq": "rabbitmq"}
WORKERS = ("worker", "--concurrency=2", "--loglevel=CRITICAL", "--without-gossip", "--without-mingle")
ENDS_WITHIN = 20.0  # seconds


@contextmanager
def beside_celery(transport: str) -> Iterator[Mapping[str, Command]]:
    """Return both sides, as name → what makes its command; meanwhile the server runs, and a Celery worker.

    Ours starts its workers anew for each job, which is part of its start.
    """
    kind = TRANSPORTS[transport]
    with ExitStack() as held:
        server = PrivateServer(kind, Safety.DEFAULT)
        held.callback(server.stop)
        url = celery_url(server.url) if kind == "redis" else server.url
        os.environ[server_kind(kind).variable] = server.url
        os.environ["CELERY_SIDE"], os.environ["CELERY_SIDE_RESULTS"] = url, url if kind == "redis" else "rpc://"
        words = [sys.executable, "-m", "celery", "-A", "by_celery", *WORKERS]
        worker = subprocess.Popen(words, cwd=HERE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        held.callback(_end, worker)
        yield {f"run {transport}": ours(transport), "Celery group": _celery}


def _celery(task: Task) -> list[str]:
    return [sys.executable, str(Path(HERE, "by_celery.py")), task.function, str(task.source), str(task.output)]


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    with suppress(subprocess.TimeoutExpired):
        worker.wait(ENDS_WITHIN)
    worker.kill()
    worker.wait()
