"""Counters in Redis and memcached, with both sides in one process: what is added, lost, tried again, and said."""

import pytest
from skips import need

from brokers.memcached.client import SETTINGS
from brokers.memcached.client import connect as memcached
from brokers.memcached.counters import EXPIRES
from brokers.redis.connection.client import connect as redis_client
from brokers.redis.counters import LEASE
from brokers.servers import leftovers
from brokers.servers.address import ServerAddress
from brokers.servers.private import private_server
from brokers.servers.registry import server_kind
from crossover.contract.counters import NotAddedError
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.state_registry import load_state, parse_state
from crossover.contract.traits import RunRequest

REDIS = ["redis-get-set", "redis-incr", "redis-watch", "redis-lua", "redis-lock"]
MEMCACHED = ["memcached-get-set", "memcached-incr", "memcached-cas"]
OTHERS = ["redis-watch", "memcached-cas"]  # which notice that others were faster


@pytest.fixture
def begin():
    """Start a state, and open a worker's side of it."""
    ends = []

    def start(name, query=""):
        kind = load_state(name).traits.server
        need(server_kind(kind).install_hint())
        state = parse_state(f"{name}{query}").create()
        ends.append(state.stop)
        state.start()
        counter = state.counter()
        counter.open()
        ends.append(counter.close)
        return state, counter

    yield start
    for end in reversed(ends):
        end()


@pytest.mark.parametrize("name", REDIS + MEMCACHED)
def test_a_counter_begins_with_0_adds_1_each_time_and_is_removed(begin, name):
    state, counter = begin(name)
    other = state.counter()
    other.open()
    assert state.read() == 0
    assert [counter.add(), other.add(), counter.add()] == [1, 2, 3]
    assert state.read() == 3
    assert counter.retries == 0
    assert list(state.processes()) == ["broker"]
    assert state.traits.server in state.brokers()
    other.close()
    counter.close()
    run, at = state.run, state.at
    state.stop()
    state.stop()
    assert state.processes() == {}
    if name in REDIS:
        with redis_client(at.url, "test") as client:
            assert not client.keys(f"*{run}*")
    else:
        client = memcached(at.url)
        assert client.get(f"crossover:{run}:counter") is None
        client.close()


@pytest.mark.parametrize("name", ["redis-get-set", "memcached-get-set"])
def test_what_another_worker_adds_between_get_and_set_is_lost(begin, name):
    state, counter = begin(name)
    value = counter.read()
    other = state.counter()
    other.open()
    other.add()
    counter.write(value + 1)
    assert state.read() == 1
    other.close()


@pytest.mark.parametrize("name", OTHERS)
def test_where_another_worker_was_faster_it_is_tried_again_and_counted(begin, name, monkeypatch):
    state, counter = begin(name)
    other = state.counter()
    other.open()
    monkeypatch.setattr(f"brokers.{state.traits.server}.counters.TRIES", 2)
    faster = [1]

    def read_late(found):
        if faster and faster.pop():
            other.add()
        return number_in(found)

    module = f"brokers.{state.traits.server}.counters.number_in"
    number_in = __import__(module.rpartition(".")[0], fromlist=["x"]).number_in
    monkeypatch.setattr(module, read_late)
    assert counter.add() == 2
    assert counter.retries == 1
    faster[:] = [0, 1, 0, 1]
    with pytest.raises(NotAddedError, match="others were faster 2 times"):
        counter.add()
    assert counter.retries == 3
    assert state.read() == 4
    other.close()


@pytest.mark.parametrize("name", ["redis-get-set", "redis-watch", "redis-lock", *MEMCACHED])
def test_a_number_that_is_gone_or_is_none_is_said(begin, name):
    state, counter = begin(name)
    overwrite(state, b"no number")
    with pytest.raises(BrokenError):
        counter.add()
    overwrite(state, None)
    for ask in (counter.add, state.read):
        with pytest.raises(BrokenError, match="the key is gone"):
            ask()


def overwrite(state, value):
    if state.traits.server == "redis":
        with redis_client(state.at.url, "test") as client:
            client.delete(f"{state._prefix}counter", f"{state._prefix}lock")
            if value:
                client.set(f"{state._prefix}counter", value)
        return
    client = memcached(state.at.url)
    client.delete(state._key, noreply=False)
    if value:
        client.set(state._key, value, noreply=False)
    client.close()


@pytest.mark.parametrize("name", ["redis-incr", "redis-lua"])
def test_what_redis_refuses_to_add_to_is_said_with_its_address(begin, name):
    state, counter = begin(name)
    overwrite(state, b"no number")
    with pytest.raises(BrokenError, match=r"^Redis at 127\.0\.0\.1:\d+: "):
        counter.add()


@pytest.mark.long
def test_a_lock_that_is_taken_is_waited_for_and_given_up_and_its_loss_is_noticed(begin, monkeypatch):
    monkeypatch.setattr("brokers.redis.counters.GIVEN_UP_AFTER", 0.05)
    state, counter = begin("redis-lock", "?sleep=0.01")
    assert state.options.sleep == 0.01
    counter.close()
    counter = state.counter()
    counter.open()
    lock = f"{state._prefix}lock"
    with redis_client(state.at.url, "test") as client:
        client.set(lock, "of another")
        with pytest.raises(NotAddedError, match=r"the lock was not acquired within 0\.05 s"):
            counter.add()
        client.delete(lock)
        read = counter.read

        def lose_lock():
            assert 0 < client.pttl(lock) <= LEASE * 1_000 == 10_000
            client.set(lock, "of another")
            return read()

        monkeypatch.setattr(counter, "read", lose_lock)
        with pytest.raises(BrokenError, match="the lock was lost before it was released: held longer than 10 s"):
            counter.add()
    counter.close()
    state.stop()


def test_a_redis_that_closed_the_connection_before_the_first_update_is_no_error(begin):
    state, counter = begin("redis-incr")
    with redis_client(state.at.url, "test") as client:
        for one in client.client_list():
            if one["name"] == f"{state._prefix}worker":
                client.client_kill_filter(_id=one["id"])
    assert counter.add() == 1


def test_a_key_of_memcached_expires_and_every_write_has_a_reply(begin):
    state, counter = begin("memcached-get-set")
    assert EXPIRES == 60 * 60
    client = memcached(state.at.url)
    counter.write(41)
    assert client.get(state._key) == b"41"
    client.close()
    assert (SETTINGS["connect_timeout"], SETTINGS["timeout"], SETTINGS["no_delay"]) == (5, 8, True)


@pytest.mark.parametrize(("name", "title"), [("redis-incr", "Redis"), ("memcached-incr", "memcached")])
def test_a_server_that_is_not_there_is_named(name, title):
    state = load_state(name)(None, "127.0.0.1:9")
    with pytest.raises(Exception, match=r"no (redis|memcached) at 127\.0\.0\.1:9: connection refused|127\.0\.0\.1:9"):
        state.start()
    state.stop()
    (where,) = {load_state(name).why_not(RunRequest(server_address="127.0.0.1:9", usable_here=True))}
    assert where.lower().startswith(f"no {title.lower()} at 127.0.0.1:9")
    assert load_state(name).why_not(RunRequest(server_address="127.0.0.1:9")) is None
    assert load_state(name).warnings(RunRequest(server_address="127.0.0.1:9", usable_here=True)) == ()


@pytest.mark.parametrize(("name", "noted"), [("redis-incr", True), ("memcached-incr", False)])
def test_what_must_be_removed_from_a_server_of_others_is_noted_until_it_is(name, noted):
    kind = load_state(name).traits.server
    need(server_kind(kind).install_hint())
    url = private_server(kind, Safety.DEFAULT).url
    state = load_state(name)(None, "")
    state.at, state._found = ServerAddress(url), True
    state.start()
    assert state.processes() == {}
    assert (leftovers._folder() / state.run).exists() is noted
    state.stop()
    assert not (leftovers._folder() / state.run).exists()
