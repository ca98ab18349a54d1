"""Fill the code blocks of the documents with what the commands print for the results in docs/results.

A block is marked by a comment in the line above it:

    <!-- output: compare.json / Throughput -->

It gets the section with this title, or the headline and the answer where no title is given. Where the title is "all",
it gets what the command prints by default. A table that a benchmark has kept stands between two comments:

    <!-- table: beside_loops.txt -->
    <!-- end of table -->

The words that the page explains stand in the glossary, too, between comments of the same kind.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "docs" / "results"
MARK = r"<!-- output: (?P<result>[\w./-]+)(?: / (?P<title>.+?))? -->"
BLOCK = re.compile(rf"({MARK}\n```text\n)(?P<lines>.*?)(```\n)", re.DOTALL)

TABLES = RESULTS / "tables"
TABLE = re.compile(r"(<!-- table: (?P<table>[\w.-]+) -->\n).*?(<!-- end of table -->\n)", re.DOTALL)
WORDS = re.compile(r"(<!-- words of the page -->\n).*?(<!-- end of words -->\n)", re.DOTALL)
OF_PAGE = ROOT / "crossover" / "report" / "page" / "glossary.md"


def documents() -> Iterator[Path]:
    """Yield every Markdown file that readers see."""
    yield from (ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))
    yield from sorted((ROOT / "docs").rglob("*.md"))


@functools.cache
def report(result: str, columns: int = 80, *, colours: bool = False, full: bool = False) -> str:
    """Return what `crossover report` prints for a result.

    Args:
        result: a file in docs/results.
        columns: the width of the terminal.
        colours: whether escape sequences for colours are included.
        full: whether all sections are shown.
    """
    environment = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    environment |= {"COLUMNS": str(columns), "FORCE_COLOR" if colours else "NO_COLOR": "1", "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "crossover.cli.main", "report", str(RESULTS / result)]
    command += ["--full"] if full else []
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True, cwd=ROOT).stdout


def section(result: str, title: str | None) -> str:
    """Return one section of a report.

    Args:
        result: a file in docs/results.
        title: the first words of the section's first line; None: the headline and the answer; "all": what is shown by
            default.

    Raises:
        LookupError: the report has no such section.
    """
    if title == "all":
        return _trimmed(report(result))
    first, *others = re.split(r"\n\n+", report(result, full=True).rstrip("\n"))
    if title is None:
        return _trimmed(first)
    for text in others:
        if text.startswith(title):
            return _trimmed(text)
    titles = ", ".join(text.partition("\n")[0] for text in others)
    raise LookupError(f"the report of {result} has no section {title!r}; it has {titles}")


def filled(text: str) -> str:
    """Return a document with its blocks as the commands print them now."""
    shown = BLOCK.sub(lambda block: block[1] + section(block["result"], block["title"]) + block[5], text)
    shown = TABLE.sub(lambda block: f"{block[1]}\n{_kept(block['table'])}\n{block[3]}", shown)
    return WORDS.sub(lambda block: f"{block[1]}\n{OF_PAGE.read_text(encoding='utf-8')}\n{block[2]}", shown)


def _kept(table: str) -> str:
    return (TABLES / table).read_text(encoding="utf-8")


def _trimmed(text: str) -> str:
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def main() -> None:
    """Fill the blocks of every document."""
    for document in documents():
        before = document.read_text(encoding="utf-8")
        if (after := filled(before)) != before:
            document.write_text(after, encoding="utf-8")
            print(document.relative_to(ROOT))


if __name__ == "__main__":
    main()
