"""Why a worker cannot run a user's object as a function of one item, and what to write instead."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, NamedTuple


class _TaskLibrary(NamedTuple):
    """How the task objects of a library are recognised without importing it, and what they run.

    Attributes:
        name: of the library.
        marks: methods that the class of a task object has.
        function: the attribute that calls the user's function in the same process.
    """

    name: str
    marks: tuple[str, ...]
    function: str


CACHED = type(functools.cache(len))  # the type has no public name
TASK_LIBRARIES = (
    _TaskLibrary("Celery", ("apply_async", "delay", "signature_from_request"), "run"),
    _TaskLibrary("Huey", ("call_local", "schedule"), "call_local"),
    _TaskLibrary("Dramatiq", ("send_with_options", "message_with_options"), "fn"),
)
MESSAGES = {"s", "si", "signature", "subtask", "message", "message_with_options"}
SENDS = MESSAGES | {"apply_async", "delay", "enqueue", "retry", "schedule", "send", "send_with_options"}
"""Attributes of task objects that send a task, or describe one (`MESSAGES`), instead of running it."""


def why_not(reference: str, found: Any, owner: Any) -> str | None:
    """Return why a worker cannot call an object with one item and keep what it returns, or None where it can.

    Args:
        reference: "package.module:name" of the object.
        found: the object.
        owner: the module or object whose attribute it is.
    """
    if not callable(found):
        return f"{reference} is of type {type(found).__name__}, not a function that can be called"
    return _task_object(reference, found, owner) or _returns_no_value(reference, found) or _arguments(reference, found)


def takes_item_and_value(check: Any) -> bool:
    """Return whether an object can be called as `check(item, value)`."""
    return callable(check) and _misfit(check, 2) is None


def _task_object(reference: str, found: Any, owner: Any) -> str | None:
    """Refuse what sends a task to a queue: then the queue of that library would be measured, or nothing."""
    name = reference.rpartition(".")[2]
    if library := _library_of(found):
        return (
            f"{reference} is a {library.name} task, which may be sent to a queue instead of running here: "
            f"name the function in it, {reference}.{library.function}"
        )
    if name in SENDS and "." in reference.partition(":")[2]:
        task = reference.rpartition(".")[0]
        library = _library_of(owner)
        if library or (inspect.isfunction(owner) and name in {"delay", "enqueue"}):  # RQ adds these to the function
            function = f"{task}.{library.function}" if library else task
            return f"{reference} sends a task to a queue instead of running it: name the function, {function}"
    return None


def _library_of(found: Any) -> _TaskLibrary | None:
    """Return the library whose task an object is; Celery's are behind proxies, which tell only `__class__`."""
    kind = getattr(found, "__class__", type(found))
    return next((one for one in TASK_LIBRARIES if all(hasattr(kind, mark) for mark in one.marks)), None)


def _returns_no_value(reference: str, found: Any) -> str | None:
    """Refuse what, called, does not run but returns something that has to be run."""
    name = reference.rpartition(":")[2]
    called = _called(found)
    if inspect.isasyncgenfunction(called):
        return (
            f"{reference} is an async generator function, which runs nothing when it is called: name a function that "
            f"collects what it yields, as in: async def collect(item): return [value async for value in {name}(item)]; "
            "def run(item): return asyncio.run(collect(item))"
        )
    if inspect.iscoroutinefunction(called):
        return (
            f"{reference} is an async function, which runs nothing when it is called: name a function that runs it, "
            f"as in: def run(item): return asyncio.run({name}(item))"
        )
    if inspect.isgeneratorfunction(called):
        return (
            f"{reference} is a generator function, which runs nothing when it is called: name a function that returns "
            f"what it yields, as in: def run(item): return list({name}(item))"
        )
    return None


def _called(found: Any) -> Any:
    """Return the function that runs when an object is called; a decorator's wrapper is such a function itself."""
    while True:
        if isinstance(found, functools.partial):
            found = found.func
        elif isinstance(found, CACHED):
            found = found.__wrapped__
        elif not inspect.isroutine(found) and not isinstance(found, type):
            method = getattr(type(found), "__call__", None)  # noqa: B004 - it is looked at, not only found
            return found if method is None else method
        else:
            return found


def _arguments(reference: str, found: Any) -> str | None:
    """Refuse what cannot be called with one item."""
    misfit = _misfit(found, 1)
    if misfit is None:
        return None
    name = reference.rpartition(":")[2]
    if _is_method_of_a_class(found):
        return f"{reference} is a method of a class: make an object in the module, and name the method of the object"
    return (
        f"{reference} cannot be called with one item ({misfit}): name a function that can, "
        f"as in: def run(item): return {name}(*item)"
    )


def _is_method_of_a_class(found: Any) -> bool:
    return inspect.isfunction(found) and next(iter(inspect.signature(found).parameters), "") == "self"


def _misfit(function: Callable[..., Any], arguments: int) -> str | None:
    """Return why a function cannot be called with so many arguments; None where it can, or nothing says so."""
    try:
        signature = inspect.signature(_unlimited(function), follow_wrapped=False)  # a decorator may supply arguments
    except Exception:  # builtins have none, and an object may say anything of itself
        return None
    try:
        signature.bind(*[None] * arguments)
    except TypeError as error:
        return str(error)
    return None


def _unlimited(function: Any) -> Any:
    """Return the function behind functools.cache, which calls it with the same arguments."""
    return function.__wrapped__ if isinstance(function, CACHED) else function
