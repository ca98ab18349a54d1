"""Where a result is written: what was typed, and which place that was when the command started."""

from __future__ import annotations

import errno
import importlib.util
import os
import re
import signal
import stat
import tempfile
from pathlib import Path
from typing import NamedTuple

from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.descriptors import can_be_written
from crossover.workers.interruption import INTERRUPTS

STANDARD_OUTPUT = "-"
NEEDED = ("altair", "jinja2", "vl_convert")  # by charts and by the page
NAMED_DESCRIPTOR = re.compile(r"/dev/std(?P<stream>out|err)|/(dev|proc/self)/fd/(?P<number>[0-9]{1,6})")
NO_NEW_FILE = {errno.EACCES, errno.EPERM, errno.EROFS}  # by a folder, whose files may still be writable


class Place(NamedTuple):
    """A file, a folder or an open descriptor.

    Attributes:
        typed: how it was named; messages show this.
        path: where it is, whatever the current folder becomes later.
        descriptor: what it is instead: 1 for standard output, another for /dev/fd/3 or >(a process); None: a path.
    """

    typed: str
    path: Path
    descriptor: int | None = None

    def __str__(self) -> str:
        return "standard output" if self.is_standard_output else readable(self.typed)

    @property
    def is_standard_output(self) -> bool:
        """Whether it is the command's standard output."""
        return self.descriptor == 1

    @property
    def keeps(self) -> bool:
        """Whether what is written there replaces what was there before; a pipe or a device takes it only once."""
        return self.descriptor is None and not self.path.is_char_device()


def place(typed: str) -> Place:
    """Return the place that a word of the command line names now.

    Raises:
        UsageError: the current folder has been removed.
    """
    if typed == STANDARD_OUTPUT:
        return Place(typed, Path(typed), 1)
    if named := NAMED_DESCRIPTOR.fullmatch(typed):
        number = int(named["number"] or ("out", "err").index(named["stream"]) + 1)
        return Place(typed, Path(typed), number)
    try:
        return Place(typed, Path.cwd() / typed)
    except FileNotFoundError as error:
        if Path(typed).is_absolute():
            return Place(typed, Path(typed))
        raise UsageError(f"{readable(typed)} cannot be written: the current folder has been removed") from error


def check_writable(where: Place) -> None:
    """Check before a run that a result can be written.

    A regular file is replaced, or written in place where its folder takes no new file. An open descriptor and a device
    such as /dev/null are written to once. A named pipe is refused: it would keep the command waiting for a reader.

    Args:
        where: it will go.

    Raises:
        UsageError: it cannot be written there.
    """
    if where.descriptor is not None:
        if not can_be_written(where.descriptor):
            raise UsageError(f"{where} cannot be written: it is closed, or open for reading only")
        return
    try:
        if reason := _obstacle(Path(os.path.realpath(where.path))):
            raise UsageError(f"{where} {reason}")
    except OSError as error:
        folder = Path(where.typed).parent
        raise UsageError(f"{where} cannot be written: {error.strerror} (folder {readable(str(folder))})") from error


def check_folder(where: Place) -> None:
    """Make a folder if there is none, before a run, and check that files can be written into it.

    Raises:
        UsageError: it is something else, or they cannot.
    """
    if where.descriptor is not None or (where.path.exists() and not where.path.is_dir()):
        raise UsageError(f"{readable(where.typed)} is not a folder, so charts cannot be written to it")
    try:
        where.path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=where.path):
            pass
    except OSError as error:
        raise UsageError(f"{where} cannot be written to: {error.strerror}") from error


def _obstacle(target: Path) -> str:
    """Return why a result cannot be written to a path without links, in words; "" if it can.

    Raises:
        OSError: it cannot, for a reason that the system gives.
    """
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        _try_to_make(target)
        return ""
    if stat.S_ISDIR(mode):
        return "is a folder, not a file that a result can be written to"
    if stat.S_ISFIFO(mode):
        return "is not a regular file but a named pipe; to write to a process, write to - and use |"
    if not stat.S_ISREG(mode) and not stat.S_ISCHR(mode):
        return "is not a regular file; a result can only replace one"
    os.close(os.open(target, os.O_WRONLY | os.O_CLOEXEC | os.O_NOCTTY | os.O_NONBLOCK))
    if stat.S_ISREG(mode):
        _try_folder(target.parent)
    return ""


def _try_to_make(target: Path) -> None:
    """Make a file of this name, and remove it: the name may be too long, or not possible in this file system."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTS)  # between the two, it would be left there
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC))
        target.unlink()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _try_folder(folder: Path) -> None:
    """Make a temporary file in the folder of a writable file; where that is not allowed, it is written in place."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        if error.errno not in NO_NEW_FILE:
            raise


def refuse_charts(form: str) -> None:
    """Find out before a run, without importing any of it, whether charts can be made.

    Args:
        form: the option that needs them.

    Raises:
        UsageError: something is missing.
    """
    for module in NEEDED:
        if importlib.util.find_spec(module) is None:
            raise UsageError(f"--{form} needs {module}, which is not installed: pip install 'crossover-ipc[report]'")
