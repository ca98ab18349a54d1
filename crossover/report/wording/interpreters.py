"""What is in the other interpreters that ran transports, in words: what differs from the one that ran the command."""

from __future__ import annotations

from collections.abc import Iterator

from crossover.results.comparison import Result
from crossover.results.records import Host, Interpreter
from crossover.results.safety import SafetyResult

SHOWS = {"click", "rich"}  # packages that run in the command only


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
        if theirs != ours and name not in SHOWS:
            parts.append(f"{name} {theirs} ({ours})")
    return ", ".join(parts)
