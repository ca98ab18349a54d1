"""Plants small faults in modules, one at a time, and lists those that no test notices.

    python benchmarks/mutants [--each N] [--seed N] [--fast] [--record] [MODULE_OR_FOLDER ...]

Without names it takes all modules, and N faults of each. It works in a copy of the house; exit status 1 if a fault is
alive for which alive.toml has no reason, or if tests.toml neither names the tests of a module nor leaves it out.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import figures
import modules
from fast_tests import LEAST_DEADLINE, SLOWER, FastTests
from house_copy import ROOT, HouseCopy, house_copy
from modules import Tests
from mutations import Mutant, mutants
from trials import import_libraries, run_tests

MOST_SECONDS = 3600.0  # for the fast tests of a module with all faults
Names = Sequence[str]


class TestsFailError(Exception):
    """The tests of a module fail without a fault."""


def _noticed(copy: HouseCopy, name: str, planted: Sequence[Mutant], *, fast: bool) -> list[str]:
    """Return for each fault of a module who notices it: "fast", "processes", or "" if no test does."""
    tests = modules.tests_of(name)
    if fast:
        tests = tests._replace(processes=[])
    found = _by_fast_tests(copy, name, planted, tests.fast) if tests.fast else [False] * len(planted)
    return [_by(copy, name, mutant, tests, noticed) for mutant, noticed in zip(planted, found, strict=True)]


def _by(copy: HouseCopy, name: str, mutant: Mutant, tests: Tests, noticed: bool | None) -> str:  # noqa: FBT001 - three answers
    if noticed or (noticed is None and _fails(copy, name, mutant, tests.fast)):
        return "fast"
    return "processes" if tests.processes and _fails(copy, name, mutant, tests.processes) else ""


def _by_fast_tests(copy: HouseCopy, name: str, planted: Sequence[Mutant], tests: Names) -> list[bool | None]:
    results = copy.root.parent / "results.json"
    results.unlink(missing_ok=True)
    trial = run_tests(copy.root, tests, MOST_SECONDS, FastTests(copy.root / name, planted, results))
    if not results.exists():
        raise TestsFailError(f"the tests of {name} fail without a fault:\n{trial.output}")
    found: list[bool | None] = json.loads(results.read_text())
    return found


def _fails(copy: HouseCopy, name: str, mutant: Mutant, tests: Names) -> bool:
    deadline = max(LEAST_DEADLINE, SLOWER * _seconds(copy, tuple(tests)))
    with copy.planted(name, mutant.text):
        return run_tests(copy.root, tests, deadline).status != 0


@cache
def _seconds(copy: HouseCopy, tests: Names) -> float:
    """Return how long tests take without a fault."""
    trial = run_tests(copy.root, tests, MOST_SECONDS)
    if trial.status != 0:
        raise TestsFailError(f"these tests fail without a fault: {' '.join(tests)}\n{trial.output}")
    return trial.seconds


def _names(chosen: Names) -> list[str]:
    """Return the paths of modules, of all in folders where folders are named."""
    found: list[str] = []
    for name in chosen or modules.packages():
        path = (ROOT / name).resolve()
        paths = sorted(path.rglob("*.py")) if path.is_dir() else [path]
        if not paths or not path.exists():
            raise SystemExit(f"{name} is no module or folder of the house")
        found += [str(one.relative_to(ROOT)) for one in paths]
    return found


def _attack(copy: HouseCopy, name: str, each: int | None, seed: int, *, fast: bool) -> Counter[str]:
    """Plant the faults of one module; print those that no test notices, and return how many were noticed by whom."""
    planted = mutants((copy.root / name).read_text(encoding="utf-8"))
    if planted and not any(modules.tests_of(name)):
        why = modules.left_out(name)
        print(f"{name}: {len(planted)} faults left out: {why or 'tests.toml names no tests for it'}", flush=True)
        return Counter(left_out=len(planted)) if why else Counter(left_out=len(planted), broken=1)
    for line in modules.outdated(name, planted):
        print(f"  alive.toml names a line that is no longer in {name}: {line}")
    if each is not None and len(planted) > each:
        draw = random.Random(f"{seed} {name}")  # noqa: S311 - a sample, no secret
        planted = sorted(draw.sample(planted, each))
    count = Counter[str]()
    for mutant, by in zip(planted, _noticed(copy, name, planted, fast=fast) if planted else [], strict=True):
        known = not by and modules.reason(name, mutant)
        count[by or ("known" if known else "alive")] += 1
        if not by and not known:
            print(f"  alive {name}:{mutant.line}:{mutant.column}  {mutant.change}")
    if planted:
        print(_sentence(name, count), flush=True)
    return count


def _sentence(name: str, count: Counter[str]) -> str:
    noticed = count["fast"] + count["processes"]
    total = noticed + count["known"] + count["alive"]
    known = f"; {count['known']} cannot be noticed (alive.toml)" if count["known"] else ""
    known += f"; {count['left_out']} more left out" if count["left_out"] else ""
    if not total:
        return f"{name}: {count['left_out']} faults left out" if count["left_out"] else f"{name}: nothing planted"
    return f"{name}: {noticed} of {total} noticed ({noticed / max(1, total):.0%}), {count['fast']} by fast tests{known}"


def main() -> int:
    """Plant faults and return the exit status."""
    parser = argparse.ArgumentParser(prog="make mutants", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE_OR_FOLDER", help="by default all of them")
    parser.add_argument(
        "--each", type=int, metavar="N", help="faults of each module; all of them where modules are named"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another sample of faults (default: 0)")
    parser.add_argument("--fast", action="store_true", help="leave out the tests that start workers or servers")
    parser.add_argument("--record", action="store_true", help="put the figures of all faults into figures.md")
    options = parser.parse_args()
    each = options.each if options.each is not None or options.modules else 4
    import_libraries()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that nothing is left behind
    by_package: dict[str, Counter[str]] = {}
    with house_copy() as copy:
        for name in _names(options.modules):
            package = "/".join(Path(name).parts[:2])
            try:
                count = _attack(copy, name, each, options.seed, fast=options.fast)
                if options.record and each is None and count.total() > count["left_out"]:
                    figures.record(name, count)
            except TestsFailError as error:
                print(f"{name}: {error}", flush=True)
                count = Counter(broken=1)
            by_package.setdefault(package, Counter()).update(count)
    if len(by_package) > 1:
        print()
    for package, count in by_package.items():
        print(_sentence(package, count))
    return 1 if any(count["alive"] or count["broken"] for count in by_package.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
