"""What a user may type for a function of theirs: resize:resize, resize.py:resize, resize.resize."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from workloads.base import InputError
from workloads.user_modules import user_folders

MOST_NAMES = 5  # functions in one message
SUFFIX = ".py"


class UsersName(NamedTuple):
    """A function, or workload, of the user's.

    Attributes:
        reference: as "package.module:name".
        folder: where its module is, if a file was typed; "" if it is where all modules of the user's are searched for.
    """

    reference: str
    folder: str = ""


def users_name(typed: str) -> UsersName | None:
    """Return what was named, or None if it is no name of a user's function.

    Args:
        typed: a module, or the path of its file, a colon, and a name in it. Instead of the colon there may be two, or,
            behind the name of a module, a dot; the name may end in parentheses.

    Raises:
        InputError: it names a file that is not there, or a module without a function.
    """
    module, colon, path = typed.strip().removesuffix("()").rpartition(":")
    module, path = module.rstrip(": "), path.strip()
    if not colon or not path:
        return _without_colon(module if colon else path)
    if not module.endswith(SUFFIX) and "/" not in module:
        return UsersName(f"{module}:{path}")
    file = Path(module if module.endswith(SUFFIX) else module + SUFFIX)
    if not _is_file(file):
        raise InputError(f"{typed!r} cannot be used: there is no file {file}; write FILE.py:FUNCTION")
    return _in_file(file, path)


def _in_file(file: Path, path: str) -> UsersName:
    """Return what is in a file; its module is searched for in the folder that contains it, or all of its package."""
    absolute = file.absolute()
    names, folder = [absolute.stem], absolute.parent
    if "." in absolute.stem:
        raise InputError(f"{file} cannot be imported, because its name has a dot: rename it")
    while _is_file(folder / "__init__.py"):
        names.insert(0, folder.name)
        folder = folder.parent
    return UsersName(f"{'.'.join(names)}:{path}", "" if str(folder) in user_folders() else str(folder))


def _without_colon(typed: str) -> UsersName | None:
    """Return the function behind the last dot, if the file of its module is there."""
    if typed.endswith(SUFFIX) or "/" in typed:
        file = Path(typed if typed.endswith(SUFFIX) else typed + SUFFIX)
        if _is_file(file):
            raise InputError(f"{typed} is a file: name a function in it, as {typed}:{_function_in(file)}")
        return None
    if not all(typed.split(".")):
        return None
    if found := _file_of(typed):
        raise InputError(f"{typed} is a module: name a function in it, as {typed}:{_function_in(found)}")
    module = typed
    while module := module.rpartition(".")[0]:
        if _file_of(module):
            return UsersName(f"{module}:{typed[len(module) + 1 :]}")
    return None


def _file_of(module: str) -> Path | None:
    """Return the file of a module of the user's; nothing is imported."""
    for folder in user_folders():
        base = Path(folder, *module.split("."))
        for file in (base.with_name(base.name + SUFFIX), base / "__init__.py"):
            if _is_file(file):
                return file
    return None


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for a name that is too long, or a closed folder


def _function_in(file: Path) -> str:
    """Return the names of the functions in a file, which is not imported; "FUNCTION" if none can be read."""
    return " or ".join(list(_functions(file))[:MOST_NAMES]) or "FUNCTION"


def _functions(file: Path) -> Iterator[str]:
    try:
        statements = ast.parse(file.read_bytes()).body
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    yield from (one.name for one in statements if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"))
