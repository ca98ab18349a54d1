"""Where the command searches for modules: where Python, libraries and this package are installed, and nowhere else.

`python -m` and PYTHONPATH put other folders first, and a file there may have the name of any module that is imported
later. So this module is imported first; it needs nothing that the interpreter has not imported itself.
"""

import os
import sys

OURS = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))  # noqa: PTH120 - imports nothing
STANDARD = os.path.realpath(os.path.dirname(os.__file__))  # noqa: PTH120
INSTALLED = ("site-packages", "dist-packages", "lib-dynload")

CHILDREN = {"PYTHONPATH": "", "PYTHONSAFEPATH": "1"}  # workloads/user_modules.py restores what they were


def _typed() -> list[str]:
    """Return the current folder and those of PYTHONPATH: where the user's modules may be."""
    entries = [] if sys.flags.ignore_environment else os.environ.get("PYTHONPATH", "").split(os.pathsep)
    try:
        return list(dict.fromkeys([os.getcwd(), *map(os.path.abspath, filter(None, entries))]))  # noqa: PTH109
    except FileNotFoundError:  # the current folder was removed
        return ["", *filter(os.path.isabs, entries)]


def _real(folder: str) -> str:
    try:
        return os.path.realpath(folder)
    except FileNotFoundError:  # it is relative to a folder that was removed
        return folder


def _is_installed(folder: str) -> bool:
    """Return whether Python, libraries or this package are there; its files may have their names."""
    real = _real(folder)
    return real in {OURS, STANDARD} or os.path.basename(real) in INSTALLED  # noqa: PTH119


def _holds_libraries(folder: str) -> bool:
    try:
        return any(name.endswith(".dist-info") for name in os.listdir(folder))  # noqa: PTH208
    except OSError:
        return False


def _remove(folders: list[str]) -> None:
    """Remove folders from the search, and that of the program that runs."""
    program = os.path.dirname(sys.argv[0]) if sys.argv and not sys.flags.safe_path else ""  # noqa: PTH120
    removed = {_real(folder) for folder in [*folders, program] if folder}
    sys.path[:] = [entry for entry in sys.path if entry and _real(entry) not in removed]


def _removable() -> list[str]:
    current, *listed = FOLDERS
    return [
        *([] if _is_installed(current) else [current]),
        *(folder for folder in listed if not _is_installed(folder) and not _holds_libraries(folder)),
    ]


def pass_on() -> None:
    """Make every Python process that this one starts search where this one does, and keep what the user has set."""
    for name, value in CHILDREN.items():
        before = os.environ.pop(name, None)
        if before is not None:
            os.environ[f"CROSSOVER_BEFORE_{name}"] = before
        if value:
            os.environ[name] = value
    os.environ["CROSSOVER_FOLDERS"] = ascii(list(filter(None, FOLDERS)))  # their names may contain any separator


FOLDERS = _typed()
_remove(_removable())
