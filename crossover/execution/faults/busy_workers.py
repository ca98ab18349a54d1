"""Finds workers that are in the middle of a task, by their journals."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from crossover.execution.producer.producer_handle import ProducerHandle
from crossover.recording.journal import DONE, RECORD, SUFFIX

TRIES = 200  # to catch a worker in the middle of a task


def kill_busy_worker(producer: ProducerHandle, journals: Path) -> bool:
    """Kill a worker with SIGKILL that is certainly in the middle of a task; return whether one was.

    A worker is stopped first, then its journal is read, so that it cannot finish the task in between.
    """
    for _ in range(TRIES):
        for pid in journal_keepers(producer, journals):
            with suppress(ProcessLookupError, psutil.NoSuchProcess):
                os.kill(pid, signal.SIGSTOP)
                caught = _has_stopped(pid) and is_busy(journals, pid)
                os.kill(pid, signal.SIGKILL if caught else signal.SIGCONT)
                if caught:
                    return True
        time.sleep(0.001)
    return False


def journal_keepers(producer: ProducerHandle, journals: Path) -> Sequence[int]:
    """Return the ids of living processes that keep a journal: workers, or the producer itself."""
    alive = {process.pid for process in producer.descendants()} | ({producer.pid} if producer.alive else set())
    return [pid for path in journals.glob(f"*{SUFFIX}") if (pid := int(path.stem)) in alive]


def is_busy(journals: Path, pid: int) -> bool:
    """Return whether the last record in a worker's journal is the beginning of a task."""
    with (journals / f"{pid}{SUFFIX}").open("rb") as file:
        records = file.seek(0, os.SEEK_END) // RECORD.size
        if not records:
            return False
        file.seek((records - 1) * RECORD.size)
        event, _ = RECORD.unpack(file.read(RECORD.size))
    return int(event) % 2 != DONE


def _has_stopped(pid: int) -> bool:
    """Wait until a process has stopped; then its journal is complete."""
    for _ in range(TRIES):
        if psutil.Process(pid).status() == psutil.STATUS_STOPPED:
            return True
        time.sleep(0.0005)
    return False
