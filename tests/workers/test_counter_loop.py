"""How a worker updates a shared counter: as planned, and it reports what it did, also where it could not go on."""

import threading
import time
from multiprocessing import Pipe

import pytest
from waiting import PATIENCE

from crossover.contract.counters import Counter, NotAddedError, UpdatePlan
from crossover.contract.errors import BrokenError
from crossover.workers.counter_loop import serve

SECOND = 10**9
NEVER = 2**62


class Scripted(Counter):
    """Returns what a script says, or raises it."""

    retries = 7

    def __init__(self, *script):
        self.script = list(script)
        self.calls = []
        self.closed = False

    def add(self):
        self.calls.append(time.monotonic_ns())
        found = self.script.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def close(self):
        self.closed = True


def counting():
    return Scripted(*range(1, 100))


def report_of(counter, most=100, *, begin=0, until=NEVER, samples=50, number=0, acknowledged=None):
    """Return what a worker reports of a plan."""
    ours, theirs = Pipe()
    done = acknowledged if acknowledged is not None else memoryview(bytearray(24))
    thread = threading.Thread(target=serve, args=(counter, number, done, theirs, False), daemon=True)
    thread.start()
    with ours:
        assert ours.poll(PATIENCE)
        assert ours.recv() is None  # it is ready
        ours.send(UpdatePlan(begin, until, most, samples))
        assert ours.poll(PATIENCE)
        found = ours.recv()
        with pytest.raises(EOFError):  # it has closed its end
            ours.recv()
    thread.join(PATIENCE)
    return found


def test_it_makes_the_planned_number_of_updates_and_says_so_meanwhile():
    counter, acknowledged = counting(), memoryview(bytearray(24))
    before = time.monotonic_ns()
    report = report_of(counter, 5, number=1, acknowledged=acknowledged)
    assert (report.updates, len(counter.calls), report.turns, report.retries) == (5, 5, 0, 7)
    assert acknowledged.cast("q").tolist() == [0, 5, 0]
    assert before <= report.began <= counter.calls[0] <= counter.calls[-1] <= report.ended <= time.monotonic_ns()
    assert (report.reasons, report.broken) == ({}, "")
    assert counter.closed


def test_it_begins_when_all_begin():
    counter, begin = counting(), time.monotonic_ns() + SECOND // 20
    report = report_of(counter, 3, begin=begin)
    assert begin <= report.began <= counter.calls[0]


def test_it_stops_when_it_is_time():
    report = report_of(counting(), until=time.monotonic_ns() - 1)
    assert report.updates == 0
    assert list(report.latencies) == []


@pytest.mark.parametrize(("samples", "kept"), [(50, 6), (6, 6), (2, 2)])
def test_it_keeps_the_latencies_of_its_last_updates(samples, kept):
    class Slow(Scripted):
        def add(self):
            value = super().add()
            while value > 4 and time.monotonic_ns() < self.calls[-1] + SECOND // 500:
                pass
            return value

    report = report_of(Slow(*range(1, 7)), 6, samples=samples)
    assert len(report.latencies) == kept
    assert all(0 <= latency < SECOND for latency in report.latencies)
    assert sum(latency >= SECOND // 500 for latency in report.latencies) == 2
    assert sum(report.latencies) <= report.ended - report.began


def test_it_sees_that_another_worker_has_changed_the_counter():
    assert report_of(Scripted(1, 2, 5, 6, 6, 9), 6).turns == 3


def test_an_update_that_was_given_up_is_counted_with_its_reason_and_it_goes_on():
    given_up = NotAddedError("the lock is taken")
    report = report_of(Scripted(1, given_up, 2, given_up, NotAddedError("it is full"), 3), 6)
    assert (report.updates, report.turns, len(report.latencies)) == (3, 0, 3)
    assert report.reasons == {"the lock is taken": 2, "it is full": 1}


@pytest.mark.parametrize(
    ("error", "said"), [(BrokenError("the server is gone"), "the server is gone"), (OSError("no"), "OSError: no")]
)
def test_where_it_cannot_go_on_it_reports_what_it_did_and_why(error, said):
    report = report_of(Scripted(1, 2, error, 3), 4)
    assert (report.updates, report.broken) == (2, said)


def test_one_that_cannot_prepare_says_why_and_no_more():
    class Unready(Counter):
        def open(self):
            raise SystemExit("no such server")

        def add(self):
            """It never comes to that."""

    ours, theirs = Pipe()
    with ours:
        serve(Unready(), 0, bytearray(8), theirs, process=False)
        assert ours.recv() == "SystemExit: no such server"
        with pytest.raises(EOFError):
            ours.recv()


def test_without_its_producer_it_ends_in_silence():
    ours, theirs = Pipe()
    ours.close()
    serve(counting(), 0, bytearray(8), theirs, process=False)
    assert theirs.closed
