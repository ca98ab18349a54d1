"""What crashed runs have left on servers that others own: keys, queues, exchanges.

Each run there is noted in a file of this user until it has cleaned up after itself. So only what is surely ours is
removed, and nothing that still runs. What they leave on this machine: brokers/servers/folders.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from brokers.servers.process_identity import Life, Process, this
from brokers.servers.registry import server_kind
from crossover.contract import session_resources
from crossover.contract.errors import CrossoverError, UsageError


class Note(msgspec.Struct):
    """A run on a server that others own.

    Attributes:
        run: its name.
        kind: redis or rabbitmq.
        where: host and port.
        inside: database or virtual host.
        names: its queues and exchanges; in Redis everything that begins with `crossover:<run>:` is the run's.
        owner: the process that removes all this.
    """

    run: str
    kind: str
    where: str
    inside: str
    names: list[str]
    owner: Process

    def __str__(self) -> str:
        return f"run {self.run} on {self.kind} at {self.where}" + (f", {self.inside}" if self.inside else "")


def note(run: str, kind: str, url: str, names: Sequence[str]) -> None:
    """Note that a run begins on a foreign server; where no file can be written, it goes without."""
    with suppress(OSError):
        _notes().mkdir(parents=True, exist_ok=True)
        server = server_kind(kind)
        noted = Note(run, kind, server.host_and_port(url), server.namespace(url), list(names), this())
        (_notes() / run).write_bytes(msgspec.json.encode(noted))


def forget(run: str) -> None:
    """Forget a run that has left nothing behind."""
    with suppress(OSError):
        (_notes() / run).unlink()


def abandoned(life: Life = Life.ENDED) -> Iterator[Note]:
    """Return the notes of runs whose process has ended without cleaning up; or those from elsewhere, on request."""
    for path in sorted(_notes().glob("*")):
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Note)
        except (OSError, msgspec.MsgspecError):  # it is just being written, or removed
            continue
        if found.owner.life() is life:
            yield found


def clean(left: Note) -> str:
    """Remove what a run has left, and return in words what that was; or why that cannot be, and keep the note."""
    try:
        kind = server_kind(left.kind)
    except UsageError as error:  # of a distribution that is not installed any more
        return f"{left}: not reached: {error}"
    url = kind.named_url()
    if url is not None and (problem := kind.url_problem(url)):
        return f"{left}: not reached: {problem} ({kind.variable})"
    if url is None or (kind.host_and_port(url), kind.namespace(url)) != (left.where, left.inside):
        return f"{left}: not reached; set {kind.variable} to its URL"
    try:
        removed = kind.remove(url, left.run, left.names)
    except CrossoverError as error:
        return f"{left}: not reached: {error}"
    forget(left.run)
    return f"{left}: removed {removed}"


def _notes() -> Path:
    return session_resources.folder() / "runs"
