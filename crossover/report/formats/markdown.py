"""What the terminal shows, as Markdown that fits a pull request: the same order, the same words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from crossover.report.terminal.layout.columns import Column
from crossover.report.terminal.layout.grid import Grid, SideBySide
from crossover.report.terminal.layout.paragraph import Paragraph
from crossover.report.terminal.layout.told import Told
from crossover.report.topics.outline import Block
from crossover.report.wording.figures import plural
from crossover.results.kinds import AnyResult
from crossover.results.records import Host

MENTION = re.compile(r"@(?=[A-Za-z0-9])|#(?=[0-9])|(?<=\bGH)-(?=[0-9])", re.IGNORECASE)
APART = "&#8203;"  # a space without width: GitHub looks for names and numbers in what is read, so escapes do not help
SPECIAL = re.compile(r"[\\`*\[\]<>&|~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|(?<!\S)#")
BLOCK = re.compile(r"^(\d*)(?=[-+]|(?<=\d)[.)](?:\s|$))")  # what would begin a list, or be a rule
SEVERAL, FIRST, OTHER, SMALLEST = "## ", "### ", "#### ", "##### "


def as_markdown(shown: Mapping[str, tuple[RenderableType, str]]) -> str:
    """Return Markdown.

    Args:
        shown: name → what the terminal shows of it, and the Markdown line that ends it; names are said where there
            are several.
    """
    parts = []
    for name, (page, last) in shown.items():
        blocks = [f"{SEVERAL}{escaped(name)}"] if len(shown) > 1 else []
        parts.append("\n\n".join(part for part in (*blocks, *_blocks(page), last) if part))
    return "\n\n".join(parts) + "\n"


def host_line(result: AnyResult) -> str:
    """Return in one line of Markdown what made a result, and where."""
    words = [result.tool, result.started_at, *host_words(result.host)]
    command = f", made by {code(shlex.join(['crossover', *result.plan.command]))}" if result.plan.command else ""
    return f"{escaped(' · '.join(words))}{command}"


def host_words(host: Host) -> Sequence[str]:
    """Return the facts about a host."""
    machine = f"{host.cpu}, {plural(host.cores, 'core')}, {host.memory_bytes / 2**30:.1f} GiB"
    return [machine, host.kernel, f"{host.python}, {host.start_method}", *host.brokers.values()]


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is, on one line; it notifies no user and links no issue."""
    plain = SPECIAL.sub(lambda found: f"\\{found[0]}", " ".join(text.split()))
    return MENTION.sub(lambda found: f"{found[0]}{APART}", plain)


def code(text: str) -> str:
    """Return text as code, whatever is in it."""
    line = " ".join(text.split())
    fence = "`" * (1 + max(map(len, re.findall(r"`+", line)), default=0))
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def folded_code(lines: str, title: str) -> str:
    """Return lines of Python that the reader opens, whatever is in them."""
    fence = "`" * (1 + max(2, *map(len, re.findall(r"`+", lines)), 0))
    summary = f"<details><summary>{escaped(title)}</summary>"
    return f"{summary}\n\n{fence}python\n{lines.rstrip()}\n{fence}\n\n</details>"


def _blocks(page: RenderableType) -> Iterator[str]:
    """Return headings, tables, and between them lists of sentences."""
    sentences: list[str] = []
    heading = FIRST
    for part in _parts(page):
        if isinstance(part, Text) and part.style != "bold":
            sentences += [_sentence(part)] if part.plain.strip() else []
            continue
        if sentences:
            yield "\n".join(sentences)
            sentences = []
        if isinstance(part, Grid):
            yield from _tables(part)
        elif isinstance(part, Told):
            yield from _told(part.block)
        else:
            yield f"{heading}{escaped(part.plain)}"
            heading = OTHER
    if sentences:
        yield "\n".join(sentences)


def _parts(page: RenderableType) -> Iterator[Text | Grid | Told]:
    if isinstance(page, Group):
        for part in page.renderables:
            yield from _parts(part)
    elif isinstance(page, SideBySide):
        yield from page.grids
    elif isinstance(page, Paragraph):
        yield page.text
    elif isinstance(page, Text | Grid | Told):
        yield page
    else:
        yield Text(str(page))


def _told(block: Block) -> Iterator[str]:
    """Return a heading, the sentences with their labels, and the code, folded away."""
    yield f"{SMALLEST}{escaped(block.name)}: {escaped(block.verdict.text)}"
    yield "\n".join(f"- **{escaped(label)}** {escaped(sentence)}" for label, sentence in block.sentences)
    if block.code:
        yield folded_code(block.code, block.code_title)


def _sentence(text: Text) -> str:
    """Return an item of a list; what is indented stands below the one before, what has a colour first is bold."""
    plain = text.plain.strip("\n")
    indent = "  " if plain.startswith(" ") else ""
    first = text.spans[0].end if text.spans and not text.spans[0].start else 0
    if not plain[:first].strip() or not plain[first:].strip():
        return f"{indent}- {BLOCK.sub(_not_a_list, escaped(plain))}"
    return f"{indent}- **{escaped(plain[:first])}** {escaped(plain[first:])}"


def _not_a_list(found: re.Match[str]) -> str:
    return f"{found[1]}\\"


def _tables(grid: Grid) -> Iterator[str]:
    """Return a table for each group; what is drawn in the terminal is left out: a browser's letters differ in width."""
    columns = grid.read()
    if grid.caption:
        yield f"*{escaped(grid.caption)}*"
    for group, rows in grid.members().items():
        if len(grid.members()) > 1:
            yield f"*{escaped(group)}:*"
        yield _table(columns, rows)
    if grid.explained:
        yield escaped(grid.explained)


def _table(columns: Sequence[Column], rows: Sequence[int]) -> str:
    headings = [escaped(column.heading.replace("-\n", "-")) for column in columns]
    rules = ["---" if column.left or column is columns[0] else "--:" for column in columns]
    cells = [[escaped(str(column.cells[row])) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in (headings, rules, *cells))
