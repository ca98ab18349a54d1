"""Names of what lies in the file system of shared memory: `crossover doctor` finds by them what crashed runs left.

    crossover-BOOT-NAMESPACE-PID-TICKS-RANDOM

BOOT, NAMESPACE (of process ids), PID and TICKS (when it was started) name the process that created it. Only such files
of this user whose process has ended are removed.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from multiprocessing.process import current_process
from pathlib import Path

from crossover.contract.system import getpid

FOLDER = Path("/dev/shm")  # noqa: S108 - the file system of shared memory
PREFIX = "crossover"
NAMED = re.compile(rf"(?:sem\.)?({PREFIX}-\w+-\d+)-(\d+)-(\d+)-.+")


def shared_name() -> str:
    """Return a new name for something in shared memory that belongs to this process."""
    return f"{_owner()}-{secrets.token_hex(4)}"


def name_semaphores() -> None:
    """Have `multiprocessing` name the semaphores of this process, and of those forked from it, after this process."""
    current_process()._config["semprefix"] = f"/{_owner()}"  # type: ignore[attr-defined]  # noqa: SLF001


def abandoned_files() -> Iterator[Path]:
    """Return the files in shared memory that this user's ended processes have left."""
    with suppress(OSError):
        for path in sorted(FOLDER.glob(f"*{PREFIX}-*")):
            found = NAMED.fullmatch(path.name)
            if found and found[1] == _machine() and _ticks(int(found[2])) != int(found[3]) and _is_ours(path):
                yield path


def remove_file(path: Path) -> str:
    """Remove what an ended process has left, and return in words what was done."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        return f"{path}: cannot be removed: {error.strerror}"
    return f"{path}: removed"


def _owner() -> str:
    return f"{_machine()}-{getpid()}-{_ticks(getpid())}"


def _machine() -> str:
    boot, namespace = "0", 0
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    with suppress(OSError):
        namespace = Path("/proc/self/ns/pid").stat().st_ino
    return f"{PREFIX}-{boot}-{namespace}"


def _ticks(pid: int) -> int:
    """Return when a process was started; 0 where it has ended."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return 0 if fields[0] in {b"Z", b"X"} else int(fields[19])
    return 0


def _is_ours(path: Path) -> bool:
    with suppress(OSError):
        return path.lstat().st_uid == os.geteuid()
    return False
