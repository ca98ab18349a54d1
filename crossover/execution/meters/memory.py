"""The memory of each role, with pages that processes share counted once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress

import psutil


class PeakMemory:
    """The largest memory of each role that has been observed.

    Resident memory (RSS) counts a page that forked processes share once for each of them. So the kernel's proportional
    share (PSS) is taken, which divides such a page among all processes that have it. Reading that takes the kernel
    milliseconds for each gigabyte. So between two examinations a process has its resident memory, less what it shared
    when it was last examined. Where the kernel does not tell, because the process is another user's, resident memory
    counts.

    Attributes:
        bytes: role → bytes.
        resident_roles: the roles of which at least one process had to be counted with its resident memory.
        private_bytes: the largest memory that a process of a role had to itself: what one more of them needs.
    """

    def __init__(self) -> None:
        self.bytes: dict[str, int] = {}
        self.resident_roles: set[str] = set()
        self.private_bytes: dict[str, int] = {}
        self._shared: dict[psutil.Process, int] = {}  # of its resident memory, what other processes count

    def examine(self, role: str, processes: Iterable[psutil.Process]) -> None:
        """Ask the kernel which of their memory the processes of a role share."""
        for process in processes:
            with suppress(psutil.Error):
                self._examine(role, process)

    def look(self, roles: Mapping[str, Iterable[psutil.Process]]) -> None:
        """Read how much memory the processes have; those that have never been examined do not count yet."""
        for role, processes in roles.items():
            now = sum(self._own(process) for process in processes)
            self.bytes[role] = max(self.bytes.get(role, 0), now)

    def _examine(self, role: str, process: psutil.Process) -> None:
        resident = int(process.memory_info().rss)
        proportional = private = 0
        with suppress(psutil.AccessDenied, OSError):
            found = process.memory_full_info()
            resident, proportional, private = (int(getattr(found, kind, 0)) for kind in ("rss", "pss", "uss"))
        if resident and not proportional:  # denied; or this kernel does not count it
            self.resident_roles.add(role)
        self._shared[process] = max(0, resident - proportional) if proportional else 0
        self.private_bytes[role] = max(self.private_bytes.get(role, 0), private)

    def _own(self, process: psutil.Process) -> int:
        if process not in self._shared:
            return 0
        try:
            return max(0, int(process.memory_info().rss) - self._shared[process])
        except psutil.Error:
            return 0
