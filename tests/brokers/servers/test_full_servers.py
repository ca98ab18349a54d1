"""A server whose memory is full refuses, or lets the publisher wait, until it has room again."""

import pika
import pytest
import redis
from waiting import PATIENCE

from brokers.rabbitmq.connection.client import connect as dial
from brokers.redis.connection.client import connect
from crossover.contract.errors import UsageError


def test_a_full_redis_refuses_to_write_until_it_is_relieved(controllable):
    server = controllable("redis")
    with connect(server.url, "test") as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.set("kept", bytes(10_000))
        server.fill()
        server.fill()
        with pytest.raises(redis.OutOfMemoryError):
            client.mset({f"more {number}": bytes(10_000) for number in range(100)})
        assert client.get("kept") == bytes(10_000)
        server.relieve()
        server.relieve()
        client.set("more", bytes(100_000))
        assert client.config_get("maxmemory*")["maxmemory"] == "0"
        assert client.config_get("maxmemory*")["maxmemory-policy"] == "allkeys-lru"


def test_a_full_redis_has_room_again_when_it_was_started_again(controllable):
    server = controllable("redis")
    server.fill()
    server.kill()
    server.restart()
    server.relieve()
    with connect(server.url, "test") as client:
        client.set("more", bytes(100_000))
        assert client.config_get("maxmemory")["maxmemory"] == "0"


@pytest.mark.long
def test_a_full_rabbitmq_lets_a_publisher_wait_until_it_is_relieved(rabbitmq):
    rabbitmq.fill()
    channel = dial(rabbitmq.url, "test")
    confirmed = []
    try:
        channel.call(channel.pika.queue_declare, "full", arguments={"x-queue-type": "classic"}, durable=True)
        channel.confirm(lambda _, taken: confirmed.append(taken))
        channel.publish("full", b"waits", pika.BasicProperties())
        assert channel.wait(lambda: channel.blocked, PATIENCE)
        assert "memory" in channel.blocked
        assert not channel.wait(lambda: confirmed, 0.5)
        rabbitmq.relieve()
        assert channel.wait(lambda: confirmed == [True] and not channel.blocked, PATIENCE)
        channel.call(channel.pika.queue_delete, "full")
    finally:
        rabbitmq.relieve()
        channel.close()


def test_a_memcached_cannot_be_filled(controllable):
    with pytest.raises(UsageError, match="evicts"):
        controllable("memcached").fill()
