"""Result files: read, complete with conclusions, and compared with each other."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import msgspec

from crossover.analysis.conclusions import conclude_if_missing
from crossover.analysis.differences.difference import difference
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats import result_reader
from crossover.report.formats.places import STANDARD_OUTPUT
from crossover.results.claims import ClaimsResult
from crossover.results.conclusions.difference import Difference
from crossover.results.kinds import AnyResult, file_kind

CONTRADICTION = (ArithmeticError, AssertionError, LookupError, ValueError)
MOST_SHOWN = 6  # differences of host and settings in one message


def read_all(paths: Sequence[str]) -> dict[str, AnyResult]:
    """Return name → result with its conclusions; a file that is named twice is read once.

    Raises:
        UsageError: a file cannot be read, or holds no result.
    """
    unique: dict[str, str] = {}
    for path in paths:
        unique.setdefault(path if path == STANDARD_OUTPUT else os.path.realpath(path), path)
    return {readable(path): conclude_if_missing(result_reader.read(path)) for path in unique.values()}


@contextmanager
def refuse_contradictions(*paths: str) -> Iterator[None]:
    """Turn the errors of a result file whose parts contradict each other, since it was edited, into one message.

    Args:
        paths: of the files that are read and shown meanwhile.

    Raises:
        UsageError: they contradict each other.
    """
    try:
        yield
    except UnicodeError:  # the output cannot encode a character; the file is not to blame
        raise
    except CONTRADICTION as error:
        what = f"{type(error).__name__}: {error}"
        raise UsageError(f"{readable(', '.join(paths))}: its parts contradict each other ({what})") from error


def compare_results(
    base: tuple[str, AnyResult], new: tuple[str, AnyResult], threshold: float, *, force: bool = False
) -> Difference:
    """Compare a result with an earlier one.

    Args:
        base: path and result of the earlier one.
        new: path and result of the later one.
        threshold: fraction by which a case may be slower.
        force: whether host and settings may differ.

    Raises:
        UsageError: they are of different kinds, hosts or settings, have no case in common, or no figures.
    """
    (first, before), (second, now) = base, new
    for name, result in (base, new):
        refuse_claims(name, result)
    if file_kind(before) != file_kind(now):
        kinds = f"one is a {file_kind(before)} result, the other a {file_kind(now)} result"
        raise UsageError(f"{first} and {second} cannot be compared: {kinds}")
    found = msgspec.structs.replace(difference(before, now, threshold), base=first, new=second)
    if found.unlike and not force:
        what = differences_in_short(found.unlike)
        raise UsageError(
            f"{first} and {second} have different hosts or settings: {what}. crossover diff --force compares them"
        )
    if not found.changes and not found.gone:
        only = [*found.only_base, *found.only_new]
        raise UsageError(f"{first} and {second} have no case in common; there are {', '.join(only) or 'no runs'}")
    return found


def refuse_claims(name: str, result: AnyResult) -> None:
    """Refuse to look for what is slower in verdicts.

    Args:
        name: of the file.
        result: what is in it.

    Raises:
        UsageError: it is a result of `crossover claims`.
    """
    if isinstance(result, ClaimsResult):
        raise UsageError(
            f"{name} is a {file_kind(result)} result: it has verdicts, and no figures that could be slower; "
            "crossover report shows one or several"
        )


def differences_in_short(unlike: Sequence[str]) -> str:
    """Return differences of host and settings as a part of a message."""
    more = f"; and {len(unlike) - MOST_SHOWN} more" if len(unlike) > MOST_SHOWN else ""
    return "; ".join(unlike[:MOST_SHOWN]) + more
