"""Shows faults to tests that have been collected once: a trial costs a fork and the tests that run the faulty line."""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest
from forks import forked
from mutations import Mutant

HIGH = 400  # a descriptor that nothing else gets
MOST_SECONDS, LEAST_DEADLINE, SLOWER = 900.0, 8.0, 5  # a fault may make tests so much slower before they are ended


class FastTests:
    """A plugin of pytest that runs the collected tests for each fault, where it would have run them once.

    Args:
        module: path of the module.
        mutants: its faults.
        results: the file into which it writes which of them were noticed, and which it cannot plant.
    """

    def __init__(self, module: Path, mutants: Sequence[Mutant], results: Path) -> None:
        self._module, self._mutants, self._results = str(module), mutants, results

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run all tests without a fault, then for each fault those that run its line, the shortest first."""
        self._import_module(session.config.rootpath)
        with _one_rabbitmq(session):
            return self._run_trials(session)

    def _run_trials(self, session: pytest.Session) -> bool:
        reach = self._results.with_suffix(".reach")
        recorder = _Recorder(self._module, reach)
        session.config.pluginmanager.register(recorder)
        if forked(lambda: recorder.write(_run(session, session.items, show=True)), MOST_SECONDS) != 0:
            session.testsfailed = 1
            return True
        session.config.pluginmanager.unregister(recorder)
        seconds, lines = json.loads(reach.read_text())
        functions = _functions(self._module)
        gc.collect()
        gc.freeze()  # the collector of each trial must not write to pages that all of them share
        items = sorted(session.items, key=lambda item: seconds[item.nodeid])
        found: list[bool | None] = []
        for mutant in self._mutants:
            places = range(mutant.statement, mutant.line + 1)
            reached = {test for line in places for test in lines.get(str(line), ())}
            tests = items if mutant.function is None else [item for item in items if item.nodeid in reached]
            time = sum(seconds[item.nodeid] for item in tests)
            planted = functions.get(mutant.function or 0, [])
            found.append(self._is_noticed(session, mutant, planted, tests, max(LEAST_DEADLINE, SLOWER * time)))
        self._results.write_text(json.dumps(found))
        return True

    def _import_module(self, root: Path) -> None:
        """Import the module that tests may import when they run: a fault is put into functions that exist."""
        importlib.import_module(".".join(Path(self._module).relative_to(root).with_suffix("").parts))

    def _is_noticed(
        self,
        session: pytest.Session,
        mutant: Mutant,
        functions: Sequence[FunctionType],
        tests: Sequence[pytest.Item],
        deadline: float,
    ) -> bool | None:
        """Return whether a test fails; None if the fault can only be planted before the module is imported."""
        code = None if mutant.function is None else _code(compile(mutant.text, self._module, "exec"), mutant.function)
        if code is None:
            return None

        def trial() -> int:
            for function in functions:
                function.__code__ = code
            return _run(session, tests)

        return bool(tests) and forked(trial, deadline) != 0


@contextmanager
def _one_rabbitmq(session: pytest.Session) -> Iterator[None]:
    """Start one RabbitMQ for all trials, as workers of pytest-xdist share one: each would spend six seconds of CPU."""
    if not any("rabbitmq" in item.nodeid for item in session.items):
        yield
        return
    import shared_rabbitmq  # noqa: PLC0415 - of the copy's tests, on whose path pytest has put it

    controller = shared_rabbitmq.Controller()
    controller.add("trials")
    controller.start()
    session.config.workerinput = {"rabbitmq": controller.address, "workerid": "trials"}  # type: ignore[attr-defined]
    try:
        yield
    finally:
        controller.stop()


class _Recorder:
    """Records which lines of the module each test runs, also in processes that it forks, and how long it takes."""

    def __init__(self, module: str, path: Path) -> None:
        self._module, self._path, self._test = module, path, ""
        self._seconds: dict[str, float] = defaultdict(float)
        self._seen: set[tuple[int, str]] = set()
        self._written = path.with_suffix(".lines")
        with self._written.open("wb") as file:
            self._file = fcntl.fcntl(file.fileno(), fcntl.F_DUPFD_CLOEXEC, HIGH)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._test = item.nodeid
        sys.settrace(self._trace)
        threading.settrace(self._trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] += report.duration

    def write(self, status: int) -> int:
        lines: dict[str, set[str]] = defaultdict(set)
        for entry in self._written.read_text(encoding="utf-8").split("\0"):
            line, _, test = entry.partition(" ")
            lines[line].add(test)
        self._path.write_text(json.dumps([self._seconds, {line: sorted(tests) for line, tests in lines.items()}]))
        return status

    def _trace(self, frame: FrameType, event: str, _argument: Any) -> Any:
        if frame.f_code.co_filename != self._module:
            return None
        place = frame.f_lineno, self._test
        if place not in self._seen:
            self._seen.add(place)
            with suppress(OSError):  # a forked process may have closed it
                os.write(self._file, f"{place[0]} {place[1]}\0".encode())
        return self._trace


def _run(session: pytest.Session, tests: Sequence[pytest.Item], *, show: bool = False) -> int:
    """Run tests until one fails; return 1 if one did, and show how it failed where that is no fault of ours."""
    for test, following in zip(tests, [*tests[1:], None], strict=True):
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        if session.testsfailed:
            if show:
                session.config.pluginmanager.get_plugin("terminalreporter").summary_failures()
                session.config.pluginmanager.get_plugin("terminalreporter").summary_errors()
            return 1
    return 0


def _code(code: CodeType, line: int) -> CodeType | None:
    """Return the code of the outermost function that begins in a line, methods of classes included."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_firstlineno == line and constant.co_flags & 0x2:  # CO_NEWLOCALS: no body of a class
                return constant
            if not constant.co_flags & 0x2 and (found := _code(constant, line)):
                return found
    return None


def _functions(module: str) -> dict[int, list[FunctionType]]:
    """Return the living functions of a module, by the line in which they begin."""
    found: dict[int, list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename == module:
            found[one.__code__.co_firstlineno].append(one)
    return found
