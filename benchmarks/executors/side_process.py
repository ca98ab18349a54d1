"""A side in a process of its own: what the threads of one executor do, no other has to wait for.

    python benchmarks/executors/side_process.py NAME

It reads a number of calls and a way from each line of its input, and answers with the seconds that they took.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

HERE = Path(__file__).parent
WORKERS = 2
CHUNK = 64
PEERS_FOLDER = str(HERE.parents[1] / ".venv" / "peers")
sys.path.append(PEERS_FOLDER)
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)  # loky starts its workers with a command

from calls import millisecond, noop  # noqa: E402 - after the path to the peers is known
from sides import Side, opened  # noqa: E402

WAYS: dict[str, tuple[Callable[[Side, int], list[int]], int]] = {
    "no-op, submitted": (lambda side, count: side.submit_all(noop, count), 2_000),
    "no-op, one by one": (lambda side, count: side.one_by_one(noop, count), 500),
    f"no-op, map by {CHUNK}": (lambda side, count: side.map(noop, count, CHUNK), 12_800),
    "1 ms, submitted": (lambda side, count: side.submit_all(millisecond, count), 200),
    f"1 ms, map by {CHUNK}": (lambda side, count: side.map(millisecond, count, CHUNK), 512),
}
"""Way → how a side goes it, and for how many calls."""


class Cost(NamedTuple):
    """What a call has cost, in seconds.

    Attributes:
        elapsed: from the first call to the last result, for each call.
        cpu: of all processes of the side, for each call; another program that uses the machine does not change it much.
    """

    elapsed: float
    cpu: float


class SideProcess:
    """An executor that does calls when it is told to.

    Args:
        name: of the side.
    """

    def __init__(self, name: str) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self._process: subprocess.Popen[str] = subprocess.Popen([sys.executable, __file__, name], **pipes)  # type: ignore[call-overload]

    def go(self, way: str, count: int) -> Cost:
        """Go a way for a number of calls; return what a call has cost."""
        used = cpu_of(self._process.pid)
        print(count, way, file=_pipe(self._process.stdin), flush=True)
        answer = _pipe(self._process.stdout).readline()
        return Cost(float(answer) / count, (cpu_of(self._process.pid) - used) / count)

    def close(self) -> None:
        """End it and its workers."""
        self._process.communicate(timeout=60)


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU time of a process and those that it has started, as far as they live."""
    total = 0.0
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            total += int((task / "schedstat").read_text().split()[0]) / 1e9
            children = (task / "children").read_text().split()
        except OSError:  # it has ended
            continue
        total += sum(cpu_of(int(child)) for child in children)
    return total


def _pipe(end: IO[str] | None) -> IO[str]:
    if end is None:
        raise RuntimeError("the process of a side has no pipe")
    return end


def main() -> None:
    """Go the ways that the input names."""
    side = opened(sys.argv[1], WORKERS)
    try:
        for line in sys.stdin:
            typed, _, way = line.strip().partition(" ")
            go, count = WAYS[way][0], int(typed)
            began = time.perf_counter()
            if len(go(side, count)) != count:
                raise RuntimeError(f"{sys.argv[1]} has lost calls")
            print(time.perf_counter() - began, flush=True)
    finally:
        side.close()


if __name__ == "__main__":
    main()
