"""Which files a job may write: its own, or new ones; said before anything runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crossover.contract.errors import UsageError
from crossover.jobs.runner.output.identity import Identity, hold
from crossover.jobs.runner.output.journal import NotWrittenError
from workloads.custom.input_stream import place


def refuse_files(source: str, output: Path, failures: Path | None) -> None:
    """Raise an error if a job cannot write a file that was named, or would write into what it reads.

    Args:
        source: path of the input; "-": standard input.
        output: path.
        failures: path of the dead letters; None: they are not kept.

    Raises:
        UsageError: it cannot, or would.
    """
    for option, path in (("-o", output), ("--failures", failures)):
        if path is None:
            continue
        if str(path) == "-":
            raise UsageError(f"{option} - is not possible: a job reads again what it has written; allowed: a file")
        if not path.parent.is_dir():
            raise UsageError(f"{option} {path} cannot be written: there is no folder {path.parent}")
        if path.exists() and not path.is_file():
            raise UsageError(f"{option} {path} is no regular file: a job reads again what it has written; name a file")
        if _is_same(path, Path(source)):
            raise UsageError(f"{option} {path} is the input, {place(source)}: name another file")
        if Path(source).is_dir() and Path(os.path.realpath(path)).is_relative_to(os.path.realpath(source)):
            raise UsageError(f"{option} {path} lies in the folder that is read, {source}: name a file outside it")
    if failures is not None and _is_same(output, failures):
        raise UsageError(f"-o and --failures would both write {output}: name two files")


def claim(path: Path, identity: Identity, held: ExitStack, *, force: bool) -> None:
    """Lock a file of a job, and see that it is this job's, or new.

    Args:
        path: of the output, or of the failures.
        identity: what the job is.
        held: unlocks it.
        force: whether what is not this job's is removed.

    Raises:
        UsageError: it is another one's, another command writes it, or it cannot be written.
    """
    with writing(path):
        found = hold(path)
        held.callback(found.close)
        if force:
            path.unlink(missing_ok=True)
        else:
            refuse_another(path, found.before, identity)
        if force or found.before is None or identity.difference(found.before):
            found.write(identity)


def refuse_another(path: Path, before: Identity | None, identity: Identity) -> None:
    """Raise an error if a file has lines, and they are not of this job.

    Args:
        path: of the file.
        before: of which job they are; None: nothing says it.
        identity: what this job is.

    Raises:
        UsageError: they are not.
    """
    if not path.exists() or not path.stat().st_size:
        return
    if before is None:
        raise UsageError(f"{path} exists, and crossover run has not written it: name another file, or --force")
    if difference := identity.difference(before):
        raise UsageError(f"{path} is of another job: {difference}; name another file, or --force")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say of an error of the system in the block that a file cannot be written.

    Raises:
        UsageError: it cannot.
    """
    try:
        yield
    except NotWrittenError as error:
        raise UsageError(str(error)) from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def _is_same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other) or (one.exists() and other.exists() and one.samefile(other))
