"""Where the output of a private worker goes: what tasks print to the user, what Celery writes into a file of ours."""

from __future__ import annotations

import logging
import os
from typing import Any

from celery.signals import setup_logging

from crossover.workers.library_messages import leave_task_loggers
from crossover.workers.prints import print_to

FORMAT = "%(levelname)s %(name)s: %(message)s"


def keep_log_apart() -> None:
    """Let Celery log its errors into what is standard error now, and leave the root logger to the user's function."""
    handler = logging.StreamHandler(os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace"))
    handler.setFormatter(logging.Formatter(FORMAT))

    def configure(loglevel: int | None = None, **_: Any) -> None:
        for name in ("celery", "kombu", "amqp", "redis"):
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [handler], False
            logger.setLevel(loglevel or logging.ERROR)

    leave_task_loggers()
    setup_logging.connect(configure, weak=False)


def show_prints(descriptor: int) -> None:
    """Let what this process prints from now on appear where the user sees it.

    Args:
        descriptor: of the producer's standard error; -1: leave it as it is.
    """
    if descriptor >= 0:
        print_to(descriptor, (1, 2))
