"""`crossover worker`."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from brokers.external.options import QUEUE
from brokers.servers.kind import ServerKind
from brokers.servers.registry import server_kind
from crossover.cli.completion import names
from crossover.cli.exit_status import ExitStatus, write_message
from crossover.cli.help import Example, Group, grouped_command, option
from crossover.cli.options import WORKERS, safety_option
from crossover.cli.parameter_types import Count, Duration, Seed, Size
from crossover.contract.errors import BrokenError, UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.jobs.arguments import worker_count
from crossover.jobs.metrics.serving import refuse_port
from crossover.jobs.processes.worker import WorkerLimits
from crossover.jobs.remote.allowed import EVERYTHING
from crossover.jobs.remote.lease import read_lease
from crossover.jobs.remote.transports import CELERY, SERVERS, open_intake
from crossover.jobs.service import command_line, health
from crossover.jobs.service.events import Events
from crossover.jobs.service.lending import Served, lend
from crossover.jobs.service.service import Plan, Service
from crossover.jobs.service.stopping import Stop

OURS_ONLY = ("queue", "log_json", "metrics", "shutdown_time")
"""What a Celery worker does its own way."""


class Place(NamedTuple):
    """Where calls come from.

    Attributes:
        transport: by name.
        kind: of the server.
        url: of the server, password included.
        lease: seconds after which a silent worker is taken for dead; 0: that of the queue.
    """

    transport: str
    kind: ServerKind
    url: str
    lease: float = 0.0

    @property
    def shown(self) -> str:
        """Server and address without a password."""
        return f"{self.transport} at {self.kind.host_and_port(self.url)}"


@grouped_command(
    "worker",
    Example("Do calls of executors, of functions in mymodule", "crossover worker redis-stream://host --allow mymodule"),
    Example("The URL is in CROSSOVER_RABBITMQ_URL", "crossover worker rabbitmq --allow mymodule"),
    Example("Ask whether it is alive and connected", "crossover worker redis-stream --healthcheck"),
)
@click.argument("transport", metavar="TRANSPORT_URL", shell_complete=names(SERVERS))
@option(
    Group.WHAT_RUNS,
    "--allow",
    multiple=True,
    metavar="MODULE|MODULE:FUNCTION",
    default_text="none, it has to be named",
    help="What calls may run: functions that a module defines, or one function. Repeat it for more.",
)
@safety_option("Over Celery, the queue that is served: each level has its own. Otherwise each call has its executor's.")
@option(Group.WHAT_RUNS, "--queue", metavar="NAME", default_text=QUEUE, help="The queue that calls are taken from.")
@WORKERS
@option(
    Group.LOAD,
    "--prefetch",
    type=Seed(),
    default=1,
    help="Calls that are taken ahead, per process; 0 for long ones.",
)
@option(Group.LOAD, "--max-tasks", type=Count(), default_text="never", help="Replace a process after this many calls.")
@option(
    Group.LOAD,
    "--max-memory",
    type=Size(),
    metavar="SIZE",
    default_text="never",
    help="Replace a process after a call with which it has used more memory (512M, 2G).",
)
@option(
    Group.ROUNDS,
    "--shutdown-time",
    type=Duration(),
    default_text="any time",
    help="After SIGTERM or Ctrl-C, give back what is not done after this time (30s, 5m), as the second signal does.",
)
@option(Group.OUTPUT, "--log-json", is_flag=True, help="One JSON object per event on standard error, calls included.")
@option(Group.OUTPUT, "--metrics", type=Count(), metavar="PORT", help="Figures for Prometheus, on 127.0.0.1.")
@option(
    Group.OUTPUT,
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    default_text="one in the folder of temporary files, for each transport and queue",
    help="Where it says that it is alive; two workers of one queue on one machine need two files.",
)
@option(
    Group.OUTPUT,
    "--healthcheck",
    is_flag=True,
    help="Start nothing; status 0 if the worker with this state file is alive and connected, else 1.",
)
@click.pass_context
def command(context: click.Context, /, transport: str, allow: Sequence[str], **options: object) -> int:
    """Do the calls that executors send to a broker, on this machine: any number of machines may do so.

    SIGTERM or Ctrl-C: it finishes what it has; a second one: it gives that back to the broker.
    """
    typed = context.params
    if typed["healthcheck"]:
        return _check(parse(transport).name, typed["state"], typed["queue"] or QUEUE)
    place = _place(transport)
    allowed = tuple(one for listed in allow for one in listed.split(",") if one)
    if not allowed:
        raise UsageError("a worker runs only what it is told to: name a module with --allow MODULE, or a function with "
                         "--allow MODULE:FUNCTION")  # fmt: skip
    if EVERYTHING in allowed:
        raise UsageError("a worker that runs everything runs what any client of the broker sends: name modules")
    refuse_port(port := typed["metrics"] or 0)
    workers = worker_count(typed["workers"])
    queue = typed["queue"] or QUEUE
    state = typed["state"] or health.default_place(place.transport, queue)
    if place.transport in CELERY:
        _refuse_options(place.transport, typed)
        flags = {"--concurrency": workers, "--prefetch-multiplier": 1 + typed["prefetch"],
                 "--max-tasks-per-child": typed["max_tasks"] or 0,
                 "--max-memory-per-child": (typed["max_memory"] or 0) // 1_024}  # fmt: skip
        from crossover.jobs.service.celery.worker import become  # noqa: PLC0415 - Celery takes a second to import

        place.kind.inspect(place.url)  # Celery would try for minutes, and print a traceback each time
        become(place.transport, place.url, allowed, Safety(typed["safety"]), flags, state)
    events = Events(as_json=typed["log_json"])
    plan = Plan(
        transport=place.transport,
        where=f"{place.shown}, queue {queue}",
        worker=f"the worker on {platform.node()}",
        allow=allowed,
        workers=workers,
        prefetch=typed["prefetch"],
        limits=WorkerLimits(typed["max_tasks"] or 0, typed["max_memory"] or 0),
        metrics=port,
        lends=partial(lend, Served(place.transport, place.kind.name, place.url, queue), allowed, workers, events),
    )
    if context.get_parameter_source("safety") is click.core.ParameterSource.COMMANDLINE:
        why = f"-s is for Celery workers: over {place.transport}, each call has the level of its executor"
        events.tell("level_ignored", why)
    file = health.StateFile(state)
    if other := file.other_worker():
        events.tell("state_shared", f"worker process {other} writes {state}, too, so --healthcheck sees one of them: "
                    f"--state FILE keeps them apart", pid=other)  # fmt: skip
    with Stop(typed["shutdown_time"]) as stop:
        return _serve(plan, place, queue, stop, file, events)


def _serve(plan: Plan, place: Place, queue: str, stop: Stop, state: health.StateFile, events: Events) -> int:
    connect = partial(open_intake, place.transport, place.url, queue, place.lease)
    try:
        finished = Service(plan, connect, events, stop, state).run()
    except BrokenError as error:
        write_message(str(error))
        return ExitStatus.FAILED
    return ExitStatus.DONE if finished else ExitStatus.INTERRUPTED


def _place(typed: str) -> Place:
    """Return where calls come from; a password that was typed is moved out of the command line.

    Raises:
        UsageError: it is no transport over a broker, or names no server.
    """
    transport, _, query = typed.partition("?")
    address = parse(transport)
    if address.name not in SERVERS:
        raise UsageError(f"{address.name} is inside one process or machine and has no workers of its own to start; "
                         f"allowed: {', '.join(SERVERS)}")  # fmt: skip
    lease = _lease(address.name, query)
    kind = server_kind(SERVERS[address.name])
    url = kind.named_url(address.server_address)
    if url is None:
        raise UsageError(f"which server? Type {address.name}://HOST, or set {kind.variable}")
    if problem := kind.url_problem(url):
        raise UsageError(problem)
    if address.server_address and command_line.has_password(url):
        write_message(f"every user of this machine could read the password while it was typed: set {kind.variable}, "
                      f"and type {address.name}")  # fmt: skip
        sys.stderr.flush()
        command_line.begin_again(typed, typed.replace(f"://{address.server_address}", ""), kind.variable, url)
    return Place(address.name, kind, url, lease)


def _lease(transport: str, query: str) -> float:
    """Return the lease in the query of a URL, in seconds; 0: there is none.

    Raises:
        UsageError: there is something else, or it is not possible.
    """
    if not query:
        return 0.0
    name, _, value = query.partition("=")
    if name != "lease":
        raise UsageError("crossover worker takes its options as options, not in the URL, except lease=: see crossover "
                         "worker --help")  # fmt: skip
    if transport in CELERY:
        raise UsageError(f"{transport} is served by a Celery worker, which has no lease")
    return read_lease(value)


def _refuse_options(transport: str, typed: dict[str, object]) -> None:
    given = [f"--{name.replace('_', '-')}" for name in OURS_ONLY if typed[name]]
    if given:
        raise UsageError(f"{transport} is served by a Celery worker, which has no {', '.join(given)}")


def _check(transport: str, state: Path | None, queue: str) -> int:
    problem = health.problem(state or health.default_place(transport, queue))
    if problem:
        write_message(problem)
    return ExitStatus.FAILED if problem else ExitStatus.DONE
