"""What crashed runs have left: folders of private servers, and keys and queues on servers that others own.

Each run on a foreign server is noted in a file of this user until it has cleaned up after itself. So only what is
surely ours is removed, and nothing that still runs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import psutil

from brokers import places
from brokers.servers import PREFIX


class Note(msgspec.Struct):
    """A run on a server that others own.

    Attributes:
        run: its name.
        kind: redis or rabbitmq.
        where: host and port.
        names: its queues and exchanges; in Redis everything that begins with `crossover:<run>:` is the run's.
        pid, since: the process, and when it was started, in seconds of the epoch.
    """

    run: str
    kind: str
    where: str
    names: list[str]
    pid: int
    since: float

    def alive(self) -> bool:
        """Say whether the process still runs."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid).create_time() == self.since
        return False


def note(run: str, kind: str, url: str, names: Sequence[str]) -> None:
    """Note that a run begins on a foreign server; where no file can be written, it goes without."""
    since = psutil.Process().create_time()
    with suppress(OSError):
        _notes().mkdir(parents=True, exist_ok=True)
        noted = Note(run, kind, places.where(url), list(names), os.getpid(), since)
        (_notes() / run).write_bytes(msgspec.json.encode(noted))


def forget(run: str) -> None:
    """Forget a run that has left nothing behind."""
    with suppress(OSError):
        (_notes() / run).unlink()


def abandoned() -> Iterator[Note]:
    """Return the notes of runs whose process has ended without cleaning up."""
    for path in sorted(_notes().glob("*")):
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Note)
        except (OSError, msgspec.MsgspecError):  # it is just being written, or removed
            continue
        if not found.alive():
            yield found


def clean(left: Note) -> str:
    """Remove what a run has left, and return in words what that was.

    Raises:
        UnusableError: its server cannot be reached; the note stays.
        BrokenError: likewise, in the middle.
    """
    url = places.named(left.kind)
    if url is None or places.where(url) != left.where:
        return f"run {left.run} on {left.kind} at {left.where}: not reached; set {places.VARIABLES[left.kind]}"
    removed = _clean_redis(url, left) if left.kind == "redis" else _clean_rabbitmq(url, left)
    forget(left.run)
    return f"run {left.run} on {left.kind} at {left.where}: removed {removed}"


def folders() -> list[Path]:
    """Return the folders of private servers whose warden was killed."""
    used = {word for process in psutil.process_iter(["cmdline"]) for word in process.info["cmdline"] or ()}
    found = [path for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*") if path.is_dir() and str(path) not in used]
    return [path for path in found if path.stat().st_uid == os.getuid()]


def remove(folder: Path) -> str:
    """Remove a folder, and say so."""
    shutil.rmtree(folder, ignore_errors=True)
    return f"{folder}: " + ("cannot be removed" if folder.exists() else "removed")


def _clean_redis(url: str, left: Note) -> str:
    from brokers.redis_client import broken, connect  # noqa: PLC0415 - a client library, imported on use

    client = connect(url, "crossover:doctor")
    with broken(url):
        keys: list[Any] = list(client.scan_iter(f"crossover:{left.run}:*", count=1_000))
        for key in keys:
            client.unlink(key)
    client.close()
    return f"{len(keys)} keys"


def _clean_rabbitmq(url: str, left: Note) -> str:
    from brokers.rabbitmq_client import connect  # noqa: PLC0415

    line = connect(url, "crossover.doctor")
    try:
        for name in left.names:
            line.ask(line.channel.queue_delete, queue=name)
            line.ask(line.channel.exchange_delete, exchange=name)
    finally:
        line.close()
    return f"{len(left.names)} queues and exchanges"


def _notes() -> Path:
    state = os.environ.get("XDG_STATE_HOME")
    return (Path(state) if state else Path.home() / ".local" / "state") / "crossover" / "runs"
