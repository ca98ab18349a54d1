"""Modules of the user: searched for after all others, and only in processes that run them."""

from __future__ import annotations

import ast
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import find_spec
from types import ModuleType

FOLDERS = "CROSSOVER_FOLDERS"  # a list as Python writes it; the command sets it
BEFORE = "CROSSOVER_BEFORE_"  # what the variable of this name was
getpid = os.getpid  # of Python itself, whatever a module puts in its place
CHANGED = ("PYTHONPATH", "PYTHONSAFEPATH")  # by the command, see crossover/cli/import_path.py


def user_folders() -> list[str]:
    """Return where the user's modules may be: the current folder of the command, and those of PYTHONPATH."""
    recorded = os.environ.get(FOLDERS)
    if recorded is not None:
        return list(ast.literal_eval(recorded))
    try:
        return [os.getcwd()]  # noqa: PTH109 - as it is, without resolving links
    except FileNotFoundError:
        return []


def search_first(folder: str) -> None:
    """Make a folder the first of the user's folders, for this process and those that it starts; "" changes nothing."""
    if folder:
        os.environ[FOLDERS] = ascii(list(dict.fromkeys([folder, *user_folders()])))


def search_only(folders: Sequence[str]) -> None:
    """Make these the user's folders, for this process and those that it starts; none change nothing."""
    if folders:
        os.environ[FOLDERS] = ascii(list(folders))


def import_module(name: str) -> ModuleType:
    """Import a module; a process that it forks meanwhile ends here, and does not go on as a second worker.

    Raises:
        BaseException: what the module raises; ImportError where it does not exist.
    """
    process = getpid()
    try:
        return importlib.import_module(name)
    finally:
        if getpid() != process:
            os._exit(0)


def search_user_folders(*more: str) -> None:
    """Let modules of the user be imported from now on: last, so that no file of theirs hides another module.

    They find the variables of their own libraries again; those of the interpreter would reach our own child processes.

    Args:
        more: further folders.
    """
    sys.path.extend(folder for folder in dict.fromkeys([*user_folders(), *more]) if folder not in sys.path)
    _restore(lambda name: name not in CHANGED)


def restore_variables() -> None:
    """Set the environment variables that were changed for this process as the user has set them.

    So the user's function, and programs that it starts, find what they would find without us.
    """
    if FOLDERS in os.environ:  # the command has changed these
        for name in CHANGED:
            os.environ.pop(name, None)
    _restore(lambda _: True)


def _restore(wanted: Callable[[str], bool]) -> None:
    for kept in [kept for kept in os.environ if kept.startswith(BEFORE)]:
        if wanted(name := kept.removeprefix(BEFORE)):
            os.environ[name] = os.environ.pop(kept)


def hidden(module: str) -> str | None:
    """Return, in a sentence, which file hides the user's module of that name; None where none does.

    Args:
        module: its name; what counts is the package that contains it.
    """
    return _hidden(module.partition(".")[0], tuple(user_folders()))


@lru_cache(maxsize=64)
def _hidden(name: str, folders: tuple[str, ...]) -> str | None:
    try:
        found, users = find_spec(name), PathFinder.find_spec(name, list(folders))
    except (ImportError, ValueError, AttributeError):  # such as __main__
        return None
    if found is None or users is None or users.origin is None or _real(found) == _real(users):
        return None
    where = "Python itself" if found.origin in {"built-in", "frozen"} else found.origin
    return f"{users.origin} is hidden by the module {name} of {where}: rename yours"


def hidden_hint(error: BaseException) -> str:
    """Return " (...)" if an error may come from a module of the user's that is hidden by another, else nothing."""
    module: object = None
    if isinstance(error, ImportError):
        module = error.name
    elif isinstance(error, AttributeError) and isinstance(error.obj, ModuleType):
        module = error.obj.__name__
    sentence = hidden(module) if isinstance(module, str) else None
    return f" ({sentence})" if sentence else ""


def _real(spec: ModuleSpec) -> str:
    return os.path.realpath(spec.origin) if spec.origin else ""
