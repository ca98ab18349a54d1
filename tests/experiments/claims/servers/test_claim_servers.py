"""Locks, semaphores and events in servers: what each promises, with two users in one process."""

import os
import pickle
import subprocess
from contextlib import ExitStack
from functools import partial

import pytest
from broker_leftovers import queues
from waiting import PATIENCE

from crossover.experiments.claims.servers import in_memcached, in_rabbitmq, in_redis
from crossover.experiments.claims.servers.in_server import everywhere, kept, new_name
from crossover.experiments.claims.servers.programs import outputs

ALL = [in_redis, in_memcached, in_rabbitmq]
WITH_LEASE = [in_redis, in_memcached]


@pytest.fixture
def pair(urls):
    """Make two users of the same thing."""
    with ExitStack() as stack:

        def make(kind, *arguments):
            one = stack.enter_context(kept(kind(new_name(), *arguments)))
            other = pickle.loads(pickle.dumps(one))
            stack.callback(other.close)
            return one, other

        yield make


@pytest.mark.parametrize("there", ALL)
def test_a_lock_is_one_users_until_it_is_released(pair, there):
    one, other = pair(there.Lock)
    assert one.acquire(timeout=0)
    assert not other.acquire(timeout=0)
    assert not other.acquire(timeout=0.01)
    one.release()
    assert other.acquire(timeout=5)
    assert not one.acquire(timeout=0)


@pytest.mark.parametrize("there", WITH_LEASE)
def test_only_its_holder_can_release_a_lock(pair, there):
    one, other = pair(there.Lock)
    assert one.acquire(timeout=0)
    one.client.delete(one.name)  # its lease has ended
    assert other.acquire(timeout=0)
    one.release()
    assert not one.acquire(timeout=0)


@pytest.mark.parametrize("there", WITH_LEASE)
def test_a_lock_ends_with_its_lease(pair, there):
    one, other = pair(there.Lock)
    one.lease = 1
    assert one.acquire(timeout=0)
    assert other.acquire(timeout=10)


@pytest.mark.parametrize("there", WITH_LEASE)
def test_a_fencing_token_grows_with_each_holder_and_is_0_for_one_that_has_lost_the_lock(pair, there):
    one, other = pair(there.Lock)
    assert one.acquire(timeout=0)
    first = one.fencing_token()
    one.client.delete(one.name)
    assert one.fencing_token() == 0
    assert other.acquire(timeout=0)
    assert 0 < first < other.fencing_token()
    assert one.fencing_token() == 0


def test_data_refuses_a_token_that_is_lower_than_the_last_one(pair):
    one, other = pair(in_redis.Store)
    assert one.write(1) == (True, True)
    assert other.write(3) == (True, True)
    assert one.write(2) == (True, False)
    assert other.write(3) == (True, True)


@pytest.mark.parametrize("there", ALL)
def test_a_semaphore_has_as_many_places_as_were_wanted(pair, there):
    one, other = pair(there.Semaphore, 2)
    assert one.acquire(timeout=5)
    assert other.acquire(timeout=5)
    assert not one.acquire(timeout=0)
    assert not one.acquire(timeout=0.01)
    other.release()
    assert one.acquire(timeout=5)
    assert not other.acquire(timeout=0)


@pytest.mark.parametrize("there", ALL)
def test_what_a_holder_had_when_its_connection_broke(pair, there):
    one, other = pair(there.Semaphore, 1)
    assert one.acquire(timeout=5)
    one.close()
    assert other.acquire(timeout=1) == (there is in_rabbitmq)


@pytest.mark.parametrize("there", ALL)
def test_an_event_wakes_those_who_listen(pair, there):
    one, other = pair(there.Event)
    other.listen()
    assert not other.wait(0.01)
    one.set()
    assert other.wait(PATIENCE)
    one.clear()
    assert not other.wait(0.01)


def test_an_event_in_redis_is_published(pair):
    one, other = pair(in_redis.Event)
    other.listen()
    one.set()
    assert other._subscription.get_message(timeout=10)["data"] == b"set"


@pytest.mark.parametrize("there", ALL)
def test_an_event_is_kept_where_it_is_a_key(pair, there):
    one, other = pair(there.Event)
    one.set()
    assert other.wait(0.01) == (there is not in_rabbitmq)


def child_has(thing):
    """Return whether a child has a connection of its own."""
    ours, theirs = os.pipe()
    if not (pid := os.fork()):
        before = id(thing._client)
        os.write(theirs, b"%d" % (id(thing.client) != before))
        os._exit(0)
    os.waitpid(pid, 0)
    os.close(theirs)
    with os.fdopen(ours, "rb") as answer:
        return answer.read() == b"1"


@pytest.mark.parametrize("there", ALL)
def test_a_forked_process_has_a_connection_of_its_own(pair, there):
    one, _ = pair(there.Counter)
    assert child_has(one)
    one.add()
    assert one.value() == 1


@pytest.mark.parametrize("part", [("Lock",), ("Semaphore", 2), ("Event",)])
def test_nothing_is_left_in_a_server(urls, part):
    before = contents(urls)
    with everywhere(*part) as made:
        for one in made.values():
            if hasattr(one, "acquire"):
                one.acquire(timeout=5)
            else:
                one.set()
        assert contents(urls) != before
    assert contents(urls) == before


def contents(urls):
    """Return the keys in Redis, and the number of items in memcached."""
    with in_redis.connect(urls["redis"]) as there:
        keys = sorted(there.scan_iter("crossover-claims-*"))
    memcached = in_memcached.connect(urls["memcached"])
    items = memcached.stats()[b"curr_items"]
    memcached.close()
    return keys, items


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        (in_redis.Counter, lambda counter: counter.add()),
        (in_redis.Queue, lambda queue: queue.put(1)),
        (in_redis.Lock, lambda lock: lock.acquire(timeout=0)),
        (partial(in_redis.Semaphore, places=2), lambda semaphore: semaphore.acquire(timeout=5)),
        (in_redis.Event, lambda event: event.set()),
        (in_redis.Store, lambda store: store.write(1)),
    ],
)
def test_what_is_in_redis_expires_where_nobody_removes_it(pair, kind, use):
    one, _ = pair(kind)
    use(one)
    assert 0 < one.client.ttl(one.name) <= 60


def test_a_program_that_fails_is_an_error():
    with pytest.raises(subprocess.CalledProcessError):
        outputs("json.tool", "/nowhere", programs=2)


def test_programs_print_each_for_itself():
    assert outputs("platform", programs=2)[0]


@pytest.mark.parametrize("there", ALL)
def test_a_lock_can_be_taken_more_often_than_a_quorum_queue_delivers(pair, there):
    one, other = pair(there.Lock)
    for _ in range(30):
        assert one.acquire(timeout=5)
        one.release()
        assert other.acquire(timeout=5)
        other.release()


def test_a_queue_in_rabbitmq_is_gone_when_it_has_been_removed(urls):
    with kept(in_rabbitmq.Queue(new_name())) as queue:
        queue.put(1)
        assert queues(urls["rabbitmq"], [queue.name]) == {queue.name}
    assert queues(urls["rabbitmq"], [queue.name]) == set()


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("memcached://there", ("there", 11211)),
        ("memcached://there:1", ("there", 1)),
        ("unix:///a%20b/socket", "/a b/socket"),
    ],
)
def test_where_a_memcached_is(url, server):
    assert in_memcached.connect(url).server == server
