"""How long a task takes is the median of a few, looked at without a transport."""

import pytest
from task_functions import FunctionWorkload

from crossover.contract.system import Clock
from crossover.execution import task_time
from crossover.execution.task_time import task_seconds, time_tasks
from crossover.workers import interruption
from workloads.noop import Noop


@pytest.fixture
def timed(monkeypatch):
    """Time tasks that take given seconds, of a clock that moves only in them; return the time and how many ran."""

    def run(seconds, tasks=None, raises=None):
        now, ran, taken = [100.0], [], iter(seconds)

        class Script(Noop):
            def run(self, _payload):
                now[0] += next(taken)
                ran.append(1)
                if raises is not None:
                    raise raises

        monkeypatch.setattr(Clock, "monotonic", staticmethod(lambda: now[0]))
        monkeypatch.setattr(task_time, "print_to", lambda *_: None)
        found = time_tasks(Script(), tasks or len(seconds))
        return (None if found is None else pytest.approx(found)), len(ran)

    return run


def test_it_is_the_median_without_the_first_which_may_import_something(timed):
    assert timed([0.02, 0.001, 0.003, 0.002]) == (0.002, 4)


def test_one_disturbance_does_not_make_short_tasks_long_ones(timed):
    assert timed([0.001, 0.001, 0.001, 0.05, 0.001]) == (0.001, 5)


def test_a_single_task_is_all_that_is_known(timed):
    assert timed([0.03]) == (0.03, 1)


def test_a_tenth_of_a_second_of_tasks_is_enough(timed):
    assert timed([0.04] * 10) == (0.04, 3)
    assert timed([5.0] * 10) == (5.0, 1)
    assert timed([0.009] * 100) == (0.009, 12)


def test_a_task_that_fails_takes_its_time_too(timed):
    assert timed([0.004] * 3, raises=ValueError("no")) == (0.004, 3)


def test_of_a_function_that_ends_its_process_nothing_can_be_told(timed):
    assert timed([0.004] * 3, raises=SystemExit())[0] is None


def test_it_is_looked_at_in_a_process_of_its_own_which_prints_nothing(capfd):
    assert 0.01 <= task_seconds(FunctionWorkload("nap", [0.01]), 5, within=60.0) < 10
    assert task_seconds(FunctionWorkload("end_with", [3]), 5, within=60.0) is None
    assert task_seconds(FunctionWorkload("no_such_function", [1]), 5, within=60.0) is None
    assert capfd.readouterr() == ("", "")


def test_what_takes_longer_than_there_is_time_is_not_told():
    assert task_seconds(FunctionWorkload("nap", [600.0]), 5, within=0.1) is None


def test_ctrl_c_is_no_failure_of_the_function(monkeypatch):
    monkeypatch.setattr(interruption, "_requested", True)
    with pytest.raises(KeyboardInterrupt):
        task_seconds(FunctionWorkload("nap", [600.0]), 5, within=60.0)
