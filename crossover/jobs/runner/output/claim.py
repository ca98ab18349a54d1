"""Which files a job may write: its own, or new ones; said before anything runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from crossover.contract.errors import UsageError
from crossover.jobs.runner.output.identity import Identity, hold
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


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say of an error of the system in the block that a file cannot be written.

    Raises:
        UsageError: it cannot.
    """
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error


def claim_output(output: Path, failures: Path | None, identity: Identity, held: ExitStack, *, force: bool) -> None:
    """Lock an output, and see that it is of a job, or new.

    Args:
        output: path.
        failures: path of the dead letters; None: they are not kept.
        identity: of the job.
        held: closes what was opened.
        force: whether files of another job are replaced.

    Raises:
        UsageError: it is of another one, another command writes it, or it cannot be written.
    """
    with writing(output):
        claim = hold(output)
        held.callback(claim.close)
        begun = any(path is not None and path.exists() and path.stat().st_size for path in (output, failures))
        if force:
            output.unlink(missing_ok=True)
            if failures is not None:
                failures.unlink(missing_ok=True)
        elif claim.before is not None:
            difference = identity.difference(claim.before)
            if difference and begun:
                raise UsageError(f"{output} is the output of another job: {difference}; name another -o, or --force")
            if not difference:
                return
        elif output.exists() and output.stat().st_size:
            raise UsageError(
                f"{output} exists and is no output of crossover run: name another -o, or --force replaces it"
            )
        claim.write(identity)


def _is_same(one: Path, other: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(other) or (one.exists() and other.exists() and one.samefile(other))
