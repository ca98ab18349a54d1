"""The list of workloads, and how a command line makes one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from workloads.base import InputError, Workload, nearest
from workloads.user_modules import search_first

if TYPE_CHECKING:
    from workloads.custom.inspection import Facts
    from workloads.custom.names import UsersName

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
        name: of a built-in workload, or what the user types for a function or Workload of theirs (`users_name`).
        source: a folder for `files`; a file of items for a function ("-": standard input).
        payload_bytes: size of each payload, for `payload`.
        seed: of the random payloads.
        inspect: looks at what the user named, as `inspect_reference` does, in a process that need not survive that.

    Raises:
        InputError: there is no such workload, or its input cannot be used.
    """
    users = None if name in NAMES else find_users_name(name)
    if payload_bytes is not None and name != "payload":
        raise InputError(f"--payload is for the payload workload, not for {name}")
    if source is not None and name in NAMES and name != "files":
        raise InputError(f"{name} takes no input (-i); files takes a folder, MODULE:FUNCTION a file of JSON lines")
    if users is not None:
        search_first(users.folder)
        return _users_own(inspect(users.reference, current_folder()), source)
    return _built_in(name, source, DEFAULT_PAYLOAD if payload_bytes is None else payload_bytes, seed)


def find_users_name(typed: str, what: str = "workload") -> UsersName:
    """Return the user's function or Workload that was named.

    Args:
        typed: its name.
        what: how messages call it.

    Raises:
        InputError: there is none of that name.
    """
    from workloads.custom.names import users_name  # noqa: PLC0415 - imported on use

    if (found := users_name(typed)) is not None:
        return found
    module, dot, function = typed.rpartition(".")
    meant = f" (did you mean '{module}:{function}'?)" if dot and module and function else nearest(typed, NAMES)
    raise InputError(f"there is no {what} {typed!r}{meant}; there are {', '.join(NAMES)}, MODULE:FUNCTION")


def current_folder() -> str:
    """Return the current folder; "" if it has been removed: the module may be elsewhere."""
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return ""


def _users_own(facts: Facts, source: str | None) -> Workload:
    from workloads.custom.function import Function  # noqa: PLC0415 - imported on use
    from workloads.custom.stand_in import StandIn  # noqa: PLC0415 - imported on use

    if facts.is_workload:
        if source is not None:
            raise InputError(f"{facts.source} is a workload that makes its own payloads; it takes no input (-i)")
        return StandIn(facts)
    if source is None:
        raise InputError(f"{facts.source} needs items: -i FILE with one JSON value a line, or -i - for standard input")
    return Function(facts, source)


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
