"""A producer sends each message to the worker with the fewest, and ahead only what fits: it never waits for one."""

import threading
from multiprocessing import Pipe

import pytest
from task_functions import FunctionWorkload
from waiting import PATIENCE, eventually

from crossover.contract.errors import BrokenError, UsageError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import ALL_ACCEPTED, Batch, Receipt, as_outcomes
from local_ipc.channels.pickling import pack_outcomes, unpack

SMALL, AHEAD = b"", 16 * 1024


class Producer:
    """A transport without a fleet: its workers are in this process, at the other ends of its pipes."""

    def __init__(self, workers, url="pipe"):
        self.transport = parse(url).create(Safety.DEFAULT)
        self.transport.start(FunctionWorkload("echo", [0]), 0)
        pipes = [Pipe() for _ in range(workers)]
        self.workers = [theirs for _, theirs in pipes]
        for ours, _ in pipes:
            self.transport._add(ours)
        self.number = 0

    def submit(self, count, payload=SMALL):
        for _ in range(count):
            assert self.transport.submit_task(self.number, payload) is ALL_ACCEPTED
            self.number += 1

    def take(self, worker, *, answer=True):
        """Let a worker take what it has been sent, and answer it; return the numbers."""
        found = []
        while self.workers[worker].poll():
            task, _ = unpack(self.workers[worker].recv_bytes())
            found.append(task)
            if answer:
                self.workers[worker].send_bytes(pack_outcomes((task, None)))
        return found

    def collect(self):
        return sorted(as_outcomes(one).first for one in self.transport.collect(8, 0))

    def stop(self):
        self.transport.stop()
        for theirs in self.workers:
            theirs.close()


@pytest.fixture
def producer():
    made = []

    def make(*arguments):
        made.append(Producer(*arguments))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.mark.parametrize(("url", "prefetch"), [("pipe", 2), ("pipe?prefetch=1", 1), ("pipe?prefetch=5", 5)])
def test_each_worker_has_as_many_messages_as_are_sent_ahead_dealt_out_evenly(producer, url, prefetch):
    one = producer(2, url)
    one.submit(20)
    assert one.take(0) == list(range(0, 2 * prefetch, 2))
    assert one.take(1) == list(range(1, 2 * prefetch, 2))
    assert one.take(0) == []  # the rest waits until something has been collected


def test_what_waits_is_sent_when_something_has_come_back(producer):
    one = producer(2)
    one.submit(7)
    came = []
    while len(came) < 7:
        one.take(1)
        one.take(0)
        came += one.collect()
    assert sorted(came) == list(range(7))


def test_a_worker_that_is_slower_gets_fewer(producer):
    one = producer(2)
    one.submit(8)
    assert one.take(0) == [0, 2]
    assert one.collect() == [0]  # one from each pipe
    assert one.take(0) == [4]
    assert one.take(1, answer=False) == [1, 3]


@pytest.mark.parametrize(("bytes_each", "sent"), [(AHEAD // 2 - 100, 2), (AHEAD // 2, 1), (AHEAD, 1), (2 * AHEAD, 1)])
def test_ahead_is_sent_only_what_fits_into_a_pipe(producer, bytes_each, sent):
    one = producer(1, "pipe?prefetch=9")
    one.submit(sent + 1, bytes(bytes_each))
    assert one.take(0) == list(range(sent))
    assert one.collect() == [0]
    assert one.take(0) == [sent]


def test_a_message_that_no_pipe_holds_is_written_while_its_worker_reads_it(producer):
    one = producer(1)
    taken = []
    reader = threading.Thread(target=lambda: taken.append(one.workers[0].recv_bytes()))
    reader.start()
    one.submit(1, bytes(2**20))
    reader.join(PATIENCE)
    assert len(taken[0]) > 2**20


def test_a_batch_is_one_message_and_what_cannot_be_pickled_is_refused(producer):
    one = producer(1)
    submission = one.transport.submit(Batch(0, 3, [1, threading.Lock(), 3]))
    assert (submission.receipt, list(submission.refused)) == (Receipt.ACCEPTED, [1])
    assert list(one.transport.submit_task(3, threading.Lock()).refused) == [0]
    batches = [unpack(one.workers[0].recv_bytes()) for _ in range(2)]
    assert batches == [Batch(0, 1, [1]), Batch(2, 1, [3])]
    assert not one.workers[0].poll()


def test_when_nothing_comes_it_returns_nothing_in_time(producer):
    one = producer(1)
    assert one.transport.collect(8, 0.01) == []


def test_what_a_dead_worker_had_is_lost_and_the_others_get_the_rest(producer):
    one = producer(2)
    one.submit(6)
    assert one.take(0, answer=False) == [0, 2]
    one.workers[0].close()
    assert one.collect() == []
    (left,) = one.transport._under_way
    assert not left.closed
    assert one.take(1) == [1, 3]
    assert one.collect() == [1]
    assert one.take(1) == [4]
    assert eventually(lambda: one.collect() == [3])


def test_what_a_worker_sent_before_it_died_is_collected(producer):
    one = producer(2)
    one.submit(2)
    assert one.take(0) == [0]
    one.workers[0].close()
    one.submit(4)
    assert one.collect() == [0]


def test_without_a_worker_the_transport_is_broken(producer):
    one = producer(1)
    one.submit(1)
    one.take(0)
    one.workers[0].close()
    assert one.collect() == [0]
    with pytest.raises(BrokenError, match="every worker has ended"):
        one.collect()
    one.submit(1)  # it waits for a worker


@pytest.mark.parametrize("prefetch", [1, 1_000])
def test_so_much_can_be_sent_ahead(prefetch):
    assert parse(f"pipe?prefetch={prefetch}").options.prefetch == prefetch


@pytest.mark.parametrize("prefetch", [0, 1_001])
def test_no_more_and_no_less_can(prefetch):
    with pytest.raises(UsageError, match="1 to 1000"):
        parse(f"pipe?prefetch={prefetch}")


def test_when_it_stops_its_ends_are_closed(producer):
    one = producer(2)
    one.transport.close()
    for theirs in one.workers:
        assert theirs.poll(PATIENCE)  # the end of the pipe
        with pytest.raises(EOFError):
            theirs.recv_bytes()
