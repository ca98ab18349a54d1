"""The fork server of `multiprocessing` imports what workers need once: they start in a third of the time."""

from __future__ import annotations

import os
import shutil
from functools import partial
from multiprocessing import current_process, forkserver, get_context, util
from pathlib import Path
from typing import Any

USUAL = ["__main__"]
LONGEST_FOLDER = 107 - len("/listener-12345678")  # bytes: what the address of a socket may have, less its name
OURS = ["crossover.jobs.processes.worker", "crossover.jobs.processes.fork_server_end"]


def import_in_fork_server(*modules: str) -> None:
    """Let it import what is ours, unless it runs already or the user has said what it imports.

    Args:
        modules: further ones.
    """
    server: Any = forkserver._forkserver  # noqa: SLF001 - there is no public way to ask
    if server._forkserver_pid is None and server._preload_modules == USUAL:  # noqa: SLF001
        get_context("forkserver").set_forkserver_preload([*USUAL, *OURS, *modules])


def make_folder_of_sockets(folder: Path) -> None:
    """Make the folder in which `multiprocessing` has the socket of the fork server, under a name that others know.

    Whoever kills this process together with its fork server removes the folder then; otherwise this process does.

    Args:
        folder: is not there yet. Where its path is too long for a socket, `multiprocessing` finds another one, if it
            can, `pymp-…`, whose name nobody else knows.

    Raises:
        OSError: it cannot be made.
    """
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        return
    folder.mkdir(mode=0o700)
    process: Any = current_process()
    process._config["tempdir"] = str(folder)  # noqa: SLF001 - what multiprocessing.util.get_temp_dir looks at
    last_of_all = -100  # as for the folder that multiprocessing makes
    util.Finalize(None, partial(shutil.rmtree, folder, ignore_errors=True), exitpriority=last_of_all)


def start_fork_server(*modules: str) -> None:
    """Start it now, with the environment of this moment, so that it imports while this process does something else.

    Args:
        modules: that it imports, beside our worker.
    """
    import_in_fork_server(*modules)
    forkserver.ensure_running()
