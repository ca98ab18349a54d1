"""Decides whether a run that is silent hangs, and names the likely cause.

A run hangs where no outcome comes, tasks are outstanding, and no worker is inside a task: a task may take as long as it
likes. Of workers that crossover did not start it sees nothing; then time alone decides, and the sentence says so.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from operator import sub
from pathlib import Path
from typing import NamedTuple

import psutil

from crossover.recording.activity import ActivityFile, Entry
from crossover.recording.history import History

LONGEST = 60.0  # seconds without an outcome that may be a hang, where the user has set no limit ...
SHORTEST = 10.0  # ... or fewer, if tasks have come back much sooner
FACTOR = 10  # times the longest silence or task so far
LAST = 1_000  # messages whose tasks are looked at
FUTEX = {"x86_64": 202, "aarch64": 98}.get(platform.machine(), -1)  # the number of the system call that waits for locks
FUTEX_TIMEOUT = 4  # its argument, as a word of /proc/PID/syscall

ENDED, STOPPED = {"", "Z", "X"}, {"T", "t"}  # states of a process, as in /proc/PID/stat

LikelyCause = Callable[[int], str]
"""Called with the number of outstanding tasks; returns why nothing comes back, as far as a server shows, or ""."""


def may_hang(quiet: float, hang_after: float | None, silence: float, history: History, attempted: int) -> bool:
    """Return whether a silence is long enough to be a hang.

    Args:
        quiet: seconds without an outcome.
        hang_after: what the user has set, in seconds; None: nothing.
        silence: the longest one so far, in seconds, after which outcomes came.
        history: the record of the run.
        attempted: how many tasks were submitted.
    """
    if hang_after is not None or quiet < SHORTEST:
        return hang_after is not None and quiet > hang_after
    messages = -(-attempted // history.batch)
    last = slice(max(0, messages - LAST), messages)
    longest = max(silence, max(map(sub, history.finished[last], history.started[last]), default=0) / 1e9)
    return quiet > (min(LONGEST, max(SHORTEST, FACTOR * longest)) if longest else LONGEST)


class Workers(NamedTuple):
    """The processes of a run, as they look from outside.

    Attributes:
        activity: what the workers write down.
        processes: role → process ids, the producer's included.
    """

    activity: ActivityFile
    processes: Mapping[str, Sequence[int]]

    def working(self) -> bool:
        """Return whether a worker is inside a task that may end: it is not stopped, and this is no deadlock."""
        inside, stopped = self._inside()
        return len(inside) > len(stopped) and not all(map(self._waits_for_ever, inside))

    def is_deadlock(self) -> bool:
        """Return whether each worker that is inside a task waits there for a lock that is never released."""
        inside, _ = self._inside()
        return bool(inside) and all(map(self._waits_for_ever, inside))

    def why_hung(self, quiet: float, outstanding: int, likely_cause: LikelyCause) -> str:
        """Return why a run hangs, in words, as far as that can be seen; call it where no worker was working meanwhile.

        Args:
            quiet: seconds without an outcome, and without a worker at work.
            outstanding: tasks that have not come back.
            likely_cause: as the server sees it.
        """
        silent = f"no outcome for {quiet:,.0f} s, {outstanding:,} task{'s' if outstanding != 1 else ''} outstanding"
        inside, stopped = self._inside()
        if len(inside) > len(stopped):
            who = _names(entry.pid for entry in inside)
            return f"{silent}: {who} inside a task, waiting for a lock that is never released: a deadlock in it"
        pids = [*self.processes.get("workers", ()), *self.processes.get("producer", ())]
        if stopped := stopped or [pid for pid in pids if _state(pid) in STOPPED]:
            return f"{silent}: {_names(stopped)} stopped, by SIGSTOP or a debugger (kill -CONT lets it go on)"
        cause = likely_cause(outstanding)
        if not self.activity.entries():
            unseen = "crossover does not see whether these workers are inside a task (--hang-after waits longer)"
            return f"{silent}: {unseen}" + (f"; if none is: {cause}" if cause else "")
        return f"{silent}, and no worker is inside a task: {cause or 'tasks, or their outcomes, are gone'}"

    def _inside(self) -> tuple[list[Entry], list[int]]:
        """Return the living workers that are inside a task, and which of them are stopped."""
        states = [(entry, _state(entry.pid)) for entry in self.activity.entries() if entry.since]
        alive = [(entry, state) for entry, state in states if state not in ENDED]
        return [entry for entry, _ in alive], [entry.pid for entry, state in alive if state in STOPPED]

    def _waits_for_ever(self, entry: Entry) -> bool:
        """Return whether every thread that could end the wait of a worker's task waits for a lock, without a limit."""
        with suppress(OSError, ValueError, psutil.Error):
            threads = {int(path.name): path for path in Path(f"/proc/{entry.pid}/task").iterdir()}
            if entry.thread != entry.pid and entry.pid in self.processes.get("producer", ()):
                del threads[entry.pid]  # it submits and collects
            return all(map(_waits_for_lock, threads.values())) and not psutil.Process(entry.pid).children()
        return False


def _waits_for_lock(thread: Path) -> bool:
    number, *words = (thread / "syscall").read_text(encoding="ascii").split()
    return number == str(FUTEX) and int(words[FUTEX_TIMEOUT - 1], 16) == 0


def _state(pid: int) -> str:
    """Return the letter of a process's state, as in /proc/PID/stat; "" where it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]


def _names(pids: Iterable[int]) -> str:
    """Return the processes, with the verb that follows."""
    found = [str(pid) for pid in dict.fromkeys(pids)]
    return f"worker {found[0]} is" if len(found) == 1 else f"workers {', '.join(found)} are"
