"""What a dead worker of redis-list had is run alone by another one, and given up when too many have died of it."""

import time

from redis_sides import finish, left, message, outcomes, send

from brokers.messages import decode
from brokers.poison import GIVEN_UP_REASON, MOST_DELIVERIES
from brokers.redis.connection.client import connect
from brokers.redis.dead_letters import KEY
from brokers.redis.inbox import LOOK_EVERY

NAMES = ["redis-list", "redis-stream"]
DEAD = "crossover:x:worker-999999999-1"


def leave(client, inbox, dead, *messages):
    """Have a dead worker leave messages in its list."""
    client.sadd(inbox.keys.workers, dead)
    client.rpush(inbox.keys.taken(dead), *messages)


def test_what_a_dead_worker_had_is_run_alone_and_each_attempt_is_counted(carrier, open_inbox, client):
    transport = carrier("redis-list", "safe")
    inbox = open_inbox(transport)
    leave(client, inbox, DEAD, message(7), message(8))
    send(client, transport, message(1))
    assert client.smembers(inbox.keys.workers) == {inbox.name.encode(), DEAD.encode()}
    (batch,) = inbox.receive()
    assert batch.first == 7
    assert client.hvals(inbox.keys.attempts) == [b"1"]
    assert client.smembers(inbox.keys.workers) == {inbox.name.encode()}
    finish(inbox, batch)
    (batch,) = inbox.receive()  # at once: there is one more
    assert batch.first == 8
    assert [one.first for one in outcomes(client, transport)] == [7]  # it was sent before
    finish(inbox, batch, time.monotonic_ns() + 10**9)
    assert client.hlen(inbox.keys.attempts) == 0
    assert left(client, inbox) == 0
    leave(client, inbox, DEAD, message(9))
    assert [one.first for one in inbox.receive()] == [9]
    inbox._looked_at = time.monotonic()  # a moment ago, when there was none
    client.rpush(inbox.keys.candidates, message(10))
    assert [one.first for one in inbox.receive()] == [1]
    inbox._looked_at -= LOOK_EVERY
    assert [one.first for one in inbox.receive()] == [10]
    assert LOOK_EVERY == 1


def test_a_message_of_which_too_many_workers_have_died_is_given_up(carrier, open_inbox, client):
    transport = carrier("redis-list", "safe")
    inbox = open_inbox(transport)
    client.delete(KEY)
    send(client, transport, message(1))
    for deaths in range(1, MOST_DELIVERIES):
        client.rpush(inbox.keys.candidates, message(5, 2))
        assert [one.first for one in inbox.receive()] == [5]
        assert client.hvals(inbox.keys.attempts) == [b"%d" % deaths]
        inbox.held.clear()
        inbox._attempted.clear()
        client.delete(inbox._own)  # the worker has died of it
    client.rpush(inbox.keys.candidates, b"broken", message(5, 2))
    client.hset(inbox.keys.attempts, "other", 1)
    (batch,) = inbox.receive() or inbox.receive()
    assert batch.first == 1
    finish(inbox, batch, time.monotonic_ns() + 10**9)
    found = {one.first: one for one in outcomes(client, transport)}
    assert dict(found[5].errors) == {0: GIVEN_UP_REASON, 1: GIVEN_UP_REASON}
    aside = [decode(one) for one in client.lrange(KEY, 0, -1)]
    assert [GIVEN_UP_REASON, transport.keys.prefix, message(5, 2)] in aside
    assert left(client, inbox) == 0


def test_what_a_worker_of_the_same_name_had_is_given_back_when_it_starts(carrier, open_inbox, client):
    transport = carrier("redis-list", "safe")
    inbox = open_inbox(transport)
    client.rpush(inbox._own, message(3))
    again = open_inbox(transport)
    assert left(client, again) == 0
    assert client.lrange(transport.keys.candidates, 0, -1) == [message(3)]


def test_what_was_taken_while_the_reply_was_lost_is_a_candidate(carrier, open_inbox, client):
    transport = carrier("redis-list", "safe")
    inbox = open_inbox(transport)
    send(client, transport, message(0))
    (batch,) = inbox.receive()
    client.rpush(inbox._own, message(1), message(2))
    finish(inbox, batch)
    assert inbox.recover() == []
    assert sorted(client.lrange(transport.keys.candidates, 0, -1)) == [message(1), message(2)]
    assert client.lrange(inbox._own, 0, -1) == [message(0)]
    assert inbox._done  # its outcome was not sent


def test_who_may_not_ask_who_is_connected_looks_at_processes(server, carrier, open_inbox, client):
    inbox = open_inbox(carrier("redis-list", "safe"))
    client.acl_setuser("blind", enabled=True, nopass=True, commands=["+@all", "-client|list"], keys=["*"])
    inbox._connection._client = connect(server.url.replace("//:", "//blind:"), "blind")
    assert inbox.dead({inbox.name, DEAD, f"{inbox.name}0", "of another"}) == {DEAD, f"{inbox.name}0", "of another"}
    client.acl_deluser("blind")
