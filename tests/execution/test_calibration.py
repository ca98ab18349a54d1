"""What a task takes is learnt from a sample of them, in a process of its own."""

import threading

import pytest
from task_functions import FunctionWorkload

from crossover.derived.task_kind import TaskKind, holds_gil, task_kind
from crossover.execution.calibration.calibrate import calibrate
from crossover.execution.calibration.cpu_time import Spent
from crossover.workers import interruption
from workloads.noop import Noop


def test_a_task_that_sleeps_waits_and_takes_its_time(capfd):
    found = calibrate(FunctionWorkload("nap", [0.01] * 20), 20)
    assert found is not None
    assert 0.01 <= found.seconds < 1
    assert found.low <= found.seconds <= found.high
    assert task_kind(found) is TaskKind.WAITS
    assert holds_gil(found) is False
    assert found.failed == 0
    assert capfd.readouterr() == ("", "")


def test_a_task_that_does_nothing_computes():
    found = calibrate(Noop(), 1_000)
    assert found is not None
    assert task_kind(found) is TaskKind.COMPUTES
    assert found.seconds < 1e-3


def test_a_thread_that_never_waited_has_lost_its_time_to_others():
    lost = {"seconds": 1.0, "cpu_seconds": 0.2, "delayed_seconds": 0.1, "pressed_seconds": None}
    assert Spent(**lost, waits=3).waiting == pytest.approx(0.7)
    assert Spent(**lost, waits=0).waiting == 0


def test_tasks_that_fail_take_their_time_and_are_counted_by_type():
    found = calibrate(FunctionWorkload("fail_on_odd", [1, 2, 3, 4]), 4)
    assert found is not None
    assert (found.failed, found.reasons) == (2, {"ValueError": 2})


def test_of_tasks_of_uneven_lengths_median_and_mean_differ():
    found = calibrate(FunctionWorkload("nap", [0.001, *[0.001, 0.001, 0.001, 0.03] * 3]), 13)
    assert found is not None
    assert found.seconds < found.mean / 2
    assert found.low < found.seconds < found.high


def test_a_first_call_that_takes_long_is_no_part_of_the_sample():
    found = calibrate(FunctionWorkload("nap", [0.5, *[0.001] * 10]), 11)
    assert found is not None
    assert found.tasks == 10
    assert found.high < 0.25


def test_of_payloads_that_cannot_be_pickled_nothing_is_told_and_values_need_not_be():
    assert calibrate(FunctionWorkload("echo", [threading.Lock()]), 1) is None
    assert calibrate(FunctionWorkload("give_a_lock", [1, 2, 3]), 3).failed == 0


def test_of_a_function_that_ends_its_process_or_cannot_be_found_nothing_is_told():
    assert calibrate(FunctionWorkload("end_with", [3]), 5) is None
    assert calibrate(FunctionWorkload("no_such_function", [1]), 5) is None


def test_ctrl_c_is_no_failure_of_the_function(monkeypatch):
    monkeypatch.setattr(interruption, "_requested", True)
    with pytest.raises(KeyboardInterrupt):
        calibrate(FunctionWorkload("nap", [600.0]), 5)


def test_a_task_that_takes_too_long_is_given_up_and_that_is_what_was_learnt():
    found = calibrate(FunctionWorkload("nap", [600.0]), 5, within=3)
    assert found is not None
    assert found.cut_off
    assert (found.tasks, found.two_threads) == (0, None)
    assert 1 <= found.seconds < 600


def test_a_task_that_is_given_up_says_nothing_of_the_others():
    found = calibrate(FunctionWorkload("echo_or_stay", [*range(1_000), 600.0]), 1_001, within=3)
    assert found is not None
    assert (found.cut_off, task_kind(found)) == (True, TaskKind.COMPUTES)
    assert found.high < 0.01
