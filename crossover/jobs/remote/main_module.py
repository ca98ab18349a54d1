"""Functions and classes of the script itself: own workers load it under another name, as `multiprocessing` does."""

from __future__ import annotations

import os
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType

MAIN = "__main__"
LOADED = "__crossover_main__"
VARIABLE = "CROSSOVER_MAIN"  # of an own worker: the path of the script


def script() -> str:
    """Return the path of the script that runs; empty: there is none, or it can be imported by its name."""
    main = sys.modules[MAIN]
    path = getattr(main, "__file__", None)
    return str(Path(path).absolute()) if path and getattr(main, "__spec__", None) is None else ""


def main_module() -> ModuleType:
    """Return the script as a module; an own worker loads it once, under another name.

    Raises:
        Exception: whatever it raises when it is loaded.
    """
    path = os.environ.get(VARIABLE, "")
    if not path:
        return sys.modules[MAIN]
    if LOADED not in sys.modules:
        spec = spec_from_loader(LOADED, SourceFileLoader(LOADED, path))
        if spec is None or spec.loader is None:
            raise ImportError(f"{path} cannot be loaded")
        sys.modules[LOADED] = made = module_from_spec(spec)
        try:
            spec.loader.exec_module(made)
        except BaseException:
            del sys.modules[LOADED]
            raise
    return sys.modules[LOADED]


def name_on_the_wire(module: str) -> str:
    """Return the name of a module as messages have it."""
    return MAIN if module == LOADED else module
