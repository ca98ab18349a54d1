"""The lines of the block that a terminal shows while a command runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.cells import cell_len
from rich.text import Text

from crossover.execution.measure import Phase
from crossover.progress.names import GAP, NARROWEST, WIDEST, clean, cut
from crossover.progress.table import table
from crossover.progress.tally import Tally
from crossover.progress.time_left import Running
from crossover.progress.time_spans import left, passed, time_of_day
from crossover.report.terminal.layout.drawing import bar
from crossover.report.wording.figures import figure

MOST_WARNINGS = 3
ABOVE_THE_TABLE = 2  # lines: an empty one, the headings
SILENT = 3.0  # seconds without progress before the block says so


def block(tally: Tally, width: int, height: int, at: Callable[[float], str] = time_of_day) -> list[Text]:
    """Return the lines: none is wider than the terminal, and there are fewer of them than it has.

    Args:
        tally: what has happened.
        width: columns.
        height: lines.
        at: returns the time of day, a number of seconds ago.
    """
    lines = [Text(tally.schedule.title, style="bold")] if tally.schedule.title else []
    lines += [*_running(tally, width, at), _progress(tally, width), _times(tally)]
    warnings = [*_warnings(tally)]
    room = height - 1 - len(lines) - len(warnings) - ABOVE_THE_TABLE
    if room > 0 and tally.rows:
        lines += [Text(), *table(tally, width, room)]
    lines = [*lines, *warnings][: max(1, height - 1)]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines


def _running(tally: Tally, width: int, at: Callable[[float], str]) -> Iterator[Text]:
    """Show what runs: one run on two lines, several on one line each."""
    now, most = tally.clock(), "at most " if tally.schedule.at_most else ""
    for one in tally.running:
        name, behind = clean(one.step.name), ""
        if one.step.rounds > 1:
            behind += f"  round {one.step.round:,} of {most}{one.step.rounds:,}"
        if tally.schedule.parallel > 1 or one.phase is None:
            behind += f"  since {at(now - one.since)}"
        name = cut(name, min(cell_len(name), width - len(GAP) - len(behind)))
        yield Text.assemble("▸ ", (name, "bold"), behind)
        if tally.schedule.parallel == 1 and one.phase is not None:
            yield Text(f"{GAP}{_phase(one, now, at)}")


def _phase(one: Running, now: float, at: Callable[[float], str]) -> str:
    if one.phase is not Phase.MEASURING or not (one.settled or one.step.tasks):
        return f"{one.phase} since {at(now - one.since)}"
    of = f" of {one.step.tasks:,}" if one.step.tasks else ""
    rate = "" if one.rate is None else f", {figure(one.rate)} tasks/s so far"
    silent = f", no progress since {at(now - one.changed)}" if now - one.changed > SILENT else ""
    return f"{one.phase}: {one.settled:,}{of} tasks{rate}{silent}"


def _progress(tally: Tally, width: int) -> Text:
    """Show how much is done, and how much is left."""
    schedule, most = tally.schedule, "at most " if tally.schedule.at_most else ""
    digits = len(f"{schedule.all:,}")  # so that the bar keeps its width
    done = f"{tally.done:>{digits},} of {most}{schedule.all:,}"
    said = f"{done} {schedule.unit} done"
    if schedule.probes:
        probes = len(tally.probes.seconds)
        of_runs = f"{tally.done - probes:>{len(f'{schedule.runs:,}')},} of {schedule.runs:,} {schedule.unit}"
        of_probes = f"{probes:>{len(f'{schedule.probes:,}')},} of {schedule.probes:,} probes"
        said = f"{done} done ({of_runs}, {of_probes})"
    left_over = f", {tally.left:>{digits},} left"
    said += left_over
    if len(said) > width:
        said = f"{done} done{left_over}"
    columns = min(WIDEST, width - len(GAP) - len(said))
    if columns < NARROWEST:
        return Text(said)
    whole = tally.done + tally.left
    drawn = bar(tally.done / whole if whole else 1.0, columns)
    return Text.assemble((drawn, "cyan"), ("·" * (columns - len(drawn)), "dim"), GAP, said)


def _times(tally: Tally) -> Text:
    return Text(f"elapsed {passed(tally.clock() - tally.began)}, {left(tally.time_left())}")


def _warnings(tally: Tally) -> Iterator[Text]:
    """Return the last warnings."""
    earlier = len(tally.warnings) - MOST_WARNINGS
    if earlier > 0:
        yield Text(f"! {earlier:,} earlier warnings", style="yellow")
    for warning in tally.warnings[-MOST_WARNINGS:]:
        yield Text(f"! {clean(warning)}", style="yellow")
