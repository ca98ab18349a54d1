"""A call reaches its function as it was submitted, and its value or its exception comes back."""

import gc
import threading
import traceback
import weakref
from concurrent.futures import Future

import executor_calls
import pytest
from waiting import PATIENCE, eventually


def test_a_value_comes_back(executor):
    assert executor.submit(pow, 2, 8).result(PATIENCE) == 256


def test_keywords_reach_the_function_whatever_they_are_called(executor):
    called = executor.submit(executor_calls.given, 1, (2, 3), self=4, fn=5, timeout=6)
    assert called.result(PATIENCE) == ((1, (2, 3)), {"self": 4, "fn": 5, "timeout": 6})


def test_the_function_is_no_keyword(executor):
    with pytest.raises(TypeError):
        executor.submit(fn=executor_calls.add, one=1)


def test_a_future_is_one_of_the_standard_library(executor):
    assert isinstance(executor.submit(abs, -1), Future)


def test_an_exception_comes_back_with_the_line_that_raised_it(executor):
    error = executor.submit(executor_calls.fail, "no bread").exception(PATIENCE)
    assert isinstance(error, ValueError)
    assert error.args == ("no bread",)
    assert "raise ValueError(text)" in "".join(traceback.format_exception(error))


def test_an_exception_that_is_false_is_one(executor):
    assert isinstance(executor.submit(executor_calls.raise_falsehood).exception(PATIENCE), executor_calls.FalseError)


def test_a_system_exit_reaches_the_future_and_stops_nothing(executor):
    assert executor.submit(executor_calls.leave_the_interpreter).exception(PATIENCE).code == 3
    assert executor.submit(abs, -1).result(PATIENCE) == 1


@pytest.mark.parametrize("number", [0, -1])
def test_there_is_at_least_one_worker(make, number):
    with pytest.raises(ValueError, match="max_workers must be greater than 0"):
        make(number)


@pytest.mark.needs("objects")
def test_what_was_submitted_is_not_kept(executor):
    thing, collected = executor_calls.Weak(), threading.Event()
    watch = weakref.ref(thing, lambda _: collected.set())
    executor.submit(thing.method)
    del thing
    assert collected.wait(PATIENCE), watch


@pytest.mark.long
def test_what_a_callback_raises_disturbs_no_one(make, caplog):
    executor, seen = make(), []
    called = executor.submit(abs, -1)
    called.add_done_callback(lambda _: 1 / 0)
    called.add_done_callback(lambda future: seen.append(future.result()))
    assert executor.submit(abs, -2).result(PATIENCE) == 2
    executor.shutdown()
    assert seen == [1]
    assert "exception calling callback" in caplog.text


def test_a_callback_may_submit(executor):
    found = Future()

    def go_on(future):
        executor.submit(abs, future.result() - 5).add_done_callback(lambda last: found.set_result(last.result()))

    executor.submit(abs, -2).add_done_callback(go_on)
    assert found.result(PATIENCE) == 3


@pytest.mark.needs("objects")
def test_a_value_that_was_handed_out_is_not_kept(executor):
    called = executor.submit(executor_calls.Weak)
    watch = weakref.ref(called.result(PATIENCE))
    del called
    executor.submit(abs, -1).result(PATIENCE)
    gc.collect()
    assert watch() is None


@pytest.mark.needs("pending")
def test_a_call_that_no_worker_has_can_be_cancelled(make, gate):
    executor = make(1)
    first = executor.submit(executor_calls.wait_for, gate)
    last = executor.submit(abs, -1)
    assert last.cancel()
    gate.touch()
    assert first.result(PATIENCE) == str(gate)
    assert last.cancelled()


@pytest.mark.needs("pending")
def test_numbers_say_what_waits_runs_and_has_ended(make, gate):
    executor = make(1)
    assert executor.submit(abs, -1).result(PATIENCE) == 1
    first, second = executor.submit(executor_calls.wait_for, gate), executor.submit(abs)
    assert eventually(first.running)
    numbers = executor.stats()
    assert [numbers[what] for what in ("pending", "running", "done", "failed")] == [1, 1, 1, 0]
    gate.touch()
    assert isinstance(second.exception(PATIENCE), TypeError)
    assert eventually(lambda: executor.stats()["failed"] == 1)
    assert executor.stats()["pending"] == executor.stats()["running"] == 0


@pytest.mark.needs("pending")
def test_a_call_that_runs_cannot_be_cancelled(executor, gate, tmp_path):
    executor.submit(executor_calls.leave, tmp_path, 1)
    first = executor.submit(executor_calls.wait_for, gate)
    executor_calls.wait_for(tmp_path / "1")
    while not first.running():
        assert not first.done()
    assert not first.cancel()
    gate.touch()
    assert first.result(PATIENCE)
