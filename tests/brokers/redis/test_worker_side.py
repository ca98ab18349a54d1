"""The worker's side of redis-list and redis-stream: what is sent when, what is refused, and what dead workers left."""

import time

import pytest
from redis.exceptions import ConnectionError as LostError
from redis_sides import finish, left, message, outcomes, send

from brokers.broker_transport import FLUSH_AT, FLUSH_EVERY
from brokers.messages import FORMAT, decode, encode
from brokers.redis.connection.client import connect
from brokers.redis.connection.connection import Commands
from brokers.redis.dead_letters import KEPT_FOR, KEY, MOST_KEPT, dead_letter
from brokers.redis.inbox import MOST_RECOVERIES, AdaptivePrefetch
from crossover.contract.errors import BrokenError

NAMES = ["redis-list", "redis-stream"]
DEAD = "crossover:x:worker-999999999-1"


@pytest.mark.long
def test_a_worker_takes_as_many_messages_as_it_does_in_a_millisecond():
    prefetch = AdaptivePrefetch(10)
    counts = []
    for nanoseconds in (1, 499_999, 1, 1, 1, 500_000, 1_000_000, 2_000_000, 4_000_000, 10**9):
        prefetch.update(nanoseconds)
        counts.append(prefetch.count)
    assert counts == [2, 4, 8, 10, 10, 10, 10, 5, 1, 1]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", ["default", "safe"])
def test_outcomes_are_sent_after_a_millisecond_or_when_there_are_many_or_with_the_next_request(
    carrier, open_inbox, client, name, level
):
    transport = carrier(name, level)
    inbox = open_inbox(transport)
    inbox._prefetch.count = FLUSH_AT + 9
    inbox._took_at = 0
    inbox._likely = FLUSH_AT + 9
    send(client, transport, *(message(task) for task in range(FLUSH_AT + 2)))
    batches = list(inbox.receive())
    assert len(batches) == FLUSH_AT + 2
    finish(inbox, batches.pop(0), inbox._sent_at + FLUSH_EVERY)
    assert client.llen(transport.keys.outcomes) == 0
    finish(inbox, batches.pop(0), inbox._sent_at + FLUSH_EVERY + 1)
    assert client.llen(transport.keys.outcomes) == 2
    for batch in batches[:-1]:
        finish(inbox, batch)
    assert client.llen(transport.keys.outcomes) == 2
    finish(inbox, batches[-1])
    assert client.llen(transport.keys.outcomes) == 2 + FLUSH_AT
    assert left(client, inbox) == 0
    inbox._took_at = 0
    send(client, transport, message(500, 2), message(501))
    (batch, *_) = inbox.receive()
    finish(inbox, batch)
    assert client.llen(transport.keys.outcomes) == 2 + FLUSH_AT
    inbox.receive() if len(inbox.held) == 0 else inbox._round_trip(take=False)
    assert [one.size for one in outcomes(client, transport)][-1] == 2
    assert inbox._round_trip(take=False) == []  # nothing is left to be sent


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("level", ["fast", "safe"])
def test_what_is_not_for_this_worker_is_kept_aside_and_the_producer_is_told(carrier, open_inbox, client, name, level):
    transport = carrier(name, level)
    inbox = open_inbox(transport)
    foreign = encode((FORMAT, "os:system", 0, 1, ["true"]))
    client.delete(KEY)
    send(client, transport, foreign, message(1))
    (batch,) = inbox.receive()
    finish(inbox, batch, time.monotonic_ns() + 10**9)
    refused, done = outcomes(client, transport)
    assert refused.errors[0].startswith("a message was refused: it requests 'os:system'")
    assert done.first == 1
    reason, prefix, kept = decode(client.lindex(KEY, 0))
    assert (prefix, kept) == (transport.keys.prefix, foreign)
    assert "os:system" in reason
    assert left(client, inbox) == 0


def test_the_last_thousand_messages_are_kept_aside_for_a_day(client):
    client.delete(KEY)
    client.rpush(KEY, *range(MOST_KEPT))
    assert dead_letter(client, "why", "prefix", b"message") is None
    assert client.llen(KEY) == MOST_KEPT == 1_000
    assert decode(client.lindex(KEY, 0)) == ["why", "prefix", b"message"]
    assert KEPT_FOR - 60 < client.ttl(KEY) <= KEPT_FOR == 24 * 60 * 60
    client.delete(KEY)


def test_what_cannot_be_kept_aside_is_told_and_stays_where_it_was(carrier, open_inbox, client):
    transport = carrier("redis-list", "safe")
    inbox = open_inbox(transport)
    client.delete(KEY)
    client.set(KEY, "of another program")
    foreign = encode((FORMAT, "os:system", 0, 1, ["true"]))
    send(client, transport, foreign, message(1))
    (batch,) = inbox.receive()
    finish(inbox, batch, time.monotonic_ns() + 10**9)
    refused, _ = outcomes(client, transport)
    assert "WRONGTYPE" in refused.errors[0]
    assert client.lrange(inbox._own, 0, -1) == [foreign]
    client.delete(KEY)
    with connect("redis://127.0.0.1:9", "test") as gone, pytest.raises(LostError):
        dead_letter(gone, "why", "prefix", b"message")


def test_what_is_kept_aside_over_a_lost_connection_is_kept_over_a_new_one(server):
    with connect(server.url, "test:lost", unchecked=True) as client, connect(server.url, "test") as other:
        client.delete(KEY)
        for one in other.client_list():
            if one["name"] == "test:lost":
                other.client_kill_filter(_id=one["id"])
        assert dead_letter(client, "why", "prefix", b"message") is None
        assert other.llen(KEY) == 1
        other.delete(KEY)


@pytest.mark.parametrize("name", NAMES)
def test_a_worker_connects_again_ten_times_without_an_answer_and_then_gives_up(carrier, open_inbox, client, name):
    transport = carrier(name, "safe")
    inbox = open_inbox(transport)
    send(client, transport, message(0), message(1))
    (batch, *_) = inbox.receive()
    inbox._recoveries = MOST_RECOVERIES - 1
    lose_connection(client, inbox)
    finish(inbox, batch, time.monotonic_ns() + 10**9)
    assert [one.first for one in outcomes(client, transport)] == [0]
    assert inbox._recoveries == 0  # it has had an answer
    inbox._recoveries = MOST_RECOVERIES
    lose_connection(client, inbox)
    with pytest.raises(BrokenError, match=r"Redis at 127\.0\.0\.1"):
        inbox.receive()


def lose_connection(client, inbox):
    """Close a connection in such a way that the worker notices when it uses it."""
    (ours,) = [one for one in client.client_list() if one["name"] == inbox.name]
    client.client_kill_filter(_id=ours["id"])
    inbox._connection._answered_at = time.monotonic_ns() + 10**10


@pytest.mark.parametrize("name", NAMES)
def test_at_the_fast_level_a_lost_connection_ends_the_worker(carrier, open_inbox, client, name):
    inbox = open_inbox(carrier(name, "fast"))
    inbox._round_trip(take=False)
    inbox.client.ping()
    send(client, carrier(name, "fast"), message(0))
    inbox._connection.exchange(ping())
    lose_connection(client, inbox)
    with pytest.raises(BrokenError, match=r"Redis at 127\.0\.0\.1"):
        inbox.receive()


def ping():
    commands = Commands()
    commands.add(b"PING")
    return commands
