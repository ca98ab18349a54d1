"""From the request of `crossover safety` to a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from crossover.contract.errors import UsageError
from crossover.contract.options import with_option
from crossover.contract.registry import Address, parse
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.contract.traits import JOURNALS, RunRequest
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.users_modules import call_elsewhere
from crossover.experiments.comparison.planning.request import check_window
from crossover.experiments.interpreters import only_interpreter, other_interpreters
from crossover.experiments.safety.cells import levels_of
from crossover.experiments.safety.resumption import input_digest
from crossover.experiments.selection import choose_transports, named_servers, server_warnings
from crossover.experiments.workload import make_workload
from crossover.results.records import Interpreter, Skipped
from crossover.results.safety import SafetyPlan
from crossover.workers.limits.cpu import usable_cores
from workloads.base import Workload, nearest

QUICK_FAULTS = ("none", "kill-worker-busy", "kill-producer", "kill-broker")
QUICK_LEVELS = (Safety.DEFAULT, Safety.SAFE)
TASKS = 400
DIGEST = f"{input_digest.__module__}:{input_digest.__name__}"
WINDOW = 64  # batches; more than is lost with one worker, so that the producer can continue


class SafetyRequest(NamedTuple):
    """The options of the command line; None, or empty, where they were not given."""

    faults: tuple[str, ...]
    quick: bool
    destructive: tuple[str, ...]
    workload: str
    source: str | None
    tasks: int | None
    workers: int | None
    batch: int
    window: int | None
    safety: str | None
    rounds: int
    seed: int


class SafetySetup(NamedTuple):
    """What will be done.

    Attributes:
        plan: the numbers.
        workload: what runs.
        addresses: label → transport.
        skipped: what cannot be used here, with the reason.
        server_warnings: label → what the user should know of the server that is used.
        interpreters: label → what is in its interpreter, where it names another one.
    """

    plan: SafetyPlan
    workload: Workload
    addresses: Mapping[str, Address]
    skipped: list[Skipped]
    server_warnings: dict[str, list[str]]
    interpreters: dict[str, Interpreter]


def plan_safety(typed: Sequence[str], request: SafetyRequest, command: Sequence[str]) -> SafetySetup:
    """Return what will be done.

    Args:
        typed: names or URLs of transports; empty: all that can be used here.
        request: the options.
        command: the command line, for the record.

    Raises:
        UsageError: the request makes no sense.
        InputError: the workload, or its input, cannot be used.
        UnusableError: a transport that was named cannot be used here.
    """
    if request.quick and request.faults:
        raise UsageError("--quick and --fault both choose the faults: give one of them")
    answers: dict[tuple[str, str], Any] = {}
    levels = [request.safety] if request.safety else [*(QUICK_LEVELS if request.quick else Safety)]
    workers = request.workers or max(2, usable_cores())
    here = [RunRequest(usable_here=True, safety=Safety(level), workers=workers, answers=answers) for level in levels]
    addresses, skipped = choose_transports(
        typed,
        lambda address: _why_not(address, levels),
        lambda address: _why_not_at_any(address, here),
        "no transport can be used for fault runs",
        with_quick_redelivery,
    )
    check_window(request.window, request.batch)
    python = only_interpreter(typed)
    workload = make_workload(request.workload, request.source, python=python)
    interpreters = other_interpreters(addresses, here[0]._replace(safety=None), [workload])
    tasks = request.tasks or TASKS
    workload.prepare(tasks)
    plan = SafetyPlan(
        command=[masked(readable(word)) for word in command],
        transports=list(addresses),
        levels=[str(level) for level in levels],
        faults=list(QUICK_FAULTS) if request.quick else _faults(request.faults),
        workload=workload.name,
        input=None if request.source is None else readable(request.source),
        input_digest=call_elsewhere(workload.name, DIGEST, workload, tasks, python=python),
        servers=named_servers((label, one.traits.server, one.server_address) for label, one in addresses.items()),
        tasks=tasks,
        workers=workers,
        batch=request.batch,
        window=request.window or WINDOW * request.batch,
        rounds=request.rounds,
        seed=request.seed,
        refused={label: refused for label, one in addresses.items() if (refused := _refused(one, here))},
    )
    _refuse_unused_servers(request.destructive, plan)
    return SafetySetup(plan, workload, addresses, skipped, server_warnings(addresses, here), interpreters)


def _faults(names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in FAULTS:
            raise UsageError(f"there is no fault {name!r}{nearest(name, FAULTS)}; allowed: {', '.join(FAULTS)}")
    return list(dict.fromkeys(["none", *names])) if names else list(FAULTS)  # a control is always run


def _why_not(address: Address, levels: Sequence[str]) -> str | None:
    """Return why a transport cannot be used for fault runs, or None where it can."""
    if address.workers:
        return f"{address.label} sets its own number of workers; fault runs give each as many: -w sets them"
    if reason := address.why_not(JOURNALS):
        return reason
    return None if levels_of(address, levels) else address.why_not(RunRequest(safety=Safety(levels[-1])))


def _why_not_at_any(address: Address, here: Sequence[RunRequest]) -> str | None:
    """Return why a transport can be used here at none of its levels, or None where it can at one of them."""
    reasons = [address.why_not(request) for request in _at_its_levels(address, here)]
    return reasons[-1] if all(reasons) else None


def _refused(address: Address, here: Sequence[RunRequest]) -> dict[str, str]:
    """Return level → why a transport cannot be used here at it, though it has this level."""
    reasons = {str(request.safety): address.why_not(request) for request in _at_its_levels(address, here)}
    return {level: reason for level, reason in reasons.items() if reason}


def _at_its_levels(address: Address, here: Sequence[RunRequest]) -> list[RunRequest]:
    return [request for request in here if not address.why_not(RunRequest(safety=request.safety))]


def with_quick_redelivery(url: str) -> Address:
    """Return a transport that soon delivers again what a dead worker held, unless its URL sets when."""
    address = parse(url)
    typed = dict(parse_qsl(url.partition("?")[2], keep_blank_values=True))
    quick = {option: value for option, value in address.options.quick_redelivery.items() if option not in typed}
    if not quick or address.why_not(JOURNALS):
        return address
    return parse(with_option(url, urlencode(quick)))


def _refuse_unused_servers(destructive: Sequence[str], plan: SafetyPlan) -> None:
    """Refuse servers in --destructive that no transport uses.

    Raises:
        UsageError: there is one.
    """
    if unused := set(destructive) - set(plan.servers.values()):
        named = ", ".join(sorted(plan.servers.values())) or "none: all servers are private ones"
        raise UsageError(f"--destructive {min(unused)}: no such server is used here; there are {named}")
