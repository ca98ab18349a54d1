"""Copies of payloads, for functions that may change what they are given."""

from __future__ import annotations

import copy
import functools
import gc
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import NoneType
from typing import Any

FIXED = frozenset({NoneType, bool, int, float, complex, str, bytes})  # their values cannot be changed


@contextmanager
def collection_paused() -> Iterator[None]:
    """Let the garbage collector wait while many objects are made that stay: it would look at all again and again."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


def changeable(value: Any) -> bool:
    """Return whether a value, or a part of it, can be changed."""
    if type(value) is tuple:
        return any(map(changeable, value))
    return type(value) not in FIXED


def copier(value: Any) -> Callable[[], Any]:
    """Return a function that returns a copy of what a value is now, as a worker in another process would get it.

    What cannot be pickled is copied by `copy.deepcopy`; what cannot be copied either is returned itself.

    Args:
        value: any payload.
    """
    if not changeable(value):
        return lambda: value
    try:
        data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
        pickle.loads(data)
    except Exception:
        return _deep_copier(value)
    return functools.partial(pickle.loads, data)


def _deep_copier(value: Any) -> Callable[[], Any]:
    try:
        kept = copy.deepcopy(value)
    except Exception:
        return lambda: value
    return lambda: copy.deepcopy(kept)
