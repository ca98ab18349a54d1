"""From what was asked of `crossover safety` to what will be done, or goes on."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from crossover.contract import session_resources
from crossover.contract.errors import UsageError
from crossover.contract.registry import Address, parse
from crossover.contract.safety import Safety
from crossover.contract.text import masked, readable
from crossover.execution.faults.catalogue import FAULTS
from crossover.execution.host import host, usable_cores
from crossover.experiments.safety.matrix import levels_of
from crossover.experiments.selection import choose_transports, named_servers
from crossover.recording.fingerprint import fingerprint
from crossover.results.records import Skipped
from crossover.results.safety import SafetyPlan, SafetyResult
from workloads import catalogue
from workloads.base import Workload, nearest

QUICK_FAULTS = ("none", "kill-worker-busy", "kill-producer", "kill-broker")
QUICK_LEVELS = (Safety.DEFAULT, Safety.SAFE)
PATIENT = {"redis-stream": "reclaim=1", "celery+redis": "visibility=2"}
"""Set where nobody has set it: nobody would wait an hour, or a minute, until something is delivered again."""
TASKS = 400
WINDOW = 64  # more than is lost with one worker, so that the producer can go on


class Request(NamedTuple):
    """The options of the command line; None, or nothing, where nothing was said."""

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


class Prepared(NamedTuple):
    """What will be done: the numbers, what runs, label → transport, and what cannot be used here."""

    plan: SafetyPlan
    workload: Workload
    addresses: Mapping[str, Address]
    skipped: list[Skipped]


def prepare(typed: Sequence[str], asked: Request, command: Sequence[str]) -> Prepared:
    """Find out what will be done.

    Args:
        typed: names or URLs of transports; none: all that can be used here.
        asked: the options.
        command: the command line, for the record.

    Raises:
        UsageError: what was asked for makes no sense.
        InputError: the workload, or its input, cannot be used.
        UnusableError: a transport that was named cannot be used here.
    """
    if asked.quick and asked.faults:
        raise UsageError("--quick chooses the faults itself; leave it away, or --fault")
    levels = [asked.safety] if asked.safety else [*(QUICK_LEVELS if asked.quick else Safety)]
    addresses, skipped = choose_transports(
        typed,
        lambda address: _refusal(address, levels),
        "no transport can be put under stress here",
        lambda url: parse(_patient(url)),
    )
    workload = catalogue.make(asked.workload, asked.source)
    tasks = asked.tasks or TASKS
    plan = SafetyPlan(
        command=[masked(readable(word)) for word in command],
        transports=list(addresses),
        levels=[str(level) for level in levels],
        faults=list(QUICK_FAULTS) if asked.quick else _faults(asked.faults),
        workload=workload.name,
        input=None if asked.source is None else readable(asked.source),
        input_digest=_digest(workload, tasks),
        servers=named_servers((label, one.transport.server, one.server_address) for label, one in addresses.items()),
        tasks=tasks,
        workers=asked.workers or max(2, usable_cores()),
        batch=asked.batch,
        window=asked.window or WINDOW * asked.batch,
        rounds=asked.rounds,
        seed=asked.seed,
    )
    if unused := set(asked.destructive) - set(plan.servers.values()):
        named = ", ".join(sorted(plan.servers.values())) or "none: all servers are private ones"
        raise UsageError(f"--destructive {min(unused)}: no such server is used here; there are {named}")
    return Prepared(plan, workload, addresses, skipped)


def _digest(workload: Workload, tasks: int) -> str:
    """Return 64 bits, in hexadecimal, of what runs on what: the file of the function, its name, and all payloads."""
    code = b""
    with suppress(OSError, TypeError):  # a function that is in no file
        code = Path(inspect.getfile(workload.run)).read_bytes()
    return f"{fingerprint([code, workload.reference, workload.payloads(tasks)]):016x}"


def _faults(names: Sequence[str]) -> list[str]:
    for name in names:
        if name not in FAULTS:
            raise UsageError(f"there is no fault {name!r}{nearest(name, FAULTS)}; there are {', '.join(FAULTS)}")
    return list(dict.fromkeys(["none", *names])) if names else list(FAULTS)  # a control runs with every set


def _refusal(address: Address, levels: Sequence[str]) -> str | None:
    if "workers=external" in address.url:
        return f"{address.url}: external workers keep no journal; what they do cannot be told"
    return None if levels_of(address, levels) else address.refusal(Safety(levels[-1]))


def _patient(url: str) -> str:
    """Return a transport's URL, with what lets things be delivered again soon."""
    option = PATIENT.get(url.partition("?")[0].partition("://")[0], "")
    if not option or option.partition("=")[0] in url.partition("?")[2]:
        return url
    return f"{url}{'&' if '?' in url else '?'}{option}"


def earlier(path: Path, plan: SafetyPlan, tool: str) -> SafetyResult | None:
    """Return the unfinished result of the same plan that a file holds; None where there is none.

    Args:
        path: where results go.
        plan: what is to be done.
        tool: name and version; another one may measure otherwise.
    """
    try:
        found = msgspec.json.decode(path.read_bytes(), type=SafetyResult)
    except (OSError, msgspec.MsgspecError):
        return None
    same = msgspec.structs.replace(found.plan, command=plan.command) == plan and found.tool == tool
    if not same or found.finished:
        return None
    return msgspec.structs.replace(found, skipped=[], unmeasured=[], host=host())


def usual_path(plan: SafetyPlan, *, only_test: bool) -> Path:
    """Return where the result lies when nobody says where: an interrupted matrix must be found again.

    Args:
        plan: each plan has a file of its own.
        only_test: only the checker is proved.
    """
    number = fingerprint(msgspec.json.encode(msgspec.structs.replace(plan, command=[])))
    return session_resources.folder() / ("self-test.json" if only_test else f"safety-{number:016x}.json")
