"""`crossover doctor`."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crossover import __version__
from crossover.contract.records import Host
from crossover.contract.registry import TRANSPORTS, load
from crossover.contract.safety import Safety
from crossover.execution.host import host


@click.command(name="doctor", context_settings={"help_option_names": ["-h", "--help"]})
def command() -> int:
    """Show which transports can be used here, at which safety levels, with which options, and why not."""
    console = Console()
    console.print(_machine(host()))
    console.print()
    console.print(_transports())
    return 0


def _machine(facts: Host) -> Table:
    table = Table.grid(padding=(0, 2))
    rows = {
        "crossover": __version__,
        "python": f"{facts.python}, {'with' if facts.gil else 'without'} the GIL",
        "cpu": f"{facts.cpu}, {facts.cores} usable",
        "memory": f"{facts.memory_bytes / 2**30:.1f} GiB",
        "kernel": facts.kernel,
        "start method": facts.start_method,
        "packages": ", ".join(f"{name} {version}" for name, version in facts.packages.items()),
    }
    for name, value in rows.items():
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _transports() -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("transport", "usable", "safety levels", "options"):
        table.add_column(heading)
    for name in TRANSPORTS:
        kind = load(name)
        reason = kind.unusable()
        levels = ", ".join(level for level in Safety if level in kind.guarantees)
        options = "; ".join(f"{option}: {allowed}" for option, allowed in kind.options_type.allowed.items())
        table.add_row(Text(name), Text(f"no: {reason}" if reason else "yes"), Text(levels), Text(options))
    return table
