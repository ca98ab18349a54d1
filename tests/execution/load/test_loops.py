"""What a loop does when, in time that passes only where it waits."""

import pytest
from sample_pacing import SECOND, InTime

from crossover.analysis.verdict import verdict_of_history
from crossover.contract.errors import BrokenError
from crossover.contract.tasks import ALL_UNKNOWN, LateReceipt, Receipt, Submission
from crossover.execution.load.closed_loop import ClosedLoop
from crossover.execution.load.loop import RECEIPTS_WITHIN
from crossover.execution.load.open_loop import OpenLoop
from crossover.recording.history import History
from workloads.noop import Noop


def closed(transport, tasks=100, batch=1, window=16, **settings):
    history = History(tasks, batch)
    ClosedLoop(transport, Noop(), history, window, **settings).run()
    return history


@pytest.mark.parametrize(("window", "batch", "most"), [(16, 1, 16), (1, 1, 1), (16, 8, 16), (20, 8, 16), (4, 8, 8)])
def test_never_more_than_a_window_is_outstanding_but_one_batch_always(time, window, batch, most):
    transport = InTime(time)
    history = closed(transport, 128, batch, window)
    assert transport.most == most
    assert verdict_of_history(history).completed == 128


@pytest.mark.parametrize(("window", "batch", "limit"), [(64, 1, 16), (64, 8, 2), (8, 8, 1), (3, 1, 1), (4, 1, 1)])
def test_a_quarter_of_the_window_is_collected_at_once(time, window, batch, limit):
    transport = InTime(time)
    closed(transport, 128, batch, window)
    assert set(transport.limits) == {limit}


@pytest.mark.parametrize(("window", "batch", "fewest"), [(64, 1, 49), (64, 8, 56), (3, 1, 3)])
def test_the_window_is_filled_up_when_a_quarter_of_it_has_come_back(time, window, batch, fewest):
    transport = InTime(time, 0.5, call=0.001)  # outcomes come one after the other
    closed(transport, 512, batch, window)
    assert min(transport.waiting[: len(transport.waiting) // 2]) == fewest


def test_late_receipts_are_read_while_the_run_goes_on_and_only_then_asked_for(time):
    transport = Unsure(time)
    transport.late = [[LateReceipt(task, 1, Receipt.ACCEPTED, "")] for task in range(8)]
    assert verdict_of_history(closed(transport, 8, window=1)).accepted == 8
    assert time.now - 1_000 * SECOND < SECOND  # none was waited for at the end
    sure = InTime(time)
    closed(sure, 8, window=1)
    assert sure.asked == 1


def test_the_last_batch_is_what_is_left(time):
    transport = InTime(time)
    closed(transport, 20, 8, 64)
    assert transport.sizes == [8, 8, 4]


def test_it_waits_a_tenth_of_a_second_for_outcomes_and_then_looks_again(time):
    transport = InTime(time, 1.0)
    closed(transport, 4)
    assert set(transport.waits) == {0.1}


def test_after_its_time_it_submits_no_more_and_collects_what_is_outstanding(time):
    history = closed(InTime(time, 0.01), 10_000, window=4, seconds=1.0)
    verdict = verdict_of_history(history)
    assert 380 < verdict.attempted < 420
    assert verdict.completed == verdict.attempted
    assert history.seconds == pytest.approx(1.0, abs=0.03)


def test_told_to_collect_no_more_it_ends_with_tasks_outstanding(time):
    history = History(10, 1)

    class Told(InTime):
        def collect(self, limit, timeout):
            if time.now > 1_005 * SECOND:
                history.stop_collecting()
            return super().collect(limit, timeout)

    ClosedLoop(Told(time, None), Noop(), history, 4).run()
    assert (history.attempted, history.settled) == (4, 0)


def test_where_nothing_comes_back_dead_workers_are_asked_for(time):
    asked = []
    loop = ClosedLoop(InTime(time, 0.35), Noop(), History(1, 1), 1)
    loop.report_deaths = lambda: asked.append(time.now)
    loop.run()
    assert len(asked) == 3


class Breaks(InTime):
    """Breaks at task 6."""

    def submit(self, batch):
        if batch.first + batch.size > 6:
            raise BrokenError("it is gone")
        return super().submit(batch)


@pytest.mark.parametrize(("batch", "attempted", "accepted"), [(1, 7, 6), (4, 8, 4)])
@pytest.mark.parametrize("paced", [False, True])
def test_the_message_in_which_a_transport_broke_counts_as_attempted_and_not_as_accepted(
    time, batch, attempted, accepted, paced
):
    history, transport = History(20, batch), Breaks(time)
    loop = OpenLoop(transport, Noop(), history, 1_000) if paced else ClosedLoop(transport, Noop(), history, 16)
    with pytest.raises(BrokenError, match="it is gone"):
        loop.run()
    verdict = verdict_of_history(history)
    assert (verdict.attempted, verdict.accepted) == (attempted, accepted)
    assert set(history.receipts[accepted:attempted]) == {Receipt.UNKNOWN}


def test_receipts_that_came_before_a_transport_broke_count(time):
    transport = Breaks(time)
    transport.late = [[LateReceipt(6, 1, Receipt.ACCEPTED, "")]]
    history = History(20, 1)
    with pytest.raises(BrokenError):
        ClosedLoop(transport, Noop(), history, 16).run()
    assert verdict_of_history(history).accepted == 7


class Unsure(InTime):
    """Says later what became of a submission, or never."""

    def submit(self, batch):
        super().submit(batch)
        return ALL_UNKNOWN


def test_after_the_last_outcome_late_receipts_are_waited_for(time):
    transport = Unsure(time)
    transport.late = [(), (), (), (), [LateReceipt(0, 4, Receipt.ACCEPTED, "")]]
    history = closed(transport, 4)
    verdict = verdict_of_history(history)
    assert (verdict.accepted, verdict.recovered, history.pending) == (4, 0, 0)


def test_but_not_for_ever(time):
    began = time.now
    history = closed(Unsure(time), 4)
    assert verdict_of_history(history).recovered == 4
    assert time.now - began == pytest.approx((0.01 + RECEIPTS_WITHIN) * SECOND, abs=0.2 * SECOND)


def test_a_task_that_is_refused_is_not_waited_for(time):
    class Refuses(InTime):
        def submit(self, batch):
            if batch.first == 2:
                return Submission(Receipt.ACCEPTED, {0: "too large"})
            return super().submit(batch)

    history = closed(Refuses(time), 4)
    verdict = verdict_of_history(history)
    assert (verdict.completed, verdict.failed, verdict.accepted) == (3, 1, 3)
    assert time.now - 1_000 * SECOND < SECOND


def test_how_long_a_submission_takes_is_known_of_every_16th_message(time):
    for history in (closed(InTime(time, call=0.002), 33), closed(InTime(time, call=0.002), 66, batch=2)):
        assert list(history.submit) == pytest.approx([2_000_000.0] * 3)


@pytest.mark.parametrize("batch", [1, 4])
def test_after_its_time_batches_are_submitted_no_more_either(time, batch):
    history = closed(InTime(time, 0.01), 40_000, batch, window=4 * batch, seconds=1.0)
    assert 380 * batch < history.attempted < 420 * batch


@pytest.mark.parametrize("seconds", [1.0, 0.5])
def test_within_one_long_filling_of_the_window_the_time_is_looked_at_too(time, seconds):
    history = closed(InTime(time, 5.0, call=0.001), 10_000, window=10_000, seconds=seconds)
    assert history.attempted == pytest.approx(1_000 * seconds, abs=20)


@pytest.mark.parametrize("batch", [1, 2])
def test_of_a_batch_some_tasks_may_be_refused(time, batch):
    class RefusesSome(InTime):
        def submit(self, tasks):
            if tasks.first == 4:
                return Submission(Receipt.ACCEPTED, dict.fromkeys(range(tasks.size), "too large"))
            return super().submit(tasks)

    history = closed(RefusesSome(time), 8, batch)
    assert verdict_of_history(history).failed == batch
    assert history.reasons == {"too large": batch}
