"""What the transports' libraries log and warn of: nothing, since they also raise what matters."""

from __future__ import annotations

import logging
import warnings

LIBRARIES = ("amqp", "asyncio", "billiard", "celery", "kombu", "multiprocessing", "pika", "redis")
MODULES = rf"({'|'.join(LIBRARIES)})(\.|$)"
SILENT = logging.CRITICAL + 1
TRACKER_IS_QUIET = "ignore:resource_tracker:UserWarning"  # a Python process takes over such options of its parent


def silence_libraries() -> None:
    """Let libraries make no records, as long as the user's function does not set their own loggers.

    A function may set the root logger to DEBUG; then pika would make ten records for each message.
    """
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(SILENT)
    leave_task_loggers()


def leave_task_loggers() -> None:
    """Let the root logger decide about loggers of `celery.utils.log.get_task_logger`: they are the user's."""
    logging.getLogger("celery.task").parent = logging.getLogger()


def ignore_library_warnings() -> None:
    """Ignore warnings that libraries cause, whatever filters there are; to be called again where new ones are set.

    With PYTHONWARNINGS=error, or `warnings.simplefilter("error")` in the user's module, Celery would not start as root,
    and could not store a result: it calls a function of redis-py that is deprecated.
    """
    warnings.filterwarnings("ignore", module=MODULES)
