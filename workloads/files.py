"""files: real input. Each file under a folder is read, compressed and digested."""

from __future__ import annotations

import hashlib
import os
import sysconfig
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from workloads.base import InputError, Workload

NOT_THE_LIBRARY = {"site-packages", "dist-packages", "__pycache__"}


def run(path: str) -> dict[str, Any]:
    """Read, compress and digest one file.

    Args:
        path: the file.

    Returns:
        Its size, its compressed size (zlib, level 6) and the SHA-256 of the compressed bytes.

    Raises:
        OSError: the file cannot be read.
    """
    data = Path(path).read_bytes()
    compressed = zlib.compress(data, 6)
    return {
        "bytes": len(data),
        "compressed_bytes": len(compressed),
        "sha256": hashlib.sha256(compressed).hexdigest(),
    }


class Files(Workload):
    """Real files; the right value is what was computed from the file before the clock started.

    Args:
        folder: every regular file under it is a payload, sorted by path.
            None: the `.py` files of the standard library, which are on every machine.

    Raises:
        InputError: the folder does not exist, is not a folder, or contains no file.
    """

    name = "files"
    reference = "workloads.files:run"
    keeps_payloads = True
    on_this_machine = True

    def __init__(self, folder: str | None) -> None:
        root = Path(folder if folder is not None else sysconfig.get_path("stdlib"))
        if not root.is_dir():
            kind = "is not a folder" if root.exists() else "does not exist"
            raise InputError(f"{root} {kind}; the files workload takes a folder (-i DIR)")
        found = _standard_library(root) if folder is None else _regular_files(root)
        self._paths = sorted(str(path) for path in found)
        if not self._paths:
            raise InputError(f"{root} contains no file; the files workload takes a folder with at least one")
        self.usual_tasks = len(self._paths)
        self._right: dict[str, dict[str, Any]] = {}
        self._zlib = zlib.ZLIB_RUNTIME_VERSION

    def prepare(self, tasks: int) -> None:
        """Compute the value of each file that is used, and keep no other."""
        del self._paths[tasks:]
        self.expect(self._paths)

    def payloads(self, tasks: int) -> list[Any]:
        """Return paths."""
        return self._paths

    def expect(self, payloads: Iterable[Any]) -> None:
        """Compute the value of each file that has none yet."""
        for path in payloads:
            if path not in self._right:
                with suppress(OSError):  # a file that cannot be read fails in the worker, and is counted there
                    self._right[path] = run(path)

    def check(self, payload: Any, value: Any) -> bool:
        """Compare sizes and digest; another interpreter may have another zlib, which compresses in its own way."""
        if value == self._right.get(payload):
            return True
        return self._zlib != zlib.ZLIB_RUNTIME_VERSION and bool(value == run(payload))


def _standard_library(root: Path) -> Iterator[str]:
    """Return the files of the library only: installed packages may be ten times as many."""
    for folder, folders, names in os.walk(root):
        folders[:] = set(folders) - NOT_THE_LIBRARY
        yield from (os.path.join(folder, name) for name in names if name.endswith(".py"))  # noqa: PTH118 - a Path costs


def _regular_files(root: Path) -> Iterator[Path]:
    return (path for path in root.rglob("*") if path.is_file())
