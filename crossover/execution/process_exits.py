"""Notices that processes have ended, without waiting for them."""

from __future__ import annotations

import os
import select
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from crossover.workers.processes.process_end import end_descriptor


class ProcessExits:
    """Watches processes, whether or not they are children of this one ; a context manager.

    Args:
        processes: role → process ids.
    """

    def __init__(self, processes: Mapping[str, Sequence[int]]) -> None:
        self._poll = select.poll()
        self._names: dict[int, str] = {}
        self._ended_before: list[str] = []
        for role, pids in processes.items():
            for pid in pids:
                self._watch(pid, f"{role.removesuffix('s')} {pid}")

    def ended(self, within: float = 0.0) -> list[str]:
        """Return the processes that have ended, as "worker 123".

        Args:
            within: seconds to wait for the first exit where there is none yet.
        """
        ready = self._poll.poll(0 if self._ended_before else int(within * 1000))
        return self._ended_before + [self._names[descriptor] for descriptor, _ in ready]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in self._names:
            os.close(descriptor)

    def _watch(self, pid: int, name: str) -> None:
        try:
            descriptor = end_descriptor(pid)
        except ProcessLookupError:
            self._ended_before.append(name)
            return
        self._names[descriptor] = name
        self._poll.register(descriptor, select.POLLIN)
