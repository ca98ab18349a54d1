"""What each worker of a job does first."""

from __future__ import annotations

import signal

from workloads.user_modules import restore_variables, search_user_folders


def prepare_worker() -> None:
    """Let modules of the user be imported, as from their own programs; Ctrl-C is for the command."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    search_user_folders()
    restore_variables()
