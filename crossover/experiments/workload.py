"""Makes the workload of an experiment; a user's module is imported in another process, never in that of the command."""

from __future__ import annotations

from collections.abc import Sequence

from crossover.execution.users_modules import call_elsewhere, inspect_elsewhere
from workloads import catalogue
from workloads.base import InputError, Workload
from workloads.custom.function import Function
from workloads.custom.inspection import Facts, inspect_version
from workloads.custom.stand_in import StandIn


def make_workload(
    name: str, source: str | None = None, payload_bytes: int | None = None, seed: int = 0, python: str = ""
) -> Workload:
    """Make a workload.

    Args:
        name: of a built-in workload, or what the user types for a function or workload of theirs.
        source: a folder for `files`; a file of items for a function ("-": standard input).
        payload_bytes: size of each payload, for `payload`.
        seed: of the random payloads.
        python: path of the interpreter in which a user's module is looked at; empty: the one of this process.

    Raises:
        InputError: there is no such workload, or its input cannot be used.
        StartError: there is no process in which a module can be imported.
        KeyboardInterrupt: Ctrl-C.
    """
    return catalogue.make(
        name, source, payload_bytes, seed, lambda reference, folder: inspect_elsewhere(reference, folder, python)
    )


def inspect_under(python: str, workload: Workload) -> None:
    """Look at a user's function or workload in another interpreter; nothing is to be seen of one that is built in.

    Raises:
        InputError: it cannot be used there.
    """
    if workload.named:
        _inspect_version(workload.named, workload.folders, python)


def other_version(workload: Workload, typed: str, folders: Sequence[str], python: str = "") -> Workload:
    """Return another version of a user's function or workload, for the same items; its module may have the same name.

    Args:
        workload: the first version; its items have been read.
        typed: what the user typed for the other one.
        folders: the user's folders, before any was named.
        python: path of the interpreter in which it is looked at; empty: the one of this process.

    Raises:
        InputError: one of both is built in, or the other one cannot be used, or not with the same items.
    """
    if typed in catalogue.NAMES or not isinstance(workload, Function | StandIn):
        built_in = typed if typed in catalogue.NAMES else workload.name
        raise InputError(f"--against compares two functions of yours, the other one in -W; {built_in} is built in")
    users = catalogue.find_users_name(typed)
    searched = tuple(dict.fromkeys(filter(None, [users.folder, *folders])))
    other = workload.version(_inspect_version(users.reference, searched, python))
    other.folders = searched
    workload.checks = other.checks = workload.checks and other.checks
    return other


def _inspect_version(reference: str, folders: tuple[str, ...], python: str) -> Facts:
    function = f"{inspect_version.__module__}:{inspect_version.__name__}"
    found: Facts = call_elsewhere(reference, function, reference, catalogue.current_folder(), folders, python=python)
    return found
