"""A worker is killed during a run: the run ends soon, lost tasks are counted, nothing hangs and nothing is left."""

import os
import signal
import time
from contextlib import suppress

import pytest
from task_functions import FunctionWorkload

from crossover.analysis.verdict import verdict_of_history
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.execution.supervision import End

TRANSPORTS = [
    "queue",
    "queue://?kind=simple",
    "pipe",
    "manager",
    "pool",
    "executor",
    "shared-memory",
    "queue://?start=spawn",
]
TASKS = 5_000
AFTER_WARM_UP = 1_200  # the warm-up runs 1,000 tasks at most
NOTICED_WITHIN = 2.0  # seconds until nothing more is submitted


@pytest.mark.long
@pytest.mark.parametrize("url", TRANSPORTS)
def test_a_killed_worker_is_noticed_and_its_lost_tasks_are_counted(url, tmp_path):
    transport = parse(url).create(Safety.DEFAULT)
    busy = tmp_path / "busy"
    payloads = [0.002] * TASKS
    payloads[AFTER_WARM_UP] = str(busy)
    struck_at = 0.0

    def strike(_settled):
        nonlocal struck_at
        if not struck_at and busy.exists() and (pid := busy.read_text()):
            os.kill(int(pid), signal.SIGKILL)
            struck_at = time.monotonic()

    history, _, ending, *_ = measure(transport, FunctionWorkload("stay", payloads), Load(TASKS, 2, 1, 32), strike)
    delivery = verdict_of_history(history)
    assert ending.end in {End.DIED, End.BROKEN}
    last_submission = max(history.sent) / 1e9
    assert last_submission - struck_at < NOTICED_WITHIN
    assert 1 <= delivery.lost < TASKS
    assert delivery.lost == delivery.accepted - delivery.completed
    assert delivery.duplicated == delivery.corrupted == delivery.failed == 0


def run_and_kill(url, role, load):
    """Run, and kill every process of a role as soon as tasks have come back; return the history and the ending."""
    pids, killed = [], []

    def strike(settled):
        if settled and not killed:
            killed.extend(pids)
            for pid in killed:
                with suppress(ProcessLookupError):  # an executor ends the others when one of them is dead
                    os.kill(pid, signal.SIGKILL)

    history, _, ending, *_ = measure(
        parse(url).create(Safety.DEFAULT),
        FunctionWorkload("nap", [0.002]),
        load,
        strike,
        on_ready=lambda ready: pids.extend(ready.processes[role]),
    )
    return history, ending


@pytest.mark.parametrize("url", TRANSPORTS)
def test_when_every_worker_is_killed_the_run_ends(url):
    history, ending = run_and_kill(url, "workers", Load(TASKS, 2, 4, 64))
    assert ending.end in {End.DIED, End.BROKEN}
    assert verdict_of_history(history).lost >= 1


def test_a_killed_manager_ends_the_run():
    history, ending = run_and_kill("manager", "broker", Load(TASKS, 2, 1, 32))
    assert ending.end in {End.DIED, End.BROKEN}
    assert verdict_of_history(history).lost >= 1
