"""What travels between an executor and its workers: a call one way, its value or its exception the other way.

Whatever cannot be pickled or unpickled, at either end, fails its own task and nothing else.
"""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from typing import Any

from crossover.jobs.errors import RemoteError, RemoteTraceback
from crossover.workers.forks import only_here

PROTOCOL = 5
READY, VALUE, ERROR, CANNOT_START = b"r", b"v", b"e", b"i"
"""The first byte of what a worker sends."""
NOT_AT_THE_TOP = "no process finds a lambda or a function inside another one: define it at the top of a module"
NOT_IN_A_FILE = (
    "a worker process finds what stands at the top of a module that a file holds: not what is typed at a prompt or "
    'after python -c, nor what is below if __name__ == "__main__"; Executor("threads") needs no file'
)


def call_message(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> bytes:
    """Return the message that carries a call.

    Raises:
        Exception: a part of it cannot be pickled.
    """
    try:
        return dumps((function, arguments, keywords))
    except Exception as error:
        if "<" in getattr(function, "__qualname__", ""):
            error.add_note(NOT_AT_THE_TOP)
        raise


def dumps(thing: Any) -> bytes:
    """Return a pickle; connections and locks travel as they do in `multiprocessing`."""
    try:
        return pickle.dumps(thing, PROTOCOL)
    except Exception:  # ours are the common things; those of multiprocessing need its own pickler, which is slower
        return bytes(ForkingPickler.dumps(thing, PROTOCOL))


def perform(message: bytes | memoryview) -> bytes:
    """Do a call, and return the message that carries its outcome."""
    try:
        try:
            function, arguments, keywords = pickle.loads(message)
        except AttributeError as error:
            if "_main__" in str(error):  # __main__ or __mp_main__
                error.add_note(NOT_IN_A_FILE)
            raise
        return VALUE + dumps(only_here(function)(*arguments, **keywords))
    except BaseException as error:  # SystemExit and KeyboardInterrupt reach the future, too
        return ERROR + error_message(error)


def error_message(error: BaseException) -> bytes:
    """Return a pickle of an exception and its traceback; of one that cannot be carried, its type and text."""
    try:
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    except BaseException:
        text = "its traceback cannot be made\n"
    for way in (_itself, _rebuilt):
        try:
            carried = dumps((way(error), text))
            read = read_error(carried)  # what cannot be read, or becomes another, must not reach the other side
            if type(read) is type(error) and str(read) == str(error):
                return carried
        except BaseException:  # noqa: S112 - the next way is tried
            continue
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    return pickle.dumps((RemoteError(f"{kind}: {_text_of(error)}"), text), PROTOCOL)


def read_error(message: bytes | bytearray | memoryview) -> BaseException:
    """Return the exception of a task, with the worker's traceback as its cause."""
    error, text = pickle.loads(message)
    if isinstance(error, tuple):
        kind, arguments, state = error
        error = kind.__new__(kind, *arguments)
        error.args = arguments
        vars(error).update(state)
    error.__cause__ = RemoteTraceback(text)
    made: BaseException = error
    return made


def _itself(error: BaseException) -> Any:
    return error


def _rebuilt(error: BaseException) -> Any:
    """Return what an exception is made of, for one whose `__init__` cannot be called with its `args`."""
    return type(error), error.args, vars(error)


def _text_of(error: BaseException) -> str:
    try:
        return str(error)
    except BaseException:
        return "its text cannot be made"
