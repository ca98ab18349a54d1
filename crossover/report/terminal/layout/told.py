"""What is told of one thing: its name, the verdict, and the sentences under them, each with its label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.text import Text

from crossover.report.terminal.layout.paragraph import Paragraph
from crossover.report.topics.outline import STYLES, Block


@dataclass(frozen=True)
class Told:
    """A block of sentences.

    Attributes:
        block: what is told.
    """

    block: Block

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Paragraph]:
        verdict = (self.block.verdict.text, STYLES.get(self.block.verdict.kind, "bold"))
        yield Paragraph(Text())
        yield Paragraph(Text.assemble((self.block.name, "bold"), ": ", verdict), hanging=True)
        widest = max((cell_len(label) for label, _ in self.block.sentences), default=0)
        for label, sentence in self.block.sentences:
            yield Paragraph(Text(f"  {label}{' ' * (widest - cell_len(label))}  {sentence}"))
