"""Runs CPython's own tests against our executor over one transport: `cases.py TRANSPORT RECORDS`.

Runs in the interpreter whose tests they are. Each test writes a line of JSON to the file of records.
"""

import concurrent.futures.process
import faulthandler
import functools
import importlib
import json
import pkgutil
import sys
import time
import unittest
from pathlib import Path
from typing import Any, TextIO

from differences import CLASSES, DIFFERENCES

import crossover
from crossover.contract.registry import import_entry
from crossover.jobs.errors import RemoteTraceback
from crossover.jobs.executor import EXECUTORS
from crossover.jobs.local.process_executor import ProcessExecutor
from crossover.jobs.remote.producer.remote_executor import RemoteExecutor

HANGS_AFTER = 120.0  # seconds in which a test that does not hang has ended
START_METHOD = "forkserver"
BREAKS = {"ProcessPoolExecutorTest", "ExecutorDeadlockTest"}  # these want a pool that breaks when a worker dies
NAME = "OverTransport"
"""By this name scripts of the tests import the executor from concurrent.futures."""


class Cpython:
    """The tests: one module up to Python 3.11, a package after it."""

    def __init__(self) -> None:
        whole = importlib.import_module("test.test_concurrent_futures")
        parts = pkgutil.iter_modules(getattr(whole, "__path__", []), f"{whole.__name__}.")
        self.modules = [whole, *(importlib.import_module(part.name) for part in parts)]

    def find(self, name: str) -> Any:
        """Return what has this name in one of the modules."""
        return next(vars(module)[name] for module in self.modules if name in vars(module))

    def replace(self, name: str, made: Any) -> None:
        """Put something in the place of what has this name; `made` gets the old one."""
        for module in self.modules:
            if name in vars(module):
                setattr(module, name, made(vars(module)[name]))


def kind_of(transport: str) -> str | None:
    """Return the kind of the executor over a transport; None: unknown here."""
    made = import_entry(EXECUTORS, transport, "executor over")
    if transport == "serial":
        return "serial"
    if issubclass(made, concurrent.futures.ThreadPoolExecutor):
        return "threads"
    if issubclass(made, ProcessExecutor):
        return "processes"
    return "brokers" if issubclass(made, RemoteExecutor) else None


def look_like_a_process_pool(tests: Cpython) -> None:
    """Give ours the names by which these tests look into a ProcessPoolExecutor."""

    def processes(executor: Any) -> dict[int, Any]:
        ledger = executor._dispatcher.ledger  # noqa: SLF001 - that is what the tests do with the other one
        deadline = time.monotonic() + 10
        while ledger.first and time.monotonic() < deadline:
            time.sleep(0.001)  # workers start a moment after submit
        return {worker.pid: worker for worker in ledger.crew.workers}

    ours: Any = ProcessExecutor
    ours._processes = property(processes)  # noqa: SLF001
    ours._executor_manager_thread = property(lambda executor: executor._dispatcher.thread)  # noqa: SLF001
    concurrent.futures.process._RemoteTraceback = RemoteTraceback  # type: ignore[attr-defined]  # noqa: SLF001
    RemoteTraceback.tb = property(lambda error: error.args[0])  # type: ignore[attr-defined]
    tests.replace("BrokenProcessPool", lambda _: concurrent.futures.BrokenExecutor)


def run_scripts_with_ours(tests: Cpython, transport: str) -> None:
    """Let the scripts that tests start find our executor in concurrent.futures."""
    prefix = (
        f"import sys; sys.path[:0] = {sys.path!r}\n"
        "import concurrent.futures, functools, multiprocessing, crossover\n"  # one of them forgets multiprocessing
        f"concurrent.futures.{NAME} = functools.partial(crossover.Executor, {transport!r})\n"
    )
    tests.replace("assert_python_ok", lambda start: lambda option, code: start(option, prefix + code))


def cases(transport: str, kind: str) -> unittest.TestSuite:
    """Return all tests of executors of a kind, with ours over a transport."""
    tests = Cpython()
    look_like_a_process_pool(tests)
    run_scripts_with_ours(tests, transport)
    suite = unittest.TestSuite()
    for name in CLASSES[kind]:
        executor = functools.partial(crossover.Executor, transport, **({"on_death": "break"} if name in BREAKS else {}))
        executor.__name__ = NAME  # type: ignore[attr-defined]
        base = tests.find(name)
        others = [
            parent for parent in map(tests.find, ("ExecutorMixin", "BaseTestCase")) if not issubclass(base, parent)
        ]
        parts: dict[str, Any] = {"executor_type": staticmethod(executor), "__module__": base.__module__}
        for method, value in vars(base).items():
            if isinstance(value, classmethod):  # workers find it in the class that they can import
                parts[method] = staticmethod(getattr(base, method))
        made = type(name, (base, *others), parts | ({"ctx": START_METHOD} if kind == "processes" else {}))
        suite.addTests(unittest.defaultTestLoader.loadTestsFromTestCase(made))
    return suite


class Records(unittest.TestResult):
    """Writes what became of each test.

    Args:
        file: for a line of JSON for each; one begins when it begins, so that one that hangs is known.
    """

    def __init__(self, file: TextIO) -> None:
        super().__init__()
        self.file = file

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 - as unittest calls it
        """A test begins: when it hangs, all stacks are written, and the interpreter ends."""
        super().startTest(test)
        faulthandler.dump_traceback_later(HANGS_AFTER, exit=True)
        self.note(test, "began", "")

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802
        """A test has ended."""
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)

    def addSuccess(self, test: unittest.TestCase) -> None:  # noqa: N802
        """It has passed."""
        self.note(test, "passed", "")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:  # noqa: N802
        """It was skipped, by itself."""
        self.note(test, "skipped", reason)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:  # noqa: N802
        """What it says is not so."""
        self.note(test, "failed", self._exc_info_to_string(err, test))  # type: ignore[attr-defined]

    addError = addFailure  # noqa: N815

    def note(self, test: unittest.TestCase, outcome: str, reason: str) -> None:
        """Write a line."""
        name = test.id().removeprefix(f"{type(test).__module__}.")
        self.file.write(json.dumps({"test": name, "outcome": outcome, "reason": reason}) + "\n")
        self.file.flush()


def main() -> None:
    """Run the tests of a transport, but for those that cannot apply."""
    transport, path = sys.argv[1:]
    kind = kind_of(transport)
    if kind is None:
        sys.exit("no kind of executor that this program knows")
    if kind == "brokers":
        try:
            importlib.import_module("redis")
        except ImportError as error:  # redis needs one package more before Python 3.11.3 than .venv may have
            sys.exit(f"this interpreter cannot import the client of the broker: {error}")
    with Path(path).open("w", encoding="utf-8") as file:
        records = Records(file)
        for case in cases(transport, kind):
            reason = DIFFERENCES[kind].get(case.id().removeprefix(f"{type(case).__module__}."))
            if reason:
                records.note(case, "skipped", reason)  # type: ignore[arg-type]
            else:
                case.run(records)


if __name__ == "__main__":
    main()
