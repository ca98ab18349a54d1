"""What a job is, beside its output: so that the same command goes on, and another one is refused."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import NamedTuple

import msgspec

from crossover.contract.errors import UsageError
from crossover.jobs.runner.sources.input import FOLDER

SUFFIX = ".job"


class Identity(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What tells two jobs apart.

    Attributes:
        function: as "module:function".
        input: its name.
        head: SHA-256 of the beginning of the input, or of the names of its files.
        size: bytes of the input, or how many files; None: it is not known before its end.
        kind: what its lines are.
        values: whether the output has bare values, whose place is their number.
    """

    crossover: str = "job"
    function: str
    input: str
    head: str
    size: int | None
    kind: str
    values: bool = False

    def difference(self, before: Identity) -> str:
        """Return, in words, what is not as it was before; "" where all is."""
        if self.function != before.function:
            return f"it is of {before.function}, not of {self.function}"
        if self.kind != before.kind:
            return f"its input was read as {before.kind}, not as {self.kind}"
        if self.values != before.values:
            return f"it has {'bare values' if before.values else 'numbered lines'}, which --values changes"
        if self.head != before.head:
            what = "had files of other names" if self.kind == FOLDER else "began in another way"
            return f"its input, {before.input}, {what} than {self.input}"
        if self.size != before.size:
            return f"its input had {before.size:,} bytes, and {self.input} has {self.size:,}"
        return ""


class Held(NamedTuple):
    """A job's file beside its output, locked as long as it is open.

    Attributes:
        path: of the file.
        descriptor: of the file, open.
        before: what it says; None: it is new.
    """

    path: Path
    descriptor: int
    before: Identity | None

    def write(self, identity: Identity) -> None:
        """Write what the job is, before its first line.

        Raises:
            OSError: it cannot be written.
        """
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, msgspec.json.encode(identity) + b"\n", 0)
        os.fsync(self.descriptor)

    def close(self) -> None:
        """Let another command have it."""
        os.close(self.descriptor)


def hold(output: Path) -> Held:
    """Open and lock the file beside an output.

    Raises:
        UsageError: another command works on this output, or the file is none of ours.
        OSError: it cannot be opened.
    """
    path = output.with_name(output.name + SUFFIX)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"another crossover run is writing {output}: wait for its end, or name another -o"
            ) from None
        before = _decoded(path, os.pread(descriptor, 2**16, 0))
        return Held(path, descriptor, before)
    except BaseException:
        os.close(descriptor)
        raise


def recorded(output: Path) -> Identity | None:
    """Return what the job of an output is; None: there is none. Nothing is locked.

    Raises:
        UsageError: the file beside it is none of ours.
        OSError: it cannot be read.
    """
    path = output.with_name(output.name + SUFFIX)
    return _decoded(path, path.read_bytes()) if path.exists() else None


def _decoded(path: Path, text: bytes) -> Identity | None:
    try:
        return msgspec.json.decode(text, type=Identity) if text.strip() else None
    except msgspec.MsgspecError:
        raise UsageError(f"{path} is not what crossover run has written there: remove it, or name another -o") from None
