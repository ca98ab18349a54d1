"""When a loop at a rate sends and waits, in time that passes only where it waits."""

import pytest
from sample_pacing import SECOND, InTime

from crossover.analysis.verdict import verdict_of_history
from crossover.contract.tasks import ALL_UNKNOWN, LateReceipt, Receipt
from crossover.execution.load.open_loop import OpenLoop
from crossover.recording.history import History
from workloads.noop import Noop


class Unsure(InTime):
    """Says later what became of a submission, or never."""

    def submit(self, batch):
        super().submit(batch)
        return ALL_UNKNOWN


def paced(transport, rate=100.0, tasks=50, batch=1, **settings):
    history = History(tasks, batch)
    OpenLoop(transport, Noop(), history, rate, **settings).run()
    return history


@pytest.mark.parametrize("batch", [1, 5])
def test_each_message_is_sent_when_it_is_due_and_not_a_millisecond_later(time, batch):
    history = paced(InTime(time, 0.003), 100.0, 50, batch)
    delays = [sent - history.began - m * batch * SECOND // 100 for m, sent in enumerate(history.sent)]
    assert min(delays) >= 0
    assert max(delays) < SECOND // 1_000


def test_at_any_rate_outcomes_are_collected_between_two_messages(time):
    history = paced(InTime(time, 0.003), 10.0, 10)
    late = [collected - sent for collected, sent in zip(history.collected, history.sent, strict=True)]
    assert max(late) < 4 * SECOND // 1_000


def test_a_transport_is_never_waited_for_longer_than_a_tenth_of_a_second(time):
    transport = InTime(time, 0.5)
    paced(transport, 1.0, 4)
    assert max(transport.waits) == 0.1
    assert max(time.slept) <= 0.0001


def test_a_loop_that_was_held_up_catches_up_a_few_messages_at_a_time(time):
    transport = InTime(time, 0.003, call=0.001)
    submit = transport.submit

    def stall(batch):
        if batch.first == 10:
            time.passes(1.0)
        return submit(batch)

    transport.submit = stall
    history = paced(transport, 100.0, 200)
    assert history.sent[10] - history.began == pytest.approx(SECOND // 10, abs=SECOND // 500)
    assert history.sent[109] - history.began < 1.4 * SECOND
    assert transport.most < 60  # of 100 overdue ones: between them it collects, because some transports send only then


def test_a_paced_run_ends_after_its_time_too(time):
    history = paced(InTime(time), 100.0, 1_000, seconds=1.0)
    assert 99 <= history.attempted <= 103
    assert history.settled == history.attempted


def test_a_paced_loop_reads_late_receipts_and_asks_for_dead_workers_where_nothing_comes(time):
    transport = Unsure(time, 0.001)
    transport.late = [[LateReceipt(task, 1, Receipt.ACCEPTED, "")] for task in range(8)]
    began = time.now
    assert verdict_of_history(paced(transport, 1_000.0, 8)).accepted == 8
    assert time.now - began < SECOND
    asked = []
    loop = OpenLoop(InTime(time, 0.5), Noop(), History(1, 1), 10.0)
    loop.report_deaths = lambda: asked.append(time.now)
    loop.run()
    assert asked
