"""One measured run, from outside: its phases, its end, and what is told of a run that had no time."""

import time

import pytest
from task_functions import FunctionWorkload

from crossover.contract.errors import StartError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import Phase, measure
from crossover.results.records import End
from crossover.workers import interruption
from workloads.echo import Echo

TASKS = 100


def run(url="threads", load=None, workload=None, **more):
    transport = parse(url).create(Safety.DEFAULT)
    return measure(
        transport, workload or Echo(), load or Load(TASKS, 1, 1, 8), **{"on_progress": lambda _: None} | more
    )


def test_a_run_warms_up_is_measured_and_stops_and_every_task_is_in_its_record():
    phases, ready, settled = [], [], []
    found = run(on_phase=phases.append, on_ready=ready.append, on_progress=settled.append)
    assert list(dict.fromkeys(phases)) == [Phase.WARMING_UP, Phase.MEASURING, Phase.STOPPING]
    assert phases.count(Phase.MEASURING) == phases.count(Phase.STOPPING) == 1
    assert len(ready) == 1
    assert found.ending.end is End.FINISHED
    assert (found.history.settled, found.history.attempted) == (TASKS, TASKS)
    assert (found.warming_up, found.interrupted, found.backlog, list(found.parts), list(found.notes)) == (
        False,
        False,
        None,
        [],
        [],
    )
    assert found.usage.cpu_seconds.keys() == {"producer"}


def test_a_backlog_and_a_search_of_windows_are_reported_with_the_run():
    backlog = run("queue", Load(TASKS, 1, 1, 8, backlog=True)).backlog
    assert (backlog.role, backlog.fill_seconds > 0) == ("producer", True)
    assert {part.window for part in run(load=Load(TASKS, 1, 1, 8, windows=[1])).parts} == {1}


def test_a_run_at_a_rate_has_the_time_that_it_needs():
    found = run(load=Load(20, 1, 1, 8, rate=200.0))
    assert (found.ending.end, found.history.settled) == (End.FINISHED, 20)


def test_first_tasks_are_all_that_is_measured_where_the_limit_leaves_no_more():
    found = run(workload=FunctionWorkload("nap", [0.05] * TASKS), deadline=time.monotonic() + 0.01)
    assert found.ending.end is End.TIME_UP
    assert found.warming_up is not bool(found.notes)


def test_of_a_rate_first_tasks_say_nothing():
    found = run(load=Load(TASKS, 1, 1, 8, rate=10.0), deadline=time.monotonic() - 1)
    assert (found.ending.end, found.warming_up, found.notes) == (End.TIME_UP, True, ())
    assert found.ending.detail.startswith("its first task ")


def test_workers_that_do_not_become_ready_are_an_error_of_the_start():
    with pytest.raises(StartError, match="no_such_function"):
        run(workload=FunctionWorkload("no_such_function", [1]))


def test_ctrl_c_ends_it(monkeypatch):
    monkeypatch.setattr(interruption, "_requested", True)
    with pytest.raises(KeyboardInterrupt):
        run()
