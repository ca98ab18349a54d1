"""The lines of the block that a terminal shows while a job runs."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from crossover.jobs.runner.shown.status import Status
from crossover.progress.names import GAP, NARROWEST, WIDEST, clean, cut
from crossover.progress.time_spans import left, passed
from crossover.report.terminal.layout.drawing import bar
from crossover.report.wording.figures import figure

LONGEST_NAME = 40  # columns, of a worker
MOST_ROWS = 16  # of workers


def block(status: Status, width: int, height: int) -> list[Text]:
    """Return the lines: none is wider than the terminal, and there are fewer of them than it has."""
    lines = [Text(clean(status.title), style="bold"), _done(status, width), _pace(status)]
    if troubles := ", ".join(_troubles(status)):
        lines.append(Text(troubles, style="yellow"))
    room = min(MOST_ROWS, height - 3 - len(lines))  # an empty line, the headings, and one that stays free
    if room > 1 and status.tally.workers:
        lines += [Text(), *_workers(status, width, room)]
    lines = lines[: max(1, height - 1)]
    for line in lines:
        line.truncate(width, overflow="ellipsis")
    return lines


def counted(status: Status) -> str:
    """Return how many lines are done, of how many."""
    whole, settled = status.source.lines, f"{status.settled:,}"
    if whole is None:
        return f"{settled} lines done"
    about = "" if status.source.ended else "about "
    return f"{settled} of {about}{whole:,} lines done"


def speed(status: Status) -> str:
    """Return the rate, in words."""
    return "rate unknown" if status.rate is None else f"{figure(status.rate)} lines/s"


def _done(status: Status, width: int) -> Text:
    said, whole = counted(status), status.source.lines
    columns = min(WIDEST, width - len(GAP) - len(said))
    if not whole or columns < NARROWEST:
        return Text(said)
    drawn = bar(min(1.0, status.settled / whole), columns)
    return Text.assemble((drawn, "cyan"), ("·" * (columns - len(drawn)), "dim"), GAP, said)


def _pace(status: Status) -> Text:
    return Text(f"{speed(status)}, elapsed {passed(status.elapsed)}, {left(status.time_left())}")


def _troubles(status: Status) -> Iterator[str]:
    tally = status.tally
    for count, what in (
        (tally.failed, "failed"),
        (tally.retried, "tried again"),
        (tally.deaths, "ended a worker"),
        (tally.bad, "passed over"),
    ):
        if count:
            yield f"{count:,} {what}"


def _workers(status: Status, width: int, room: int) -> Iterator[Text]:
    """Return a line for each worker, in the order in which they came; where there are too many, a sum of the rest."""
    lines, rates = status.tally.workers, status.rates()
    names = [*lines]
    shown = names if len(names) <= room else names[: room - 1]
    label = {name: clean(name) for name in shown}
    first = min(LONGEST_NAME, max(map(len, ["worker", *label.values()])), max(8, width - 28))
    yield Text(f"{GAP}{'worker':<{first}}{GAP}{'lines':>11}{GAP}{'lines/s':>9}", "bold")
    for name in shown:
        yield Text(f"{GAP}{cut(label[name], first)}{GAP}{lines[name]:>11,}{GAP}{figure(rates.get(name, 0.0)):>9}")
    if others := names[len(shown) :]:
        done, pace = sum(lines[name] for name in others), sum(rates.get(name, 0.0) for name in others)
        more = f"… {len(others):,} more"
        yield Text(f"{GAP}{more:<{first}}{GAP}{done:>11,}{GAP}{figure(pace):>9}", "dim")
