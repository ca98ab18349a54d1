"""What each worker of a job does first."""

from __future__ import annotations

import os
import signal

from crossover.workers.standard_input import take_standard_input
from workloads.base import resolve
from workloads.user_modules import restore_variables, search_user_folders


def prepare_worker(function: str, niceness: int) -> None:
    """Import the function, as programs of the user's do, before any line has its time; Ctrl-C is for the command.

    Args:
        function: "module:function".
        niceness: that is added.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(niceness)
    os.close(take_standard_input())  # a program that the function starts may read it, such as ssh
    search_user_folders()
    restore_variables()
    resolve(function)
