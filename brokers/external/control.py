"""How a producer reaches external workers: what each kind of them answers, and does when it is told to."""

from __future__ import annotations

import os
import platform
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

BOOT = Path("/proc/sys/kernel/random/boot_id")  # of this machine, until it is started again

Status = Mapping[str, Any]
"""What a worker reports:

    version        of the code that runs tasks
    python         its version
    permitted      whether it may run the function of this run
    lent           name of the producer that it is reserved for; empty: none
    since          another value shows that it was started again
    boot           of its machine: on another one, the clock is another one, too
    cores          that it may use
    usual          processes that it was started with
    processes      that it has for this run
    room           processes that its memory has room for; None: nothing limits it
    refuses        why it serves no comparison; may be missing
    problem        why its processes cannot start; may be missing
    deaths         how processes have died, in words; may be missing, where dead ones are replaced
"""


class Control(ABC):
    """Reaches the workers that can serve a run.

    Attributes:
        producer: name of this producer, as it stands in messages.
        reference: the function that the workers must be allowed to run.
        to_allow: what to do where one must not.
        version: of the code that runs tasks, which must be theirs.

    Args:
        reference: the function that the workers must be allowed to run.
    """

    to_allow: str
    version: str

    def __init__(self, reference: str) -> None:
        self.producer = f"process {os.getpid()} on {platform.node()}"
        self.reference = reference

    @abstractmethod
    def reserve(self, within: float, most: int | None = None) -> dict[str, Status]:
        """Return worker name → status; each worker that is free is reserved for this producer from now on.

        Args:
            within: seconds to wait for answers.
            most: answers after which to stop waiting.

        Raises:
            BrokenError: the connection is lost.
        """

    @abstractmethod
    def release(self, within: float, most: int | None = None) -> None:
        """Release the workers, so that other producers can reserve them; arguments as for `reserve`.

        Raises:
            BrokenError: the connection is lost.
        """

    @abstractmethod
    def assign(self, shares: Mapping[str, int], found: Mapping[str, Status], within: float) -> dict[str, Status]:
        """Return the status of workers once each has as many processes as it should have; one without any pauses.

        Args:
            shares: name of a worker → how many processes.
            found: what each has reported.
            within: seconds.

        Raises:
            StartError: they do not get there in time.
            BrokenError: the connection is lost.
        """

    @abstractmethod
    def restore(self, found: Mapping[str, Status], within: float) -> None:
        """Give each worker what it was started with; arguments and errors as for `assign`."""

    def close(self) -> None:  # noqa: B027 - the connection may be another one's
        """Disconnect."""

    @abstractmethod
    def reconnected(self) -> AbstractContextManager[object]:
        """Use a new connection: the other one is lost.

        Raises:
            BrokenError: the server cannot be reached.
        """


def boot_id() -> str:
    """Return what tells this machine, since it was started, from others; empty where the system does not say."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
