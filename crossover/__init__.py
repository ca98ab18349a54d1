"""One workload through every way Python shares work: how fast, at what cost, and what is lost when something dies."""

import importlib

__version__ = "0.1.0"
__all__ = ["Executor"]


def __getattr__(name: str) -> object:
    """Import what is public when it is used: `crossover --help` is instant."""
    if name in __all__:
        return getattr(importlib.import_module("crossover.jobs.executor"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
