"""The script that runs the command: worker processes need nothing of it."""

from __future__ import annotations

import sys

from crossover.cli import main


def forget_script() -> None:
    """Let no process that `multiprocessing` starts import the script again, and all of click with it.

    A process is told the name, or the file, of the script, in which a user's own program may have functions. Ours has
    none. Where something else runs the command, such as a test, its script is left alone.
    """
    script = sys.modules["__main__"]
    spec = getattr(script, "__spec__", None)
    if (spec is not None and spec.name == main.__name__) or getattr(script, "main", None) is main.main:
        script.__spec__ = None
        script.__dict__.pop("__file__", None)
