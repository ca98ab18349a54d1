"""At a rate, tasks are sent when they are due, and waiting counts as latency."""

import threading

import pytest
from sample_pacing import SECOND, Simulated, Slow, StallsItsWorker, StallsTheProducer, paced
from skips import create
from waiting import PATIENCE, eventually

from crossover.analysis.latency.timing import achieved_rate, latency, send_delay
from crossover.analysis.trust.warnings import keeps_up
from crossover.analysis.verdict import verdict_of_history
from crossover.contract.errors import BrokenError
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.open_loop import OpenLoop
from crossover.recording.history import History
from workloads.noop import Noop


def naive(history):
    """The latency that a tool reports if it counts from the actual sending."""
    history.interval = 0.0
    return latency(history)


@pytest.mark.parametrize("transport", [StallsTheProducer, StallsItsWorker])
def test_a_second_without_service_shows_at_p99(transport):
    history = paced(transport(), 100, 300)
    assert latency(history).p99 > 900
    assert latency(history).max > 990
    assert verdict_of_history(history).completed == 300


def test_latency_counted_from_the_actual_sending_hides_a_stalled_producer():
    history = paced(StallsTheProducer(), 100, 300)
    assert send_delay(history).p99 > 900
    assert naive(history).p99 < 500  # one message in 300


def test_a_closed_loop_hides_a_stalled_worker():
    history = History(300, 1)
    ClosedLoop(StallsItsWorker(), Noop(), history, 1).run()
    assert latency(history).p99 < 500


def test_a_late_loop_catches_up():
    history = paced(StallsTheProducer(), 100, 300)
    due = history.began + 299 * history.interval
    assert history.sent[299] - due < SECOND / 2
    assert min(later - sooner for sooner, later in zip(history.sent, history.sent[1:], strict=False)) >= 0


def within_one_percent(history, rate):
    return abs(achieved_rate(history) / rate - 1) < 0.01


def test_a_rate_is_kept_within_one_percent():
    assert any(within_one_percent(paced(Simulated(), 1_000, 2_000), 1_000) for _ in range(3))


@pytest.mark.long
def test_a_rate_is_kept_through_a_real_transport():
    with create("pipe") as transport:
        transport.start(Noop(), 2)
        assert any(within_one_percent(paced(transport, 1_000, 2_000), 1_000) for _ in range(3))


def test_a_rate_counts_tasks_and_not_messages():
    assert any(within_one_percent(paced(Simulated(), 1_000, 2_005, batch=10), 1_000) for _ in range(3))


def test_no_task_is_sent_before_it_is_due():
    history = paced(Simulated(), 777, 500)
    assert all(sent >= int(history.began + m * history.interval) for m, sent in enumerate(history.sent))


def test_a_transport_that_cannot_keep_up_is_found_out():
    history = paced(Slow(), 400, 400)
    assert achieved_rate(history) < 250
    assert not keeps_up(achieved_rate(history), 400)
    assert latency(history).max > 500  # it grows as long as the run goes on


@pytest.mark.parametrize("tell", [History.stop_submitting, History.stop_collecting])
def test_it_ends_when_told_to_even_if_the_next_task_is_due_much_later(tell):
    history = History(10, 1)
    loop = OpenLoop(Simulated(), Noop(), history, rate=0.001)
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    assert eventually(lambda: history.settled == 1)
    tell(history)
    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert history.attempted == 1


class Breaks(Simulated):
    """Breaks at message 7."""

    def submit(self, batch):
        if batch.first == 7:
            raise BrokenError("it is gone")
        return super().submit(batch)


def test_a_broken_transport_keeps_the_record_so_far():
    history = History(20, 1)
    with pytest.raises(BrokenError):
        OpenLoop(Breaks(), Noop(), history, 1_000).run()
    assert history.attempted == 8
    assert verdict_of_history(history).lost <= 7


@pytest.mark.parametrize("name", ["threads", "queue", "pipe", "shared-memory", "redis-list", "rabbitmq"])
def test_real_transports_lose_nothing_at_a_rate(name):
    with create(name) as transport:
        transport.start(Noop(), 2)
        history = paced(transport, 500, 200)
    verdict = verdict_of_history(history)
    assert (verdict.accepted, verdict.completed, verdict.lost, verdict.duplicated) == (200, 200, 0, 0)
