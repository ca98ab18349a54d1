"""After `shutdown` nothing more is taken, what was taken is done, and nothing waits for ever."""

import gc
import threading

import executor_calls
import pytest
from waiting import PATIENCE

from crossover import Executor

pytestmark = [pytest.mark.needs("ending"), pytest.mark.long]


def test_nothing_more_is_taken(make):
    executor = make()
    executor.shutdown()
    with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
        executor.submit(pow, 2, 5)


def test_what_was_taken_is_done(make, tmp_path):
    executor = make()
    called = [executor.submit(executor_calls.leave, tmp_path, number) for number in range(50)]
    executor.shutdown()
    assert [future.result(0) for future in called] == [*range(50)]


def test_what_was_taken_is_done_where_no_one_waits_for_it(make, tmp_path):
    executor = make()
    called = [executor.submit(executor_calls.leave, tmp_path, number) for number in range(5)]
    executor.shutdown(wait=False)
    assert [future.result(PATIENCE) for future in called] == [*range(5)]


def test_it_may_be_shut_down_again_and_from_any_thread(make):
    executor = make()
    executor.submit(abs, -1)
    threads = [threading.Thread(target=executor.shutdown) for _ in range(3)]
    for thread in threads:
        thread.start()
    executor.shutdown(wait=False)
    executor.shutdown(cancel_futures=True)
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)


def test_a_callback_may_shut_it_down(make):
    executor, ended = make(), threading.Event()

    def end(_):
        executor.shutdown(wait=False)
        ended.set()

    executor.submit(abs, -1).add_done_callback(end)
    assert ended.wait(PATIENCE)


def test_with_ends_it(make):
    with make() as executor:
        values = executor.map(abs, range(-5, 5))
    assert [*values] == [5, 4, 3, 2, 1, 0, 1, 2, 3, 4]
    with pytest.raises(RuntimeError):
        executor.submit(abs, -1)


@pytest.mark.needs("pending")
def test_what_no_worker_has_is_cancelled_and_the_rest_is_done(make, gate):
    executor = make()
    called = [executor.submit(executor_calls.wait_for, gate) for _ in range(50)]
    begun = [future for future in called if future.running()]
    executor.shutdown(wait=False, cancel_futures=True)
    gate.touch()
    executor.shutdown()
    assert all(future.done() for future in called)
    done = [future for future in called if not future.cancelled()]
    assert len(called) - len(done) > 20
    assert {*begun} <= {*done}
    assert all(future.result() == str(gate) for future in done)


@pytest.mark.needs("pending")
def test_what_was_cancelled_just_before_does_not_hold_it_up(make):
    executor = make()
    for _ in range(5):
        executor.submit(abs, -1).cancel()
    ending = threading.Thread(target=executor.shutdown)
    ending.start()
    ending.join(PATIENCE)
    assert not ending.is_alive()


def test_one_that_no_one_has_any_more_does_what_it_took(transport):
    executor = Executor(transport, 2)
    called = [executor.submit(abs, number) for number in range(3)]
    del executor
    gc.collect()
    assert [future.result(PATIENCE) for future in called] == [0, 1, 2]
