"""What `tuned=yes` does once for each connection, and Celery for each task."""

import pytest
from kombu.transport import pyamqp
from kombu.transport import redis as kombu_redis

from brokers.celery.broker import celery_over
from brokers.celery.publisher import CeleryPublisher
from brokers.celery.settings import Names
from crossover.contract.safety import Safety

TASKS = 5
FOR_EACH_TASK = {  # what Celery does over this broker for each task that it sends
    "redis": [(kombu_redis.Channel, "_create_client")],
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
        assert len(counted) == (0 if tuned else TASKS)
    finally:
        publisher.close()
        broker.remove(url, names)


def test_a_client_that_is_kept_is_not_kept_longer_than_its_connections(url, kind):
    if kind != "redis":
        pytest.skip("over Redis only")
    broker, names = celery_over(kind), Names("tuned-again", Safety.DEFAULT)
    publisher = CeleryPublisher(broker, url, Safety.DEFAULT, names.run, tuned=True)
    try:
        channel = publisher.connection.kombu.default_channel
        with channel.conn_or_acquire() as first:
            first.ping()
        channel._disconnect_pools()  # as kombu does where a connection is lost, and after a fork
        with channel.conn_or_acquire() as second, channel.conn_or_acquire() as third:
            assert second.ping()
            assert second is third is not first
    finally:
        publisher.close()
        broker.remove(url, names)
