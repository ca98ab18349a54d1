"""The name of a function by which a worker on another machine finds it."""

from __future__ import annotations

import functools
import operator
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any
from weakref import WeakKeyDictionary

from crossover.contract.text import readable
from crossover.jobs.remote.main_module import MAIN, script


def reference_of(function: Callable[..., Any], *, main: bool = False) -> str:
    """Return a function as "module:function".

    Args:
        function: the function.
        main: whether workers load the script itself.

    Raises:
        TypeError: a worker cannot find it by a name.
    """
    if main and getattr(function, "__module__", None) == MAIN and script():
        return f"{MAIN}:{_checked(function).partition(':')[2]}"
    if type(function) is not FunctionType:  # others may compare as they like
        return _reference_of(function)
    if function not in _known:
        _known[function] = _reference_of(function)
    return _known[function]


_known: WeakKeyDictionary[FunctionType, str] = WeakKeyDictionary()


def _checked(function: Any) -> str:
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    if isinstance(function, functools.partial):
        raise TypeError(
            "a functools.partial has no name that a worker could import: submit the function, and its arguments with it"
        )
    if not isinstance(module, str) or not isinstance(name, str):
        raise TypeError(
            f"an object of {type(function).__qualname__} has no name that a worker could import: submit a function "
            "that a module defines at its top"
        )
    shown = readable(f"{module}.{name}")
    if "<lambda>" in name:
        where = f"{shown} is a lambda{_line_of(function)}: it has no name that a worker could import; "
        raise TypeError(f"{where}write it as a function at the top of a module, and submit that")
    if "<locals>" in name:
        raise TypeError(
            f"{shown} is defined inside a function{_line_of(function)}: a worker could not import it; move it to the "
            "top of its module"
        )
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, type) and type(owner) is not type(sys):
        raise TypeError(
            f"{shown} is a method of an object, which stays here: submit a function that takes the object's data"
        )
    try:
        found = operator.attrgetter(name)(sys.modules[module])
    except (KeyError, AttributeError):
        found = None
    if module != MAIN and found is not function and found != function:
        raise TypeError(
            f"{shown} is not what a worker would find under that name (it may be decorated or replaced): submit the "
            f"function that {module} has there"
        )
    return f"{module}:{name}"


def _reference_of(function: Any) -> str:
    reference = _checked(function)
    module, _, name = reference.partition(":")
    shown = readable(f"{module}.{name}")
    if module == MAIN:
        spec = getattr(sys.modules[MAIN], "__spec__", None)
        if spec is None or spec.name.endswith(MAIN):
            raise TypeError(
                f"{shown} is defined in the script itself, which a worker cannot import: move it to a module, and "
                "import it from there"
            )
        return f"{spec.name}:{name}"
    return reference


def _line_of(function: Any) -> str:
    code = getattr(function, "__code__", None)
    return f" ({code.co_filename}, line {code.co_firstlineno})" if code else ""
