"""Finds workers that are in the middle of a task, by their journals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.recording.journals.live_journals import is_busy, journal_pids

TRIES = 200  # to catch a worker in the middle of a task


def kill_busy_worker(producer: ProducerHandle, journals: Path) -> bool:
    """Kill a worker with SIGKILL that is certainly in the middle of a task; return whether one was.

    A worker is stopped first, then its journal is read, so that it cannot finish the task in between.
    """
    for _ in range(TRIES):
        for pid in _living_workers(producer, journals):
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                os.kill(pid, signal.SIGSTOP)
                caught = _has_stopped(pid) and is_busy(journals, pid)
                os.kill(pid, signal.SIGKILL if caught else signal.SIGCONT)
                if caught:
                    return True
        time.sleep(0.001)
    return False


def busy_workers(producer: ProducerHandle, journals: Path) -> Iterator[int]:
    """Return the ids of living processes that are in the middle of a task: workers, or the producer itself."""
    return (pid for pid in _living_workers(producer, journals) if is_busy(journals, pid))


def _living_workers(producer: ProducerHandle, journals: Path) -> Sequence[int]:
    alive = {process.pid for process in producer.descendants()} | ({producer.pid} if producer.alive else set())
    return [pid for pid in journal_pids(journals) if pid in alive]


def _has_stopped(pid: int) -> bool:
    """Wait until a process has stopped; then its journal is complete."""
    for _ in range(TRIES):
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return True
        time.sleep(0.0005)
    return False
