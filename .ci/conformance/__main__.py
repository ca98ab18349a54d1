"""Runs CPython's own tests of executors against `crossover.Executor` over every transport.

    make conformance ARGS="[TRANSPORT...] [--verbose]"

The tests are those that come with the interpreter, as test.test_concurrent_futures; on Debian a package of its own has
them, which is installed where that is possible. Prints passed, failed and skipped by name and transport; ends with 1
where a test failed, and with 2 where the tests are missing. Tests mostly sleep, so that some transports run at once.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from differences import CLASSES

from crossover.jobs.executor import EXECUTORS

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
SYSTEM = "/usr/bin/python3"
AT_ONCE = 4
LONGEST = 900  # seconds, of one transport
NEEDED_BEFORE_3_11_3 = "async-timeout"  # by redis-py; Debian 12 has Python 3.11.2
Record = dict[str, str]


def ask(python: str, code: str) -> str | None:
    """Return what an interpreter prints; None: it cannot, or there is none."""
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def interpreter() -> str | None:
    """Return an interpreter that has the tests and can use our packages; None: there is none. Says why."""
    look = "import test.test_concurrent_futures"
    if ask(sys.executable, look) is not None:
        return sys.executable
    ours = "{}.{}".format(*sys.version_info[:2])
    theirs = ask(SYSTEM, "import sys; print('{}.{}'.format(*sys.version_info))")
    package = f"libpython{ours}-testsuite"
    if theirs == ours:
        if ask(SYSTEM, look) is None:
            subprocess.run([ROOT / ".ci" / "system", f"tests-of-python3:{package}"], timeout=600, check=False)
        if ask(SYSTEM, look) is not None:
            return SYSTEM
    sys.stderr.write(
        f"CPython's own tests are missing: {sys.executable} comes without test.test_concurrent_futures, and "
        f"{SYSTEM} {'is Python ' + theirs if theirs else 'does not exist'}; Debian has them in {package}\n"
    )
    return None


def older(python: str) -> list[str]:
    """Return the folder with what the tests' interpreter needs besides our packages; none where it is our own."""
    if python == sys.executable:
        return []
    folder = ROOT / ".venv" / "conformance"
    if not folder.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--target", folder]
        wanted = pinned(NEEDED_BEFORE_3_11_3).encode()
        subprocess.run([*pip, "--requirement", "/dev/stdin"], input=wanted, timeout=600, check=False)
    return [str(folder)]


def pinned(package: str) -> str:
    """Return the entry of constraints.txt, with its hashes and for any Python."""
    text = (ROOT / "constraints.txt").read_text("utf-8")
    version, hashes = re.findall(rf"^({package}==\S+).*((?:\n +--hash=.*)+)", text, re.MULTILINE)[0]
    return f"{version} \\{hashes}\n"


def run(python: str, transport: str, more: list[str]) -> list[Record]:
    """Return what became of each test over a transport."""
    packages = [str(ROOT), *(path for path in sys.path if path.endswith("-packages")), *more]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(packages)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records"
        command = [python, str(FOLDER / "cases.py"), transport, str(path)]
        try:
            done = subprocess.run(
                command, env=environment, cwd=folder, capture_output=True, text=True, timeout=LONGEST, check=False
            )
            words = done.stderr
        except subprocess.TimeoutExpired:
            words = f"took longer than {LONGEST} s"
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return settled([json.loads(line) for line in lines], words)


def settled(records: list[Record], words: str) -> list[Record]:
    """Return the outcome of each test that began; one without any has hung, or ended the interpreter."""
    found: dict[str, Record] = {}
    for record in records:
        found[record["test"]] = record
    for record in found.values():
        if record["outcome"] == "began":
            record |= {"outcome": "failed", "reason": f"it did not end\n{words}"}
    if not found:
        found[""] = {"test": "all tests", "outcome": "skipped", "reason": words.strip().rpartition("\n")[2]}
    return list(found.values())


def report(transport: str, records: list[Record], *, verbose: bool) -> int:
    """Print what became of the tests over a transport; return how many failed."""
    counts = Counter(record["outcome"] for record in records)
    total = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))
    sys.stdout.write(f"{transport}: {total}\n")
    for record in records:
        reason = record["reason"].strip()
        if record["outcome"] == "failed" and not verbose:
            reason = reason.rpartition("\n")[2]
        if verbose or record["outcome"] != "passed":
            sys.stdout.write(f"  {record['outcome']:7} {record['test']}{': ' if reason else ''}{reason}\n")
    sys.stdout.flush()
    return counts["failed"]


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("transports", nargs="*", default=[*EXECUTORS], metavar="TRANSPORT")
    parser.add_argument("--verbose", action="store_true", help="tests that pass, and whole tracebacks, too")
    asked = parser.parse_args()
    python = interpreter()
    if python is None:
        return 2
    sys.stdout.write(f"{ask(python, 'import sys; print(sys.version)')}\n{python}: {', '.join(CLASSES['processes'])}\n")
    more = older(python)
    with ThreadPoolExecutor(AT_ONCE) as at_once:
        found = at_once.map(lambda transport: run(python, transport, more), asked.transports)
        failed = [
            report(transport, records, verbose=asked.verbose)
            for transport, records in zip(asked.transports, found, strict=True)
        ]
    return 1 if any(failed) else 0


if __name__ == "__main__":
    sys.exit(main())
