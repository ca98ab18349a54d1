"""Write docs/claims.md and a page for each theme of claims, from the result of a real run: docs/results/claims.json.

    python docs/scripts/claims_pages.py

`make claims` measures that result again before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from output_blocks import RESULTS, ROOT, section

from crossover.experiments.claims.claim import all_claims
from crossover.report.formats.result_reader import read
from crossover.report.page.sections import sections
from crossover.report.wording.claims.messages import Messages
from crossover.results.claims import ClaimRun, ClaimsResult

KEPT = RESULTS / "claims.json"
OVERVIEW = ROOT / "docs" / "claims.md"
FOLDER = ROOT / "docs" / "claims"
PICTURES = "docs/pictures/claims"
OVERVIEW_TEXT = """# What is said, checked

What courses, books and answers say about processes, threads, pools, queues and middleware, each checked by an
experiment. `crossover claims` makes the experiments on your machine; [the guide](guides/claims.md) shows how.

`make claims` has written this page and those of the themes. {tool} made the experiments on {day}:
{python} on {cpu}, {cores} cores.

<!-- output: claims.json / Verdict -->
```text
{answer}```

"""
THEME_TEXT = """# {title}

[All claims](../claims.md) says how and when this was made. `crossover claims {theme}` checks these on your machine; the
experiments are in `{module}`.
"""


def pages() -> dict[Path, str]:
    """Return file → what is written to it."""
    result = read(str(KEPT))
    assert isinstance(result, ClaimsResult)
    messages = Messages("en")
    themes: dict[str, list[ClaimRun]] = {}
    for run in result.runs:
        themes.setdefault(run.theme, []).append(run)
    found = {OVERVIEW: _overview(result, themes, messages)}
    found |= {FOLDER / f"{theme}.md": "".join(_theme(theme, runs, result, messages)) for theme, runs in themes.items()}
    return found


def _overview(result: ClaimsResult, themes: dict[str, list[ClaimRun]], messages: Messages) -> str:
    host = result.host
    text = OVERVIEW_TEXT.format(
        tool=result.tool,
        day=result.started_at.partition("T")[0],
        cpu=host.cpu,
        cores=host.cores,
        python=host.python,
        answer=section(KEPT.name, "Verdict"),
    )
    for theme, runs in themes.items():
        text += (
            f"## [{messages.theme(theme)}](claims/{theme}.md)\n\n| claim | verdict | what is said |\n|---|---|---|\n"
        )
        for run in runs:
            link = f"[{run.claim}](claims/{theme}.md#{run.claim})"
            text += f"| {link} | {messages.verdict(run.verdict)} | {_plain(messages.said(run.claim))} |\n"
        text += "\n"
    return text.rstrip("\n") + "\n"


def _theme(theme: str, runs: list[ClaimRun], result: ClaimsResult, messages: Messages) -> Iterator[str]:
    module = all_claims()[runs[0].claim].check.__module__.replace(".", "/")
    yield THEME_TEXT.format(title=messages.theme(theme), theme=theme, module=f"{module}.py")
    for run in runs:
        yield f"\n## {run.claim}\n\n**{messages.verdict(run.verdict)}**\n\n"
        told = {"said": messages.said(run.claim), "seen": messages.seen(run), "instead": messages.instead(run.claim)}
        for label, sentences in told.items():
            if sentences:
                yield f"- *{messages.word(label)}:* {_plain(sentences)}\n"
        for words, name in _charts(run.claim, result):
            yield f"\n![{words}](../pictures/claims/{name}.svg)\n"


def _charts(claim: str, result: ClaimsResult) -> Iterator[tuple[str, str]]:
    """Yield description and name of each picture of a claim."""
    for one in sections(result):
        for chart in one.all_charts:
            if chart.name == claim or chart.name.startswith(f"{claim}-curves"):
                yield _plain(re.sub(r"[\[\]]", "", chart.says)), chart.name


def _plain(text: str) -> str:
    """Return a text in which Markdown finds no marks of its own."""
    return re.sub(r"([*<\[\]|`\\]|(?<!\w)_|_(?!\w))", r"\\\1", " ".join(text.split()))


def main() -> None:
    """Write the pages, and remove those of themes that are no more."""
    FOLDER.mkdir(exist_ok=True)
    found = pages()
    for old in FOLDER.glob("*.md"):
        if old not in found:
            old.unlink()
    for path, text in found.items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
