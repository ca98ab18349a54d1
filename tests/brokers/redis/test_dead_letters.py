"""What cannot be kept aside is not gone: it stays in Redis where Redis has it as taken, and the producer is told."""

from hashlib import blake2b

import pytest

from brokers.broker_transport import new_run
from brokers.messages import pack, read_outcomes
from brokers.poison import GIVEN_UP, MOST_DELIVERIES
from brokers.redis import inbox as inboxes
from brokers.redis.connection.client import LARGEST_MESSAGE, connect
from brokers.redis.dead_letters import KEY
from brokers.redis.keys import Keys
from brokers.redis.lists import ListInbox, SafeListInbox
from brokers.redis.streams import FIELD, GROUP, StreamInbox
from crossover.contract.safety import Safety
from crossover.contract.tasks import Batch

REFERENCE = "task_functions:echo"
FOREIGN, OURS = b"of others", pack(Batch(0, 1, ["payload"]), REFERENCE, LARGEST_MESSAGE).messages[0][2]


@pytest.fixture
def client(server):
    with connect(server.url, "test") as connected:
        connected.delete(KEY)
        yield connected
        connected.delete(KEY)


@pytest.fixture(params=["list", "safe list", "stream", "safe stream"])
def inbox(server, client, request):
    """A worker's side, opened, to which a message of others and one of ours were sent."""
    keys = Keys(new_run())
    if "list" in request.param:
        made = (SafeListInbox if "safe" in request.param else ListInbox)(server.url, keys, REFERENCE, 8)
        client.rpush(keys.tasks, FOREIGN, OURS)
    else:
        client.xgroup_create(keys.tasks, GROUP, id="0", mkstream=True)
        for message in (FOREIGN, OURS):
            client.xadd(keys.tasks, {FIELD: message})
        made = StreamInbox(
            server.url, keys, REFERENCE, 8, Safety.SAFE if "safe" in request.param else Safety.DEFAULT, 60
        )
    made.open()
    yield made
    made.client.close()


def taken(client, inbox):
    """Return the messages that Redis has as taken."""
    if isinstance(inbox, StreamInbox):
        found = client.xpending_range(inbox.keys.tasks, GROUP, "-", "+", 10)
        return [client.xrange(inbox.keys.tasks, one["message_id"])[0][1][FIELD] for one in found]
    return client.lrange(inbox.keys.taken(inbox.name), 0, -1)


def flush(inbox):
    inbox._round_trip(take=False)


def test_a_refused_message_that_is_kept_aside_is_acknowledged(client, inbox):
    assert [batch.first for batch in inbox.receive()] == [0]
    flush(inbox)
    assert client.llen(KEY) == 1
    assert FOREIGN not in taken(client, inbox)


def test_one_that_cannot_be_kept_aside_stays_in_redis(client, inbox):
    client.set(KEY, "no list")
    assert [batch.first for batch in inbox.receive()] == [0]
    flush(inbox)
    (reason,) = read_outcomes(client.lpop(inbox.keys.outcomes)).errors.values()
    assert "; it could not be kept: " in reason
    if inbox.acknowledges:
        assert FOREIGN in taken(client, inbox)


def test_a_lost_connection_does_not_lose_the_letter(client, inbox, monkeypatch):
    keep = inboxes.dead_letter

    def after_a_disconnection(ours, *letter):
        for one in client.client_list():
            if one["name"] == inbox.name:
                client.client_kill_filter(_id=one["id"])
        return keep(ours, *letter)

    monkeypatch.setattr(inboxes, "dead_letter", after_a_disconnection)
    inbox.receive()
    assert client.llen(KEY) == 1


def test_tasks_that_are_given_up_and_not_kept_say_so(server, client):
    client.set(KEY, "no list")
    keys = Keys(new_run())
    client.rpush(keys.candidates, OURS)
    made = SafeListInbox(server.url, keys, REFERENCE, 8)
    made.open()
    client.hset(keys.attempts, blake2b(OURS, digest_size=16).digest(), MOST_DELIVERIES - 1)
    made._candidate()
    flush(made)
    (reason,) = read_outcomes(client.lpop(keys.outcomes)).errors.values()
    assert reason.startswith(f"{GIVEN_UP}; it could not be kept: ")
    made.client.close()
