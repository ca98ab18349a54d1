"""What our own bookkeeping costs is measured: slowness that is planted in it is seen, that of a transport is not."""

import time

import pytest

from crossover.execution.bookkeeping import NothingTransport, bookkeeping, measure_bookkeeping
from crossover.execution.load import loop as producer
from crossover.workers import interruption
from crossover.workers import loop as worker

PLANTED = 30e-6  # seconds of CPU time


def slow(call):
    """The same, and slower."""

    def slower(*arguments):
        until = time.process_time() + PLANTED
        while time.process_time() < until:
            pass
        return call(*arguments)

    return slower


@pytest.mark.parametrize("batch", [1, 10])
def test_planted_slowness_of_the_recorder_is_seen(monkeypatch, batch):
    before = measure_bookkeeping(batch, 4 * batch)
    monkeypatch.setattr(producer, "recorder", lambda *of, make=producer.recorder: slow(make(*of)))
    after = measure_bookkeeping(batch, 4 * batch)
    assert after.producer_us - before.producer_us > 0.5 * PLANTED * 1e6 / batch
    assert after.worker_us < PLANTED * 1e6 / batch


@pytest.mark.long
def test_planted_slowness_of_the_worker_s_loop_is_seen(monkeypatch):
    before = measure_bookkeeping(1, 32)
    monkeypatch.setattr(worker, "execute", slow(worker.execute))
    after = measure_bookkeeping(1, 32)
    assert after.stamped_worker_us - before.stamped_worker_us > 0.5 * PLANTED * 1e6
    assert 0 < after.worker_us < after.stamped_worker_us  # a sample of the outcomes has time stamps
    assert after.producer_us < PLANTED * 1e6


@pytest.mark.parametrize(("batch", "call"), [(10, "submit"), (1, "submit_task"), (1, "collect")])
def test_a_slow_transport_is_no_bookkeeping(monkeypatch, batch, call):
    monkeypatch.setattr(NothingTransport, call, slow(getattr(NothingTransport, call)))
    assert measure_bookkeeping(batch, 4 * batch).producer_us < 0.7 * PLANTED * 1e6


def test_tasks_that_travel_alone_cost_as_much_as_transports_make_them_cost():
    found = measure_bookkeeping(1, 64)
    assert 0 < found.producer_us < found.stamped_producer_us
    assert 0 < found.worker_us < found.stamped_worker_us
    assert measure_bookkeeping(2, 64).stamped_producer_us is None


def test_it_costs_less_in_large_batches():
    one, many = measure_bookkeeping(1, 32), measure_bookkeeping(64, 1_024)
    assert 0 < many.producer_us < one.producer_us
    assert 0 <= many.worker_us < one.worker_us


def test_it_is_measured_in_a_process_of_its_own_unless_there_is_no_time_for_it():
    assert bookkeeping(1, 32, 60.0).producer_us > 0
    assert bookkeeping(1, 32, 0.0) is None


def test_an_interruption_ends_it(monkeypatch):
    monkeypatch.setattr(interruption, "_requested", True)
    with pytest.raises(KeyboardInterrupt):
        bookkeeping(1, 32, 60.0)
