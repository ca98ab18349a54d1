"""Looks at a user's function or workload, and returns what the command must know of it as plain data.

It imports the user's module, so call it in a process that need not survive that.
"""

from __future__ import annotations

import inspect
from typing import Any, NamedTuple

from workloads.base import InputError, Workload, nearest
from workloads.custom.refusals import takes_item_and_value, why_not
from workloads.user_modules import hidden, hidden_hint, import_module, search_only, search_user_folders


class Facts(NamedTuple):
    """What is known of a user's function or workload without its module: plain data.

    Attributes:
        source: what was named, as "package.module:name".
        reference: the function that a worker calls, as "package.module:function".
        is_workload: whether a `Workload` was named, not a function.
        checks: whether something decides which values are right.
        notes: warnings about it.
        name, usual_tasks, on_this_machine, payload_bytes, extensible_payloads: as in `Workload`.
    """

    source: str
    reference: str
    name: str
    is_workload: bool = False
    checks: bool = False
    notes: tuple[str, ...] = ()
    usual_tasks: int = Workload.usual_tasks
    on_this_machine: bool = False
    payload_bytes: int | None = None
    extensible_payloads: bool = False


def inspect_reference(reference: str, folder: str) -> Facts:
    """Return what is known of a user's function or workload.

    Args:
        reference: "package.module:name"; the name may be an attribute of an attribute.
        folder: where modules are also searched for, after every other place; an absolute path.

    Raises:
        InputError: it does not exist, its module cannot be imported or is hidden, or no worker could run it.
    """
    try:
        return _inspect(reference, folder)
    except InputError:
        raise
    except BaseException as error:  # an object of the user's may raise anything wherever it is looked at
        raise _unusable(f"{reference} cannot be used", error) from None


def inspect_version(reference: str, folder: str, folders: tuple[str, ...]) -> Facts:
    """Return what is known of another version of a function or workload, whose module may have the same name.

    Args:
        reference: "package.module:name".
        folder: as in `inspect_reference`.
        folders: where modules of the user's are searched for, instead of the user's folders.

    Raises:
        InputError: as in `inspect_reference`.
    """
    search_only(folders)
    return inspect_reference(reference, folder)


def _inspect(reference: str, folder: str) -> Facts:
    module_name, colon, path = reference.partition(":")
    if not module_name or not colon or not path:
        raise InputError(f"{reference!r} is not of the form package.module:function")
    search_user_folders(folder)
    if reason := hidden(module_name):
        raise InputError(f"{reference} cannot be used: {reason}")
    owner, found = _find(module_name, path)
    if isinstance(found, Workload):
        return _facts_of_workload(reference, found)
    if isinstance(found, type) and issubclass(found, Workload):
        raise InputError(f"{reference} is a class of workloads, not a workload: name an object of it")
    if reason := why_not(reference, found, owner):
        raise InputError(reason)
    checks, notes = _checks(reference, found)
    return Facts(reference, reference, reference, checks=checks, notes=notes)


def _find(module_name: str, path: str) -> tuple[Any, Any]:
    """Return an object, and the object or module whose attribute it is.

    Raises:
        InputError: the module cannot be imported, or has no such object.
    """
    try:
        owner = found = import_module(module_name)
    except BaseException as error:  # SystemExit and pytest's Skipped are no Exception
        raise _unusable(f"module {module_name!r} cannot be imported", error) from error
    for part in path.split("."):
        owner = found
        try:
            found = getattr(owner, part)
        except AttributeError:
            public = [name for name in dir(owner) if not name.startswith("_")]
            raise InputError(f"{module_name} has no {path!r}{nearest(part, public)}") from None
        except BaseException as error:  # a module may import what it offers on use
            raise _unusable(f"{module_name}:{path} cannot be used", error) from error
    return owner, found


def _checks(reference: str, found: Any) -> tuple[bool, tuple[str, ...]]:
    """Return whether a function has a `check` that counts, and what is to be said about one that does not."""
    holder = found.__func__ if inspect.ismethod(found) else found
    if inspect.getattr_static(holder, "check", None) is None:  # a proxy has every attribute, but none of its own
        return False, ()
    if takes_item_and_value(found.check):
        return True, ()
    if not inspect.isfunction(found):  # a method of that name, or a setting, has another purpose
        return False, ()
    return False, (f"{reference}.check cannot be called with item and value, so it checks nothing",)


def _facts_of_workload(source: str, workload: Workload) -> Facts:
    """Return what is known of a user's workload.

    Raises:
        InputError: it lacks something that every workload has, or no worker could run its function.
    """
    try:
        facts = Facts(
            source,
            reference=str(workload.reference),
            name=str(workload.name),
            is_workload=True,
            checks=bool(workload.checks),
            usual_tasks=int(workload.usual_tasks),
            on_this_machine=bool(workload.on_this_machine),
            payload_bytes=None if workload.payload_bytes is None else int(workload.payload_bytes),
            extensible_payloads=bool(workload.extensible_payloads),
        )
    except BaseException as error:
        raise _unusable(f"{source} is not a complete workload", error) from error
    if facts.usual_tasks < 1:
        raise InputError(f"{source} is not a complete workload: usual_tasks is {facts.usual_tasks:,}, not 1 or more")
    module_name, _, path = facts.reference.partition(":")
    owner, function = _find(module_name, path)
    if reason := why_not(facts.reference, function, owner):
        raise InputError(f"{source}: {reason}")
    return facts


def _unusable(problem: str, error: BaseException) -> InputError:
    """Return the error to raise instead of one that the user's code raised; Ctrl-C stays what it is."""
    if isinstance(error, KeyboardInterrupt):
        raise error
    try:
        message = str(error)
    except Exception:
        message = "its message cannot be shown"
    return InputError(f"{problem}: {type(error).__name__}: {message}{hidden_hint(error)}")
