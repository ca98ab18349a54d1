"""A stock Celery worker with our application, for the transports that run over Celery."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import NoReturn

from brokers.celery.settings import WORKER_FLAGS
from brokers.celery.workers.environment import ALLOW, SAFETY, SERVERS, TRANSPORT
from brokers.servers.registry import server_kind
from crossover.contract.safety import Safety
from crossover.workers.processes.python_process import environment, python_command

PROGRAM = "brokers.celery.app:main"


def become(transport: str, url: str, allow: tuple[str, ...], safety: Safety, flags: Mapping[str, int]) -> NoReturn:
    """Replace this process with `celery worker`; the URL is in its environment, not in its command line.

    Args:
        transport: celery+redis or celery+rabbitmq.
        url: of the server.
        allow: what may run.
        safety: the level.
        flags: of Celery's, with a number; 0: without it.
    """
    variables = {
        TRANSPORT: transport,
        server_kind(SERVERS[transport]).variable: url,
        ALLOW: ",".join(allow),
        SAFETY: safety.value,
    }
    words = [word for flag in {**WORKER_FLAGS, "--loglevel": "WARNING"}.items() for word in flag if word]
    numbers = [word for flag, number in flags.items() if number for word in (flag, str(number))]
    command = python_command(PROGRAM, *words, *numbers, "--hostname", f"crossover-{os.getpid()}@%h")
    sys.stderr.flush()
    os.execve(sys.executable, command, environment() | variables)  # noqa: S606 - no shell
