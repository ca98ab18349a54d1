"""Whether the kernel has ended processes for lack of memory."""

from __future__ import annotations

from pathlib import Path

COUNTERS = (Path("/sys/fs/cgroup/memory.events"), Path("/proc/vmstat"))
"""Of this container, and of the whole machine; in each, a line `oom_kill COUNT`."""


def oom_kills() -> int:
    """Return how many processes the kernel has ended so far, in this container and on this machine."""
    return sum(map(_count_in, COUNTERS))


def _count_in(path: Path) -> int:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(words[1]) for line in lines if (words := line.split()) and words[0] == "oom_kill"), 0)
