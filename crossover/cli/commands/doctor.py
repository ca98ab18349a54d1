"""`crossover doctor`."""

from __future__ import annotations

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from crossover import __version__
from crossover.cli.exit_status import ExitStatus
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.showing import print_result
from crossover.contract.registry import TRANSPORTS, Address, parse
from crossover.contract.safety import Safety
from crossover.contract.traits import USABLE_HERE, RunRequest
from crossover.execution.host import host
from crossover.experiments.selection import server_warnings
from crossover.results.records import Host

NOTHING = "Crashed runs left nothing behind."


@grouped_command(
    "doctor",
    Example("Show what works on this machine, and why the rest does not", "crossover doctor"),
    Example("Remove what crashed runs left behind", "crossover doctor --clean"),
)
@option(
    Group.SERVERS,
    "--clean",
    is_flag=True,
    help="Remove what crashed runs left behind: processes, files, and keys and queues on your servers.",
)
def command(clean: bool) -> int:  # noqa: FBT001 - click passes options by keyword
    """Show which transports and servers work here, with versions and settings."""
    from brokers.celery.broker import shown_settings  # noqa: PLC0415 - client libraries, imported on use
    from brokers.servers import doctor as brokers  # noqa: PLC0415

    here = USABLE_HERE._replace(answers={})
    if clean:
        found: list[RenderableType] = [Text("\n".join(brokers.clean()) or NOTHING)]
    else:
        found = [
            _grid(_machine(host())),
            "",
            _transports(here),
            Text("\nservers", style="bold"),
            _grid(brokers.servers(here)),
            *_warnings(here),
            Text("\nclient settings (all others are the library's defaults)", style="bold"),
            _grid({**brokers.clients(), **shown_settings()}),
            "",
            Text("\n".join(brokers.leftovers()) or NOTHING),
        ]
    shown = print_result(lambda console: console.print(*found, sep="\n"))
    return ExitStatus.DONE if shown else ExitStatus.FAILED


def _machine(machine: Host) -> dict[str, str]:
    return {
        "crossover": __version__,
        "python": f"{machine.python}, {'with' if machine.gil else 'without'} the GIL",
        "cpu": f"{machine.cpu}, {_cores(machine)}",
        "memory": f"{machine.memory_bytes / 2**30:.1f} GiB{_memory_limit(machine)}",
        "kernel": machine.kernel,
        "start method": machine.start_method,
        "packages": ", ".join(f"{name} {version}" for name, version in machine.packages.items()),
    }


def _cores(machine: Host) -> str:
    """Return how many cores may be used, and why not all."""
    quota = "" if machine.cpu_quota is None else f"; the quota of a control group is {machine.cpu_quota:,.3g} cores"
    of_all = f" of {machine.all_cores}" if machine.cores < machine.all_cores else ""
    return f"{machine.cores}{of_all} usable{quota}"


def _memory_limit(machine: Host) -> str:
    limit = machine.memory_limit_bytes
    return "" if limit is None else f"; the limit of a control group is {limit / 2**30:,.3g} GiB"


def _grid(rows: dict[str, str]) -> Table:
    table = Table.grid(padding=(0, 2))
    for name, value in rows.items():
        table.add_row(Text(name, style="bold"), Text(value))
    return table


def _transports(here: RunRequest) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("transport", "usable", "safety levels", "options"):
        table.add_column(heading)
    for name in TRANSPORTS:
        address = parse(name)
        traits, usable = address.traits, _usable(address, here)
        levels = ", ".join(level for level in Safety if level in traits.guarantees)
        options = "; ".join(f"{option}: {allowed}" for option, allowed in traits.options_type.allowed.items())
        table.add_row(Text(name), Text(usable), Text(levels), Text(options))
    return table


def _usable(address: Address, here: RunRequest) -> str:
    """Return whether a transport can be used here, in words, and the levels at which its server must not be used."""
    if reason := address.why_not(here):
        return f"no: {reason}"
    refused = [
        f"not at {level}: {reason}"
        for level in Safety
        if level in address.traits.guarantees and (reason := address.why_not(here._replace(safety=level)))
    ]
    return "; ".join(["yes", *refused])


def _warnings(here: RunRequest) -> list[RenderableType]:
    """Return what is doubtful about the servers, with what goes through them."""
    requests = [here, *(here._replace(safety=level) for level in Safety)]
    about: dict[str, list[str]] = {}
    for label, sentences in server_warnings({name: parse(name) for name in TRANSPORTS}, requests).items():
        for sentence in sentences:
            about.setdefault(sentence, []).append(label)
    return [Text(f"warning: {', '.join(labels)}: {sentence}") for sentence, labels in about.items()]
