"""One run of a shared state, in this process: what its workers do, and how it is called when they cannot go on."""

import os
import re
import signal

import pytest

from crossover.contract.counters import NotAddedError
from crossover.contract.errors import BrokenError, StartError
from crossover.contract.options import Options
from crossover.contract.shared_state import SharedState
from crossover.contract.traits import StateTraits
from crossover.execution.counters import counter_run
from crossover.execution.counters.counter_run import run_counter
from crossover.execution.counters.counter_workers import CounterWorkers
from crossover.results.records import End
from crossover.workers.fleet import context_for
from local_ipc.states.values import ValueCounter, ValueLock


class Troubled(ValueCounter):
    """Counts, and does something at one of its updates; `of` says which worker's.

    Args:
        value: shared.
        trouble: update → what happens then.
        opens: what happens when it opens.
    """

    def __init__(self, value, trouble, opens):
        super().__init__(value)
        self._trouble, self._opens, self._done = trouble, opens, 0

    def open(self):
        if self._opens:
            self._opens()

    def add(self):
        self._done += 1
        if self._done in self._trouble:
            self._trouble[self._done]()
        with self._value.get_lock():  # nobody loses an update: what is left of them is known
            return super().add()


class TroubledState(SharedState):
    """A value; the first worker has trouble."""

    traits = StateTraits(name="troubled")

    def __init__(self, trouble=None, opens=None, starts=None, reads=None):
        super().__init__(Options())
        self._given = [(trouble or {}, opens)]
        self._starts, self._reads, self.stopped = starts, reads, 0

    def start(self):
        if self._starts:
            raise self._starts
        self._value = context_for(None).Value("q", 0)

    def counter(self):
        trouble, opens = self._given.pop() if self._given else ({}, None)
        return Troubled(self._value, trouble, opens)

    def read(self):
        if self._reads:
            raise self._reads
        return self._value.value

    def brokers(self):
        return {"value": "1.0"}

    def stop(self):
        self.stopped += 1


class Threads(TroubledState):
    """The same, with threads."""

    traits = StateTraits(name="troubled threads", threads=True)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def stay():
    signal.pause()


def give_up():
    raise NotAddedError("the lock was not acquired")


def break_down():
    raise BrokenError("the counter has gone")


@pytest.mark.parametrize(("workers", "updates"), [(1, 10), (3, 10), (4, 3)])
def test_all_updates_are_made_however_they_are_divided(workers, updates):
    found = run_counter(ValueLock(Options()), workers, 1.0, updates)
    assert (found.final, found.ending.end) == (updates, End.FINISHED)
    each = [report.updates for report in found.reports]
    assert (len(each), sum(each)) == (workers, updates)
    assert max(each) - min(each) <= 1
    assert len({report.began for report in found.reports}) >= 1


def test_without_a_number_it_goes_on_for_its_time():
    found = run_counter(ValueLock(Options()), 2, 0.1, None)
    assert found.ending.end is End.FINISHED
    assert found.final == sum(report.updates for report in found.reports)


@pytest.mark.parametrize("kind", [TroubledState, Threads])
def test_updates_that_were_given_up_are_counted_with_the_reason(kind):
    state = kind({3: give_up})
    found = run_counter(state, 1, 1.0, 10)
    assert found.final == found.reports[0].updates == 9
    assert found.reports[0].reasons == {"the lock was not acquired": 1}
    assert (found.brokers, state.stopped) == ({"value": "1.0"}, 1)


@pytest.mark.parametrize("kind", [TroubledState, Threads])
def test_a_worker_whose_counter_is_gone_ends_the_run(kind):
    found = run_counter(kind({3: break_down}), 2, 1.0, 20)
    assert (found.ending.end, found.ending.detail) == (End.COUNTER_LOST, "the counter has gone")
    assert [report.updates for report in found.reports] == [2, 10]
    assert found.final == 12


def test_a_worker_that_died_is_named_and_what_it_did_is_known():
    found = run_counter(TroubledState({5: die}), 2, 1.0, 20)
    assert found.ending.end is End.DIED
    assert found.ending.detail.endswith(" was ended by SIGKILL")
    assert found.ending.detail.startswith("worker ")
    first, second = found.reports
    assert (first.updates, first.turns, second.updates) == (4, None, 10)
    assert found.final == 14


def test_a_worker_that_does_nothing_any_more_hangs_and_its_counter_is_not_read():
    found = run_counter(TroubledState({5: stay}), 2, 1.0, 20, hang_after=0.7)
    assert (found.ending.end, found.final) == (End.HUNG, None)
    assert re.fullmatch(r"[12] of 2 workers did not report, and made no update for \d+ s", found.ending.detail)
    assert found.reports[0].updates <= 4


def test_updates_that_take_longer_than_allowed_are_stopped(monkeypatch):
    monkeypatch.setattr(counter_run, "TIME_LIMIT", 0.05)
    found = run_counter(ValueLock(Options()), 1, 1.0, 10**9)
    assert (found.ending.end, found.ending.detail) == (End.TIME_UP, "0.05 s")


def test_a_counter_that_cannot_be_read_is_lost_unless_something_else_happened_before():
    lost = run_counter(TroubledState(reads=BrokenError("the key is gone")), 1, 1.0, 5)
    assert (lost.final, lost.ending.end, lost.ending.detail) == (None, End.COUNTER_LOST, "the key is gone")
    died = run_counter(TroubledState({5: die}, reads=BrokenError("the key is gone")), 1, 1.0, 20)
    assert (died.final, died.ending.end) == (None, End.DIED)


def refuse():
    raise ValueError("no room")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"starts": OSError("no memory")}, "it cannot be started: no memory"),
        ({"starts": BrokenError("the server was killed")}, "it cannot be started: the server was killed"),
        ({"opens": refuse}, "a worker cannot start: ValueError: no room"),
        ({"opens": die}, "a worker ended before it was ready"),
    ],
)
def test_what_cannot_start_says_why_and_is_stopped(trouble, said):
    state = TroubledState(**trouble)
    with pytest.raises(StartError, match=said):
        run_counter(state, 2, 1.0, 20)
    assert state.stopped == 1


def test_a_worker_that_is_not_ready_in_time_says_so(monkeypatch):
    monkeypatch.setenv("CROSSOVER_START_TIMEOUT", "0.2")
    workers = CounterWorkers(TroubledState(opens=stay), 1)
    try:
        with pytest.raises(StartError, match="a worker was not ready"):
            workers.start()
    finally:
        workers.stop()
