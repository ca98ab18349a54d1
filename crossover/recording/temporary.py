"""Folders for temporary files: the one that TMPDIR names, or another one where its name is of no use."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

OTHERS = ("/tmp", "/var/tmp", "/dev/shm")  # noqa: S108 - shared folders; only folders of one user are made in them
RANDOM_PART = 8  # characters that `mkdtemp` adds
LONGEST_SOCKET = 107  # bytes of the path of a Unix socket, from linux/un.h


def temporary_folders() -> Iterator[Path]:
    """Return the folders in which this user can create files, TMPDIR's first; there may be none."""
    found: set[str] = set()
    try:
        found.add(tempfile.gettempdir())
        yield Path(tempfile.gettempdir())
    except FileNotFoundError:
        pass
    for folder in OTHERS:
        if folder not in found and os.access(folder, os.W_OK | os.X_OK):
            found.add(folder)
            yield Path(folder)


def create_folder(prefix: str, fits: Callable[[Path], bool]) -> Path:
    """Create a folder that only this user can enter, in the first temporary folder that fits, and return it.

    Args:
        prefix: of its name.
        fits: returns whether a folder of such a path can be used.

    Raises:
        OSError: no folder fits, or it cannot be created.
    """
    for parent in temporary_folders():
        if fits(parent / f"{prefix}{'x' * RANDOM_PART}"):
            return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    found = ", ".join(repr(str(folder)) for folder in temporary_folders()) or "none"
    raise OSError(f"it needs a temporary folder with a short and plain name (here: {found}); set TMPDIR to one")


def fits_socket(path: Path) -> bool:
    """Return whether a Unix socket can have this path."""
    return len(os.fsencode(path)) <= LONGEST_SOCKET
