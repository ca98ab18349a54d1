"""The list of workloads, and how a command line makes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workloads.base import InputError, Workload, nearest

if TYPE_CHECKING:
    from workloads.custom.inspection import Facts

NAMES = ("noop", "power", "digest", "sleep", "mixed", "echo", "payload", "files")
DEFAULT_PAYLOAD = 1024


def inspect_here(reference: str, folder: str) -> Facts:
    """Import the user's module in this process, and return what is known of its function or workload."""
    from workloads.custom.inspection import inspect_reference  # noqa: PLC0415 - imported on use

    return inspect_reference(reference, folder)


def make(
    name: str,
    source: str | None = None,
    payload_bytes: int | None = None,
    seed: int = 0,
    inspect: Callable[[str, str], Facts] = inspect_here,
) -> Workload:
    """Make a workload.

    Args:
        name: of a built-in workload, or "package.module:name" of the user's function or Workload.
        source: a folder for `files`; a file of JSON lines for a function ("-": standard input).
        payload_bytes: size of each payload, for `payload`.
        seed: of the random payloads.
        inspect: looks at what the user named, as `inspect_reference` does, in a process that need not survive that.

    Raises:
        InputError: there is no such workload, or its input cannot be used.
    """
    if name not in NAMES and ":" not in name:
        raise InputError(
            f"there is no workload {name!r}{nearest(name, NAMES)}; there are {', '.join(NAMES)}, MODULE:FUNCTION"
        )
    if payload_bytes is not None and name != "payload":
        raise InputError(f"--payload is for the payload workload, not for {name}")
    if source is not None and name in NAMES and name != "files":
        raise InputError(f"{name} takes no input (-i); files takes a folder, MODULE:FUNCTION a file of JSON lines")
    if ":" in name:
        return _users_own(inspect(name, _current_folder()), source)
    return _built_in(name, source, DEFAULT_PAYLOAD if payload_bytes is None else payload_bytes, seed)


def _current_folder() -> str:
    """Return the current folder; "" if it has been removed: the module may be elsewhere."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return ""


def _users_own(facts: Facts, source: str | None) -> Workload:
    from workloads.custom.function import Function  # noqa: PLC0415 - imported on use
    from workloads.custom.items import read_items  # noqa: PLC0415 - json only where it is needed
    from workloads.custom.stand_in import StandIn  # noqa: PLC0415 - imported on use

    if facts.is_workload:
        if source is not None:
            raise InputError(f"{facts.source} is a workload that makes its own payloads; it takes no input (-i)")
        return StandIn(facts)
    if source is None:
        raise InputError(f"{facts.source} needs items: -i FILE with one JSON value a line, or -i - for standard input")
    return Function(facts, read_items(source))


def _built_in(name: str, source: str | None, payload_bytes: int, seed: int) -> Workload:
    from workloads import digest, echo, files, mixed, noop, payload, power, sleep  # noqa: PLC0415 - imported on use

    makers: dict[str, Callable[[], Workload]] = {
        "noop": noop.Noop,
        "power": lambda: power.Power(seed),
        "digest": lambda: digest.Digest(seed),
        "sleep": sleep.Sleep,
        "mixed": lambda: mixed.Mixed(seed),
        "echo": echo.Echo,
        "payload": lambda: payload.Payload(payload_bytes, seed),
        "files": lambda: files.Files(source),
    }
    return makers[name]()
