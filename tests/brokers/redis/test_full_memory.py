"""Redis is full in the middle of the work: what was not done for good is still there."""

import time

import pytest

from brokers.broker_transport import new_run
from brokers.messages import pack
from brokers.redis.connection.client import LARGEST_MESSAGE, connect
from brokers.redis.keys import Keys
from brokers.redis.lists import SafeListInbox
from brokers.redis.streams import FIELD, GROUP, StreamInbox
from crossover.contract.errors import BrokenError
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes

MESSAGE = pack(Batch(0, 1, ["payload"]), "task_functions:echo", LARGEST_MESSAGE).messages[0][2]


@pytest.fixture
def client(server):
    connected = connect(server.url, "test")
    yield connected
    connected.config_set("maxmemory", "0")
    connected.close()


def work_until_full(inbox, client):
    """Receive one batch, fill the server's memory, and try to say that the batch is done."""
    inbox.open()
    (batch,) = inbox.receive()
    client.config_set("maxmemory", "1")
    inbox.reply(Outcomes(batch.first, batch.size, ["value"], NO_ERRORS, 1, 0, time.monotonic_ns() + 10**9))
    with pytest.raises(BrokenError, match=r"(?i)oom|memory"):
        inbox.acknowledge(batch)
    client.config_set("maxmemory", "0")
    inbox.client.close()


def test_a_list_keeps_what_was_taken_where_its_outcome_was_refused(server, client):
    keys = Keys(new_run())
    client.rpush(keys.tasks, MESSAGE)
    inbox = SafeListInbox(server.url, keys, "task_functions:echo", 8)
    work_until_full(inbox, client)
    assert client.lrange(keys.taken(inbox.name), 0, -1) == [MESSAGE]
    assert client.llen(keys.outcomes) == 0


@pytest.mark.parametrize("safety", [Safety.DEFAULT, Safety.SAFE])
def test_a_stream_keeps_what_was_read_where_its_outcome_was_refused(server, client, safety):
    keys = Keys(new_run())
    client.xgroup_create(keys.tasks, GROUP, id="0", mkstream=True)
    client.xadd(keys.tasks, {FIELD: MESSAGE})
    work_until_full(StreamInbox(server.url, keys, "task_functions:echo", 8, safety, 60), client)
    assert client.xpending(keys.tasks, GROUP)["pending"] == 1
    assert client.llen(keys.outcomes) == 0
