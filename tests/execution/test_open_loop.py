"""At a rate, tasks are sent when they are due, and who is kept waiting is seen to wait."""

import threading

import pytest
from sample_pacing import SECOND, Simulated, Slow, StallsItsWorker, StallsTheProducer, paced
from skips import create
from waiting import eventually

from crossover.analysis.latency.timing import achieved_rate, latency, send_delay
from crossover.analysis.verdict import verdict_of_history
from crossover.analysis.warnings import keeps_up
from crossover.contract.errors import BrokenError
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.open_loop import OpenLoop
from crossover.recording.history import History
from workloads.noop import Noop


def naive(history):
    """The latency that a tool shows which counts from when it really sent."""
    history.interval = 0.0
    return latency(history)


@pytest.mark.parametrize("transport", [StallsTheProducer, StallsItsWorker])
def test_a_second_without_service_is_seen_at_p99(transport):
    history = paced(transport(), 100, 300)
    assert latency(history).p99 > 900
    assert latency(history).max > 990
    assert verdict_of_history(history).completed == 300


def test_a_loop_that_counts_from_when_it_really_sent_does_not_see_that_it_could_not_send():
    history = paced(StallsTheProducer(), 100, 300)
    assert send_delay(history).p99 > 900
    assert naive(history).p99 < 500  # one message in 300


def test_a_closed_loop_does_not_see_it_either():
    history = History(300, 1)
    ClosedLoop(StallsItsWorker(), Noop(), history, 1).run()
    assert latency(history).p99 < 500


def test_who_was_late_catches_up():
    history = paced(StallsTheProducer(), 100, 300)
    due = history.began + 299 * history.interval
    assert history.sent[299] - due < SECOND / 2
    assert min(later - sooner for sooner, later in zip(history.sent, history.sent[1:], strict=False)) >= 0


def within_one_percent(history, rate):
    return abs(achieved_rate(history) / rate - 1) < 0.01


def test_a_thousand_tasks_per_second_are_a_thousand_within_one_percent():
    assert any(within_one_percent(paced(Simulated(), 1_000, 2_000), 1_000) for _ in range(3))


def test_also_through_a_real_transport():
    with create("pipe") as transport:
        transport.start(Noop(), 2)
        assert any(within_one_percent(paced(transport, 1_000, 2_000), 1_000) for _ in range(3))


def test_a_rate_is_of_tasks_whatever_is_in_a_message():
    assert any(within_one_percent(paced(Simulated(), 1_000, 2_005, batch=10), 1_000) for _ in range(3))


def test_no_task_is_sent_before_it_is_due():
    history = paced(Simulated(), 777, 500)
    assert all(sent >= int(history.began + m * history.interval) for m, sent in enumerate(history.sent))


def test_who_cannot_keep_up_is_seen_to():
    history = paced(Slow(), 400, 400)
    assert achieved_rate(history) < 250
    assert not keeps_up(achieved_rate(history), 400)
    assert latency(history).max > 500  # it grows as long as the run goes on


@pytest.mark.parametrize("flag", ["submitting", "collecting"])
def test_it_ends_when_it_is_told_to_however_long_it_is_until_the_next_task(flag):
    history = History(10, 1)
    loop = OpenLoop(Simulated(), Noop(), history, rate=0.001)
    thread = threading.Thread(target=loop.run, daemon=True)
    thread.start()
    assert eventually(lambda: history.settled == 1)
    setattr(loop, flag, False)
    thread.join(20)
    assert not thread.is_alive()
    assert history.attempted == 1


class Breaks(Simulated):
    """Breaks at message 7."""

    def submit(self, batch):
        if batch.first == 7:
            raise BrokenError("it is gone")
        return super().submit(batch)


def test_where_the_transport_breaks_what_is_known_is_kept():
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
