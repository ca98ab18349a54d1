"""What crashed runs have left on servers that we did not launch: keys, queues, exchanges.

Each run on such a server, and each executor with own workers, is registered in a file of this user until it has
cleaned up. So only what we created is removed, and nothing that is still in use. For what crashed runs have left on
this machine, see brokers/servers/warden/folders.py.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from brokers.servers.registry import server_kind
from brokers.servers.warden.process_identity import ProcessIdentity, ProcessState, this_process
from crossover.contract.errors import CrossoverError, UsageError
from crossover.recording.storage import state_folder

RUN = re.compile(r"[0-9A-Za-z-]{1,64}")
"""The name of a run. It stands in patterns of keys, so that a forged one could name those of others."""


class RegisteredRun(msgspec.Struct):
    """A run on a server that we did not launch.

    Attributes:
        run: its name.
        kind: of the server.
        host_and_port: of the server.
        namespace: the database or virtual host.
        names: its queues and exchanges; in Redis, what its keys begin with: without a name, `crossover:<run>:`.
        owner: the process that cleans up after it.
    """

    run: str
    kind: str
    host_and_port: str = msgspec.field(name="where")
    namespace: str = msgspec.field(name="inside")
    names: list[str]
    owner: ProcessIdentity

    def __str__(self) -> str:
        where = f"{self.host_and_port}, {self.namespace}" if self.namespace else self.host_and_port
        return f"run {self.run} on {self.kind} at {where}"


def register(run: str, kind: str, url: str, names: Sequence[str]) -> None:
    """Register a run that begins on a server that we did not launch; does nothing if no file can be written."""
    with suppress(OSError):
        _folder().mkdir(parents=True, exist_ok=True)
        server = server_kind(kind)
        registered = RegisteredRun(
            run, kind, server.host_and_port(url), server.namespace(url), list(names), this_process()
        )
        (_folder() / run).write_bytes(msgspec.json.encode(registered))


def unregister(run: str) -> None:
    """Forget a run that has left nothing behind."""
    with suppress(OSError):
        (_folder() / run).unlink()


def abandoned_runs(state: ProcessState = ProcessState.ENDED) -> Iterator[RegisteredRun]:
    """Return the runs whose process is in a state; by default those that ended without cleaning up."""
    for path in sorted(_folder().glob("*")):
        found = _read(path)
        if found is not None and found.owner.state() is state:
            yield found


def clean_up(left: RegisteredRun) -> str:
    """Remove what a run has left, and return in words what it was; or why it cannot be removed yet."""
    try:
        kind = server_kind(left.kind)
    except UsageError as error:  # the kind of a distribution that is no longer installed
        return f"{left}: not reached: {error}"
    url = kind.named_url()
    if url is not None and (problem := kind.url_problem(url)):
        return f"{left}: not reached: {problem} ({kind.variable})"
    if url is None or (kind.host_and_port(url), kind.namespace(url)) != (left.host_and_port, left.namespace):
        return f"{left}: not reached; set {kind.variable} to its URL"
    try:
        removed = kind.remove(url, left.run, left.names)
    except CrossoverError as error:
        return f"{left}: not reached: {error}"
    unregister(left.run)
    return f"{left}: removed {removed}"


def _read(path: Path) -> RegisteredRun | None:
    """Return the run that a file registers; None if it is not of this user, or names what no run of ours creates."""
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
            return None
        found = msgspec.json.decode(path.read_bytes(), type=RegisteredRun)
    except (OSError, msgspec.MsgspecError):  # it is just being written, or removed
        return None
    ours = found.run == path.name and RUN.fullmatch(found.run)
    return found if ours and all(name.startswith("crossover") and found.run in name for name in found.names) else None


def _folder() -> Path:
    return state_folder() / "runs"
