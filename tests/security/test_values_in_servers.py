"""Another client changes what a counter or a worker finds in a server: it is said, and nothing hangs."""

import pytest
import redis
from carrying import make
from skips import need

from brokers.redis.keys import Keys
from brokers.redis.lists import SafeListInbox
from brokers.servers.address import find
from brokers.servers.registry import server_kind
from crossover.contract.counters import counter_value
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.traits import USABLE_HERE


@pytest.mark.parametrize("found", [b"", b"x", b"1e5", b"0x1", b"9" * 5_000, 2**64, b"\xff", b"1_0", "٣".encode()])
def test_what_is_no_number_is_refused_with_a_sentence(found):
    with pytest.raises(BrokenError, match="another client has changed it"):
        counter_value(found)


@pytest.mark.parametrize(("found", "value"), [(b"0", 0), (b"-3", -3), (b"12  ", 12), (7, 7)])
def test_a_number_is_read(found, value):
    assert counter_value(found) == value


@pytest.mark.parametrize("name", ["redis-get-set", "redis-incr", "redis-lua"])
def test_a_counter_that_another_client_has_changed_is_broken(name):
    state = make(name)
    state.start()
    counter = state.counter()
    counter.open()
    try:
        with redis.Redis.from_url(state.at.url) as client:
            client.set(f"crossover:{state.run}:counter", b"\x1b]0;owned\x07")
        with pytest.raises(BrokenError) as broken:
            counter.add()
        assert str(broken.value).isprintable()
    finally:
        counter.close()
        state.stop()


def test_a_name_of_a_worker_that_is_no_text_stops_no_other():
    need(server_kind("redis").why_not("redis-list", USABLE_HERE))
    keys = Keys("forged-names")
    inbox = SafeListInbox(find("redis", "", Safety.DEFAULT).url, keys, "module:function", 1)
    inbox.open()
    try:
        inbox.client.sadd(keys.workers, b"\xff\xfe")
        inbox._reap()
        assert inbox.client.smembers(keys.workers) == {inbox.name.encode()}
    finally:
        inbox.client.unlink(keys.workers)
        inbox.client.close()
