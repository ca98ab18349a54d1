"""Where a result comes from: the command, the machine, versions, other interpreters, the settings of brokers."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from crossover.report.wording.figures import figure
from crossover.results.claims import ClaimsResult
from crossover.results.comparison import Result
from crossover.results.job import JobResult
from crossover.results.kinds import AnyResult
from crossover.results.records import Host, Interpreter
from crossover.results.safety import SafetyResult
from crossover.results.share import ShareResult

GIB = 2**30
COMMAND_ONLY = {"click", "rich"}  # packages that no run uses
Fact = tuple[str, str]


def provenance(result: AnyResult) -> list[Fact]:
    """Return what made a result, by name: the command, the host, the versions."""
    host = result.host
    return [
        ("command", shlex.join(["crossover", *result.plan.command])),
        ("started", result.started_at),
        ("tool", result.tool),
        *_machine(host),
        ("Python", ", ".join(_python(host))),
        ("packages", ", ".join(f"{name} {version}" for name, version in host.packages.items()) or "-"),
        *((f"Python of {label}", interpreter(own, host)) for label, own in _others(result).items()),
        *((f"broker {name}", settings) for name, settings in host.brokers.items()),
    ]


def interpreters(result: Result | SafetyResult) -> Iterator[str]:
    """Yield a sentence for each other interpreter: which transports it ran, and how it differs."""
    found = result.interpreters.values()
    for path in dict.fromkeys(one.path for one in found):
        labels = [label for label, one in result.interpreters.items() if one.path == path]
        own = next(one for one in found if one.path == path)
        yield f"{', '.join(labels)}: {interpreter(own, result.host)}."


def interpreter(own: Interpreter, host: Host) -> str:
    """Return what an interpreter is, and in brackets what that of the command is where it differs."""
    here = "" if own.python == host.python else f" (the command: {host.python})"
    parts = [f"{own.python}{here}", *([] if own.gil and host.gil else [f"{'with' if own.gil else 'without'} the GIL"])]
    if own.start_method != host.start_method:
        parts.append(f"start method {own.start_method} ({host.start_method})")
    for name in dict.fromkeys([*host.packages, *own.packages]):
        theirs, ours = own.packages.get(name, "none"), host.packages.get(name, "none")
        if theirs != ours and name not in COMMAND_ONLY:
            parts.append(f"{name} {theirs} ({ours})")
    return ", ".join(parts)


def _others(result: AnyResult) -> dict[str, Interpreter]:
    """Return label → its own interpreter; shared states, claims and jobs have none."""
    return {} if isinstance(result, ShareResult | ClaimsResult | JobResult) else result.interpreters


def _machine(host: Host) -> Iterator[Fact]:
    of = f" of {host.all_cores}" if host.all_cores > host.cores else ""
    quota = "" if host.cpu_quota is None else f", with a quota of {host.cpu_quota:,.3g}"
    yield "processor", f"{host.cpu}, {host.cores}{of} cores{quota}"
    yield "memory", f"{figure(host.memory_bytes / GIB)} GiB"
    yield "kernel", host.kernel


def _python(host: Host) -> Iterator[str]:
    yield host.python
    yield f"{'with' if host.gil else 'without'} the GIL"
    yield f"start method {host.start_method}"
    if host.hash_seed is not None:
        yield f"hash seed {host.hash_seed}"
