"""Older results of the same kind as the newest: found, read, and the others left out with the reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from os.path import realpath
from pathlib import Path

from crossover.analysis.differences.comparability import setup_differences
from crossover.analysis.differences.figures import run_figures
from crossover.analysis.differences.series import OlderFigures, difference_from_older
from crossover.cli.result_files import differences_in_short, refuse_claims, refuse_contradictions
from crossover.contract.errors import UsageError
from crossover.contract.text import readable
from crossover.report.formats import result_reader
from crossover.report.formats.places import STANDARD_OUTPUT
from crossover.report.wording.differences.of_many import reasons
from crossover.results.conclusions.difference import Difference, OlderResult
from crossover.results.kinds import AnyResult, file_kind

RESULT_FILES = "*.json"
MOST_REASONS = 4  # in one message


def result_files(folder: str) -> list[str]:
    """Return the paths of all files in a folder that may be results, by name.

    Raises:
        UsageError: there is no such folder, or it cannot be read.
    """
    try:
        names = sorted(path.name for path in Path(folder).iterdir() if path.match(RESULT_FILES) and path.is_file())
    except NotADirectoryError:
        raise UsageError(
            f"--history {readable(folder)} is a file; it takes a folder. Name single files before the newest"
        ) from None
    except OSError as error:
        raise UsageError(f"--history {readable(folder)} cannot be read: {error.strerror}") from error
    return [str(Path(folder, name)) for name in names]


def compare_with_older(
    named: Sequence[str], folder: str | None, newest: tuple[str, AnyResult], threshold: float, *, force: bool
) -> Difference:
    """Compare the newest result with all older ones of its own kind.

    Args:
        named: paths of older results; one that cannot be read is an error.
        folder: with more of them; what cannot be read there is left out, with the reason.
        newest: path and result.
        threshold: fraction by which a case may be beyond its band.
        force: whether host and settings may differ.

    Raises:
        UsageError: one that was named cannot be read, there are results, and none is of the same kind, or the newest
            has no figures.
    """
    refuse_claims(*newest)
    found = _OlderResults(*newest, force=force)
    for path in named:
        if not found.read(path):
            found.left_out[readable(path)] = "named more than once"
    for path in result_files(folder) if folder is not None else ():
        try:
            found.read(path)
        except UsageError as error:
            found.left_out[readable(path)] = str(error).removeprefix(readable(path)).lstrip(" ,:")
    return found.compared(threshold)


def compare_last_with_others(results: Mapping[str, AnyResult], threshold: float) -> Difference:
    """Compare the last of some results with the others.

    Args:
        results: path → result.
        threshold: fraction by which a case may be beyond its band.

    Raises:
        UsageError: none of the others is of the same kind.
    """
    *others, last = results.items()
    found = _OlderResults(*last, force=False)
    for path, result in others:
        found.add(path, result)
    return found.compared(threshold)


class _OlderResults:
    """Collects what is needed of older results.

    Args:
        path: of the newest.
        new: the newest.
        force: whether host and settings may differ.
    """

    def __init__(self, path: str, new: AnyResult, *, force: bool) -> None:
        self._new, self._force = new, force
        self._date = _date(readable(path), new)
        self._name = readable(path)
        self._seen = {_identity(path)}
        self._marks = {_mark(new): self._name}
        self._kept: list[tuple[datetime, OlderFigures]] = []
        self.left_out: dict[str, str] = {}

    def read(self, path: str) -> bool:
        """Read and add a file; return whether it is neither the newest itself nor one that was read before.

        Raises:
            UsageError: it cannot be read, or is not a result file.
        """
        if _identity(path) in self._seen:
            return False
        self._seen.add(_identity(path))
        with refuse_contradictions(path):
            self.add(path, result_reader.read(path))
        return True

    def add(self, path: str, result: AnyResult) -> None:
        """Keep what is needed of a result, or why it is left out.

        Raises:
            UsageError: it does not say when it was started.
        """
        name = readable(path)
        date = _date(name, result)
        if (other := self._marks.setdefault(_mark(result), name)) != name:
            self.left_out[name] = f"a copy of {other}"
        elif reason := next(self._reasons(result, date), ""):
            self.left_out[name] = reason
        else:
            unlike, slight = setup_differences(result, self._new)
            about = OlderResult(name, result.started_at, slight)
            self._kept.append((date, OlderFigures(about, run_figures(result), unlike)))

    def compared(self, threshold: float) -> Difference:
        """Compare the newest with what was kept.

        Raises:
            UsageError: there are results, and none is of the same kind.
        """
        if not self._kept and self.left_out:
            why = "; ".join(reasons(self.left_out, MOST_REASONS))
            raise UsageError(f"no older result is of the kind of {self._name}: {why}")
        older = [figures for _, figures in sorted(self._kept, key=lambda one: one[0])]
        found = difference_from_older(older, self._name, self._new, threshold)
        found.left_out = self.left_out
        return found

    def _reasons(self, result: AnyResult, date: datetime) -> Iterator[str]:
        """Yield why a result does not count."""
        if file_kind(result) != file_kind(self._new):
            yield f"a {file_kind(result)} result, not a {file_kind(self._new)} result"
        elif date > self._date:
            yield "started after the newest"
        elif not self._force:
            yield differences_in_short(setup_differences(result, self._new)[0])


def _identity(path: str) -> str:
    return path if path == STANDARD_OUTPUT else realpath(path)


def _date(name: str, result: AnyResult) -> datetime:
    """Return when a result was started; without a time zone it is UTC.

    Raises:
        UsageError: it does not say.
    """
    try:
        date = datetime.fromisoformat(result.started_at)
    except ValueError as error:
        raise UsageError(
            f"{name} does not say when it was started: started_at {result.started_at!r:.40} is no date"
        ) from error
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _mark(result: AnyResult) -> str:
    """Return what two files have in common that hold the same result, however each is indented."""
    return str(
        (result.started_at, [(getattr(run, "round", 0), run.seconds) for run in result.runs], result.plan.command)
    )
