"""`crossover list`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import click
from rich.table import Table
from rich.text import Text

from crossover.cli.exit_status import ExitStatus
from crossover.cli.help import Example, grouped_command
from crossover.cli.showing import print_result
from crossover.contract.registry import TRANSPORTS, load
from crossover.contract.state_registry import STATES, load_state
from workloads import catalogue


def _transports() -> Mapping[str, str]:
    return {name: sentence(load(name)) for name in TRANSPORTS}


def _states() -> Mapping[str, str]:
    return {name: sentence(load_state(name)) for name in STATES}


def _faults() -> Mapping[str, str]:
    from crossover.execution.faults.catalogue import FAULTS  # noqa: PLC0415 - imported on use

    return {name: sentence(type(fault)) for name, fault in FAULTS.items()}


def _workloads() -> Mapping[str, str]:
    return {name: sentence(type(catalogue.make(name))) for name in catalogue.NAMES}


def _claims() -> Mapping[str, str]:
    from crossover.experiments.claims.claim import all_claims  # noqa: PLC0415 - imported on use
    from crossover.report.wording.claims.messages import LANGUAGES, Messages  # noqa: PLC0415

    messages = Messages(LANGUAGES[0])
    return {name: messages.said(name) for name in all_claims()}


KINDS: dict[str, Callable[[], Mapping[str, str]]] = {
    "transports": _transports,
    "states": _states,
    "faults": _faults,
    "workloads": _workloads,
    "claims": _claims,
}


@grouped_command(
    "list",
    Example("The ways of sharing work", "crossover list transports"),
    Example("What safety does to them", "crossover list faults"),
)
@click.argument("kind", type=click.Choice(list(KINDS)), metavar="[" + "|".join(KINDS) + "]", required=False)
def command(kind: str | None) -> int:
    """Show the names that other commands take, with one sentence each.

    transports: for compare, scale and safety. states: shared counters, for share.
    faults: for safety. workloads: for -W. claims: for claims and explain. Without
    one of these: all.
    """
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for shown in KINDS if kind is None else [kind]:
        if kind is None:
            table.add_row(Text(shown, style="bold"))
        for name, what in KINDS[shown]().items():
            table.add_row(name if kind else f"  {name}", Text(what))
    return ExitStatus.DONE if print_result(lambda console: console.print(table)) else ExitStatus.FAILED


def sentence(listed: type) -> str:
    """Return the first line of a class's documentation: what it does."""
    return (inspect.getdoc(listed) or "").partition("\n")[0].replace("`", "")
