"""Other interpreters: virtual environments of this one, with what a test puts into them; nothing is installed."""

import subprocess
import sys
import sysconfig
from pathlib import Path

from waiting import PATIENCE

import crossover

OURS = Path(crossover.__file__).parents[1]
LIBRARIES = Path(sysconfig.get_path("purelib"))


def make_python(folder, *, paths=(OURS, LIBRARIES), code=""):
    """Make an environment, and return the path of its interpreter.

    Args:
        folder: does not exist yet.
        paths: folders in which it searches for modules.
        code: runs whenever the interpreter starts.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], timeout=PATIENCE, check=True)
    (own,) = folder.glob("lib/python*/site-packages")
    (own / "paths.pth").write_text("".join(f"{path}\n" for path in paths))
    if code:
        (own / "sitecustomize.py").write_text(code)
    return folder / "bin" / "python"


def libraries_without(folder, missing):
    """Link all installed libraries into a folder, but for one; return the folder."""
    folder.mkdir()
    for path in LIBRARIES.iterdir():
        if not path.name.lower().startswith(missing) and path.suffix != ".pth":
            (folder / path.name).symlink_to(path)
    return folder
