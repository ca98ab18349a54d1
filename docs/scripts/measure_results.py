"""Measure again what is kept in docs/results: each result with the command that it names, and the tables.

    python docs/scripts/measure_results.py [NAME...]

NAME is a file in docs/results without its ending, or "examples": those that docs/guides/reading-results.md explains. A
result whose command does not end with status 0 stays as it is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from output_blocks import RESULTS, ROOT, TABLES

BENCHMARKS = {TABLES / "beside_loops.txt": "docs/scripts/beside_loops.py"}
"""A table → what measures it, and writes it with --file; its status 1 says that a target is missed."""
EXAMPLES = RESULTS / "examples"
WORKLOADS = {
    "waits": ["-W", "docs/examples/tasks.py:page", "-i", "docs/examples/numbers.jsonl"],
    "computes": ["-W", "docs/examples/tasks.py:parse", "-i", "docs/examples/numbers.jsonl"],
    "files": ["-W", "files"],
}
COMMANDS = {
    "compare": ["compare", "threads", "queue", "pool", "redis-list"],
    "scale": ["scale", "threads", "queue"],
    "advise": ["advise"],
}
BUSY = 0.2  # of each core: load of other programs from which on figures are theirs, too


def command(result: Path) -> list[str]:
    """Return the command that measures a result again, and writes it to the same place.

    Raises:
        LookupError: the result names another place.
    """
    words: list[str] = json.loads(result.read_bytes())["plan"]["command"]
    place = str(result.relative_to(ROOT))
    if "--json" not in words or words[words.index("--json") + 1] != place:
        raise LookupError(f"{place} was measured with another --json: {' '.join(words)}")
    return [sys.executable, "-m", "crossover.cli.main", *words]


def examples() -> dict[Path, list[str]]:
    """Return file → the command that writes it: each of three workloads by each of three commands."""
    return {
        (path := EXAMPLES / f"{name}-{command}.json"): [
            *(sys.executable, "-m", "crossover.cli.main", *words, *workload),
            *("--json", str(path.relative_to(ROOT))),
        ]
        for name, workload in WORKLOADS.items()
        for command, words in COMMANDS.items()
    }


def measurements(names: list[str]) -> dict[Path, list[str]]:
    """Return file → the command that writes it.

    Args:
        names: of the files; none: all of them.

    Raises:
        LookupError: one of them is not there, or says of itself that it lies elsewhere.
    """
    found = {path: command(path) for path in sorted(RESULTS.glob("*.json"))}
    found |= examples()
    found |= {path: [sys.executable, script, "--file", str(path)] for path, script in BENCHMARKS.items()}
    known = {path.stem: path for path in found}
    if unknown := [name for name in names if name not in {*known, EXAMPLES.name}]:
        raise LookupError(f"{', '.join(unknown)}: not in docs/results; there are {', '.join(known)}")
    return {
        path: found[path]
        for name, path in known.items()
        if not names or name in names or (EXAMPLES.name in names and path.parent == EXAMPLES)
    }


def measure(path: Path, words: list[str]) -> bool:
    """Measure one file again; return whether it could be, and keep the old one if not."""
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    print(f"{path.relative_to(ROOT)}: {' '.join(words[1:])}", flush=True)
    status = subprocess.run(words, cwd=ROOT, stdout=subprocess.DEVNULL, check=False).returncode
    missed = status == 1 and path in BENCHMARKS and path.exists() and path.read_bytes() != before
    if not status or missed:
        print("  a ratio is below its target" if missed else "  done", flush=True)
        return True
    if before is not None:
        path.write_bytes(before)
    print(f"  ended with status {status}: the old one is kept", flush=True)
    return False


def main() -> int:
    """Measure what is named, or all; 1 where one could not be measured."""
    if (load := os.getloadavg()[0] / (os.cpu_count() or 1)) > BUSY:
        print(f"warning: other programs are using this machine (load {load:.2f} per core)", file=sys.stderr)
    measured = [measure(path, words) for path, words in measurements(sys.argv[1:]).items()]
    return 0 if all(measured) else 1


if __name__ == "__main__":
    sys.exit(main())
