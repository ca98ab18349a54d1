"""A copy of the house in which faults are planted: the working tree is never touched, and nothing of the copy stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


class HouseCopy:
    """All files that git knows, or would ask about, in a temporary folder.

    Attributes:
        root: that folder; tests run in it, and import from it.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder / "house"
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name)

    @contextmanager
    def planted(self, module: str, text: str) -> Iterator[None]:
        """Put another text in a module's place for a while."""
        path = self.root / module
        kept = path.read_text(encoding="utf-8")
        _replace(path, text)
        try:
            yield
        finally:
            _replace(path, kept)


def _replace(path: Path, text: str) -> None:
    """Write a module. Compiled code of another text, of the same length and second, would seem to be current."""
    path.write_text(text, encoding="utf-8")
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


@contextmanager
def house_copy() -> Iterator[HouseCopy]:
    """Make a copy; remove it at the end, together with what tests have left in temporary folders."""
    with tempfile.TemporaryDirectory(prefix="mutants-", ignore_cleanup_errors=True) as name:
        copy = HouseCopy(Path(name))
        temporary = Path(name) / "tmp"
        temporary.mkdir()
        path = os.pathsep.join([str(copy.root), *filter(None, [os.environ.get("PYTHONPATH")])])
        os.environ.update(TMPDIR=str(temporary), PYTHONPATH=path, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1")
        tempfile.tempdir = None  # it is looked up again
        yield copy
