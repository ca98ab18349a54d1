"""Environment variables that Celery and its libraries read: the user has set them for an application of theirs."""

from __future__ import annotations

from collections.abc import MutableMapping

from workloads.user_modules import BEFORE

OVERRIDING_VARIABLES = (
    *("CELERY_BROKER_URL", "CELERY_BROKER_READ_URL", "CELERY_BROKER_WRITE_URL"),
    "CELERY_RESULT_BACKEND",
)
"""Celery prefers these to the settings of any application, whenever it needs one: they are refused."""

PREFIXES = ("CELERY_", "KOMBU_", "_MP_FORK_")
NAMES = {
    *("FORKED_BY_MULTIPROCESSING", "MULTIPROCESSING_FORKING_DISABLE", "MP_MAIN_FILE", "MP_LOG", "REMAP_SIGTERM"),
    *("C_BENCH", "C_BENCH_EVERY", "C_FAKEFORK", "C_IMPDEBUG", "C_REMDEBUG", "C_STRICT_APP", "C_WARN_APP", "C_WNOCONF"),
    *("AUTOSCALE_KEEPALIVE", "EVENTLET_NOBLOCK", "TIMER_DEBUG", "USE_FAST_LOCALS", "NOSETPS"),
    *("DISABLE_TRACEBACKS", "PICKLE_PROTOCOL"),
}
"""These, Celery, kombu and billiard read when they are imported, or for a pool: they are set aside."""


def set_aside(variables: MutableMapping[str, str]) -> None:
    """Rename the variables that would change what our own processes do; `restore_variables` names them as before.

    Args:
        variables: the environment of a process; changed.
    """
    for name in list(variables):
        if (name.startswith(PREFIXES) or name in NAMES) and name not in OVERRIDING_VARIABLES:
            variables[f"{BEFORE}{name}"] = variables.pop(name)
