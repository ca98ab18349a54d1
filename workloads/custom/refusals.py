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
        marks: attributes that a task object has.
        function: the attribute that calls the user's function in the same process.
    """

    name: str
    marks: tuple[str, ...]
    function: str


CACHED = type(functools.cache(len))  # the type has no public name
TASK_LIBRARIES = (
    _TaskLibrary("Prefect", ("submit", "with_options", "fn"), "fn"),  # before Celery, some of whose methods it has
    _TaskLibrary("Celery", ("apply_async", "delay", "run"), "run"),
    _TaskLibrary("Huey", ("call_local",), "call_local"),
    _TaskLibrary("Dramatiq", ("send", "fn"), "fn"),
    _TaskLibrary("taskiq", ("kiq", "original_func"), "original_func"),
    _TaskLibrary("Procrastinate", ("defer", "func"), "func"),
)
JOBLIB_DELAYED = "delayed_function"  # the name of what `joblib.delayed` returns, in its code
SENDS = {"apply_async", "defer", "delay", "enqueue", "kiq", "retry", "schedule", "send", "send_with_options", "submit"}
DESCRIBES = {"message", "message_with_options", "s", "si", "signature", "subtask"}
"""Attributes of task objects that send a task, or describe one, instead of running it."""


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
    if getattr(getattr(found, "__code__", None), "co_name", "") == JOBLIB_DELAYED:
        return (
            f"{reference} was made by joblib's delayed, so it returns a description of a call instead of a value: "
            f"name the function in it, {reference}.__wrapped__"
        )
    if library := _library_of(found):
        return (
            f"{reference} is a {library.name} task, which may be sent to a queue instead of running here: "
            f"name the function in it, {reference}.{library.function}"
        )
    if name in SENDS | DESCRIBES and "." in reference.partition(":")[2]:
        task = reference.rpartition(".")[0]
        library = _library_of(owner)
        if library or (inspect.isfunction(owner) and name in {"delay", "enqueue"}):  # RQ adds these to the function
            function = f"{task}.{library.function}" if library else task
            return f"{reference} sends or describes a task instead of running it: name the function, {function}"
    return None


def _library_of(found: Any) -> _TaskLibrary | None:
    """Return the library whose task an object is."""
    return next((one for one in TASK_LIBRARIES if all(_has(found, mark) for mark in one.marks)), None)


def _has(found: Any, name: str) -> bool:
    """Return whether an object has an attribute of its own or of its class; one that makes up any does not count.

    Celery's tasks are behind proxies, of which only `__class__` and `__dict__` are those of the task.
    """
    return hasattr(found.__class__, name) or name in getattr(found, "__dict__", ())


def _returns_no_value(reference: str, found: Any) -> str | None:
    """Refuse what, called, does not run but returns something that has to be run."""
    name = reference.rpartition(":")[2]
    called = _called(found)
    if inspect.isasyncgenfunction(called):
        return (
            f"{reference} is an async generator function, which runs nothing when it is called: name a function that "
            f"collects what it yields, as in: async def collect(item): return [value async for value in {name}(item)]; "
            "def run_one(item): return asyncio.run(collect(item))"
        )
    if inspect.iscoroutinefunction(called):
        return (
            f"{reference} is an async function, which runs nothing when it is called: name a function that runs it, "
            f"as in: def run_one(item): return asyncio.run({name}(item))"
        )
    if inspect.isgeneratorfunction(called):
        return (
            f"{reference} is a generator function, which runs nothing when it is called: name a function that returns "
            f"what it yields, as in: def run_one(item): return list({name}(item))"
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
        f"as in: def run_one(item): return {name}(*item)"
    )


def _is_method_of_a_class(found: Any) -> bool:
    return inspect.isfunction(found) and next(iter(inspect.signature(found).parameters), "") == "self"


def _misfit(function: Callable[..., Any], arguments: int) -> str | None:
    """Return why a function cannot be called with so many arguments; None where it can, or nothing says so."""
    try:
        signature = inspect.signature(_direct(function), follow_wrapped=False)  # a decorator may supply arguments
    except Exception:  # builtins have none, and an object may say anything of itself
        return None
    try:
        signature.bind(*[None] * arguments)
    except TypeError as error:
        return str(error)
    return None


def _direct(function: Any) -> Any:
    """Return what is called with the same arguments: behind functools.cache, or a static __call__."""
    if isinstance(function, CACHED):
        return function.__wrapped__
    call = inspect.getattr_static(type(function), "__call__", None)
    return call.__func__ if isinstance(call, staticmethod) else function  # its signature would lack an argument
