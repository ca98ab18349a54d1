"""Replies of Redis belong to what was sent: none is taken for another one, and no error in them is overlooked."""

import time

import pytest
from task_functions import FunctionWorkload

from brokers.broker_transport import FLUSH_AT, new_run
from brokers.messages import pack
from brokers.redis.connection.client import LARGEST_MESSAGE, connect
from brokers.redis.connection.connection import Commands, RedisConnection
from brokers.redis.keys import Keys
from brokers.redis.lists import SafeListInbox
from brokers.redis.streams import FIELD, GROUP, StreamInbox
from crossover.contract.errors import BrokenError
from crossover.contract.registry import parse
from crossover.contract.safety import Safety
from crossover.contract.tasks import NO_ERRORS, Batch, Outcomes

REFERENCE = "task_functions:echo"
ODD = [b"", b"\r\n", b"$3\r\nabc\r\n", "\N{GRINNING FACE}".encode(), b"\x00\xff", b"x" * 3_000_000]


@pytest.fixture
def client(server):
    with connect(server.url, "test") as connected:
        yield connected


@pytest.fixture
def connection(server):
    opened = RedisConnection(server.url, "test")
    yield opened
    opened.close()


def commands(*words):
    found = Commands()
    found.add(*words)
    return found


def test_bytes_arrive_as_they_are(connection, client):
    key = new_run().encode()
    pushes = commands(b"RPUSH", key, *ODD)
    pushes.add_each(b"RPUSH", key, items=ODD)
    assert connection.exchange(pushes) == [len(ODD), *range(len(ODD) + 1, 2 * len(ODD) + 1)]
    assert client.lrange(key, 0, -1) == ODD * 2
    assert connection.exchange(commands(b"LPOP", key, b"100")) == [ODD * 2]


def test_a_reply_that_was_not_read_is_no_reply_to_the_next_command(connection, client):
    key = new_run()
    connection.send(commands(b"BLPOP", key.encode(), b"0.2"))  # its reply comes later
    assert connection.client.llen(key) == 0
    connection.send(commands(b"BLPOP", key.encode(), b"0.2"))
    assert connection.client.ping() is True


@pytest.mark.parametrize("name", ["redis-list", "redis-stream"])
def test_a_run_that_is_stopped_while_it_sends_leaves_nothing(server, client, name):
    with parse(f"{name}://{server.url.removeprefix('redis://')}").create(Safety.FAST) as transport:
        transport.start(FunctionWorkload("echo", []), 1)
        client.client_pause(300)
        for task in range(FLUSH_AT):
            transport.submit(Batch(task, 1, ["payload"]))
        assert not transport._unsent
    assert not client.keys(f"*{transport.run}*")


@pytest.fixture(params=["list", "stream"])
def inbox(server, client, request):
    """A worker's side, opened, to which a task has been sent."""
    keys = Keys(new_run())
    message = pack(Batch(0, 1, ["payload"]), REFERENCE, LARGEST_MESSAGE).messages[0][2]
    if request.param == "list":
        made = SafeListInbox(server.url, keys, REFERENCE, 8)
        client.rpush(keys.tasks, message)
    else:
        client.xgroup_create(keys.tasks, GROUP, id="0", mkstream=True)
        client.xadd(keys.tasks, {FIELD: message})
        made = StreamInbox(server.url, keys, REFERENCE, 8, Safety.DEFAULT, 60)
    made.open()
    yield made
    made.client.close()


def test_an_outcome_that_was_refused_together_with_what_acknowledges_it_is_no_success(client, inbox):
    (batch,) = inbox.receive()
    client.set(inbox.keys.outcomes, "no list")
    inbox.reply(Outcomes(batch.first, 1, ["value"], NO_ERRORS, 1, 0, time.monotonic_ns() + 10**9))
    with pytest.raises(BrokenError, match=r"(?i)wrong kind"):
        inbox.acknowledge(batch)
