"""What `tuned=yes` does once for each connection, and Celery for each task."""

import pytest
import redis
from kombu.transport import pyamqp
from kombu.transport import redis as kombu_redis
from redis.client import PubSub
from waiting import eventually

from brokers.celery.broker import celery_over
from brokers.celery.publisher import CeleryPublisher
from brokers.celery.results.in_redis import POLL_MOST
from brokers.celery.settings import Names
from brokers.messages import Refused, encode
from brokers.servers.private import private_server
from crossover.contract.safety import Safety

TASKS = 5
FOR_EACH_TASK = {  # what Celery does over this broker for each task that it sends
    "redis": [(kombu_redis.Channel, "_create_client"), (PubSub, "subscribe")],
    "rabbitmq": [(pyamqp.Channel, "queue_declare")],
}


@pytest.fixture
def counted(kind, monkeypatch):
    """Everything of it that is done."""
    calls = []

    def count(owner, name):
        do = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, **options: calls.append(name) or do(*args, **options))

    for owner, name in FOR_EACH_TASK[kind]:
        count(owner, name)
    return calls


@pytest.mark.parametrize("tuned", [False, True])
def test_what_celery_does_for_each_task_is_done_once_for_each_connection(kind, url, counted, tuned):
    broker, names = celery_over(kind), Names(f"tuned-{tuned}", Safety.DEFAULT)
    publisher = CeleryPublisher(broker, url, Safety.DEFAULT, names.run, tuned=tuned)
    try:
        publisher.send(b"first", 0, 1, "workloads.noop:run")
        counted.clear()
        for number in range(1, TASKS + 1):
            publisher.send(b"another", number, 1, "workloads.noop:run")
        assert len(counted) == (0 if tuned else TASKS * len(FOR_EACH_TASK[kind]))
    finally:
        publisher.close()
        broker.remove(url, names)


@pytest.fixture
def over_redis():
    """A tuned producer without workers, and a client of its server."""
    url = private_server("redis", Safety.DEFAULT).url
    broker, names = celery_over("redis"), Names("tuned-alone", Safety.DEFAULT)
    publisher = CeleryPublisher(broker, url, Safety.DEFAULT, names.run, tuned=True)
    with redis.Redis.from_url(url) as client:
        yield publisher, client
    publisher.close()
    broker.remove(url, names)


def test_a_client_that_is_kept_is_not_kept_longer_than_its_connections(over_redis):
    channel = over_redis[0].connection.kombu.default_channel
    with channel.conn_or_acquire() as first:
        first.ping()
    channel._disconnect_pools()  # as kombu does where a connection is lost, and after a fork
    with channel.conn_or_acquire() as second, channel.conn_or_acquire() as third:
        assert second.ping()
        assert second is third is not first


def test_what_is_no_result_is_refused_once_and_a_result_that_replaces_it_is_received(over_redis):
    publisher, client = over_redis
    for number in range(3):
        publisher.send(b"task", number, 1, "workloads.noop:run")
    first, second, third = publisher._outstanding
    key = publisher.connection.app.backend.get_key_for_task
    stored = {"status": "SUCCESS", "result": b"value", "task_id": third}
    client.set(key(first), b"garbage")
    client.set(key(second), encode({**stored, "task_id": third}))
    client.set(key(third), encode(stored))
    received = publisher.receive(9, 5.0)
    assert [(found.first, found.value) for found in received if found.first >= 0] == [(2, b"value")]
    assert [type(found.value) for found in received if found.first < 0] == [Refused]
    assert publisher.receive(9, 0.1) == []
    client.set(key(first), encode({**stored, "task_id": first}))
    client.set(key(second), encode({**stored, "task_id": second}))
    assert eventually(lambda: received.extend(publisher.receive(9, 0.1)) or not publisher._outstanding)
    assert sorted(found.first for found in received if found.first >= 0) == [0, 1, 2]


@pytest.mark.long
def test_results_behind_many_outstanding_ones_are_found(over_redis):
    publisher, client = over_redis
    for number in range(2 * POLL_MOST + 1):
        publisher.send(b"task", number, 1, "workloads.noop:run")
    last = list(publisher._outstanding)[-1]
    stored = encode({"status": "SUCCESS", "result": b"value", "task_id": last})
    client.set(publisher.connection.app.backend.get_key_for_task(last), stored)
    received = []
    assert eventually(lambda: received.extend(publisher.receive(9, 0.1)) or received)
    assert [found.first for found in received] == [2 * POLL_MOST]
