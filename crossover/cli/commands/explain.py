"""`crossover explain`."""

from __future__ import annotations

import click

from crossover.cli.commands.claims import show
from crossover.cli.completion import found_names
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.experiments.claims.claim import claims_and_themes
from crossover.report.wording.claims.messages import LANGUAGES


@grouped_command(
    "explain",
    Example("What is said of map, and how it is checked", "crossover explain pool-map"),
    Example("All that is said of pools, in Chinese", "crossover explain pools --lang zh"),
)
@click.argument(
    "claims", nargs=-1, required=True, metavar="CLAIM|THEME...", shell_complete=found_names(claims_and_themes)
)
@option(
    Group.OUTPUT, "--lang", "language", type=click.Choice(LANGUAGES), default="en", help="Language of the sentences."
)
def command(claims: tuple[str, ...], language: str) -> int:
    """Show what is said in a claim, and the code that checks it."""
    return show(claims, language, code=True)
