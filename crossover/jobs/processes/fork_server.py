"""The fork server of `multiprocessing` imports what workers need once: they start in a third of the time."""

from __future__ import annotations

from multiprocessing import forkserver, get_context
from typing import Any

USUAL = ["__main__"]
OURS = ["crossover.jobs.processes.worker", "crossover.jobs.processes.fork_server_end"]


def import_in_fork_server(*modules: str) -> None:
    """Let it import what is ours, unless it runs already or the user has said what it imports.

    Args:
        modules: further ones.
    """
    server: Any = forkserver._forkserver  # noqa: SLF001 - there is no public way to ask
    if server._forkserver_pid is None and server._preload_modules == USUAL:  # noqa: SLF001
        get_context("forkserver").set_forkserver_preload([*USUAL, *OURS, *modules])


def start_fork_server(*modules: str) -> None:
    """Start it now, with the environment of this moment, so that it imports while this process does something else.

    Args:
        modules: that it imports, beside our worker.
    """
    import_in_fork_server(*modules)
    forkserver.ensure_running()
