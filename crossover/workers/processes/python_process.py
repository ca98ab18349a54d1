"""How a Python process of ours is started: it imports what this one can import, and nothing else."""

from __future__ import annotations

import json
import os
import sys

HASH_SEED = "PYTHONHASHSEED"
FIXED_SEED = 0  # where the user has set none
BOOTSTRAP = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)) or sys.path; from {0} import {1}; {1}()"
OF_ONE_PYTHON = ("PYTHONHOME", "PYTHONEXECUTABLE", "PYTHONPLATLIBDIR")  # another interpreter would not find its library


def python_command(target: str, *arguments: str, python: str = "") -> list[str]:
    """Return the command line of a Python process that calls a function of ours.

    It searches for modules where this process does, and nowhere else: `-m` and `-c` alone would search the current
    folder first, where a file may have the name of a module of ours, of a library or of Python. Use `environment()`.

    Args:
        target: the function that it calls, without arguments, as "package.module:function".
        arguments: what the function finds in `sys.argv[1:]`; every local user can see them.
        python: another interpreter, which searches where its own modules are; empty: this one.
    """
    module, _, function = target.partition(":")
    folders = json.dumps([] if python else list(filter(None, sys.path)))
    return [python or sys.executable, "-P", "-c", BOOTSTRAP.format(module, function), folders, *arguments]


def environment(python: str = "") -> dict[str, str]:
    """Return the environment variables of a Python process that `python_command` starts.

    Args:
        python: another interpreter; empty: this one.
    """
    left_out = {"PYTHONPATH", *(OF_ONE_PYTHON if python else ())}
    ours = {name: value for name, value in os.environ.items() if name not in left_out}
    return ours | {HASH_SEED: str(hash_seed())}


def hash_seed() -> int:
    """Return the hash seed of every process of a run: sets are in the same order in all of them."""
    typed = os.environ.get(HASH_SEED, "")
    return int(typed) if typed.isdecimal() else FIXED_SEED
