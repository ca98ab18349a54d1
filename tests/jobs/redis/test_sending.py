"""Calls that gather while the server answers are sent together, as many as it takes well."""

import threading

import pytest
from waiting import PATIENCE, eventually

from crossover.jobs.remote.producer.ledger import Ledger, Terms
from crossover.jobs.remote.producer.remote_future import RemoteFuture
from crossover.jobs.remote.producer.sender import MOST_BYTES, MOST_TOGETHER, Sender
from crossover.jobs.remote.redis.stream import RedisStreamQueue
from crossover.jobs.remote.signing import Signer


class Watched(RedisStreamQueue):
    """Notes how many calls, of how many bytes, it is given at once; sends none before all have gathered."""

    def __init__(self, *args):
        super().__init__(*args)
        self.groups, self.gathered = [], threading.Event()

    def send_many(self, calls):
        assert self.gathered.wait(PATIENCE)
        self.groups.append((len(calls), sum(len(call.call) for call in calls)))
        return super().send_many(calls)


@pytest.fixture
def send(server, client, name):
    """Return a function that has calls sent which gather meanwhile, and returns the groups in which they were."""
    queue = Watched(server, name)
    ledger = Ledger(Terms("run", "here", Signer(), None, 10.0, safe=True))
    sender = Sender(queue, ledger)

    def call(number, size):
        for one in map(str, range(number)):
            with ledger.lock:
                ledger.add(one, RemoteFuture(None, one))
            sender.put(size * b"x", one, waits=True)
        queue.gathered.set()
        assert eventually(lambda: sum(count for count, _ in queue.groups) == number)
        assert eventually(lambda: client.xlen(queue.keys.calls) == number)
        return queue.groups

    yield call
    for one in [*ledger.tasks]:
        ledger.pop(one)
    with ledger.lock:
        ledger.closing = True
        ledger.changed.notify_all()
    queue.close(with_calls=True)


def test_small_calls_go_five_hundred_at_a_time(send):
    first, *others = send(3 * MOST_TOGETHER, 10)
    assert max(count for count, _ in others) == MOST_TOGETHER
    assert first[0] <= MOST_TOGETHER


def test_large_ones_go_sixteen_megabytes_at_a_time(send):
    groups = send(40, 2**20)
    assert max(size for _, size in groups) == MOST_BYTES


def test_what_is_larger_than_that_goes_alone(send):
    groups = send(3, MOST_BYTES + 1)
    assert groups == 3 * [(1, MOST_BYTES + 1)]
