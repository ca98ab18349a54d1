"""Messages that others may put into a broker that we use."""

import tempfile
from contextlib import closing
from operator import itemgetter
from pathlib import Path

import msgspec
import pika
import redis
from celery import Celery
from skips import create
from task_functions import FunctionWorkload

from brokers.celery.broker import celery_over
from brokers.celery.settings import Names
from crossover.analysis.verdict import verdict_of_history
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.execution.supervision import End

TASKS = 400
HELD_FROM = 300  # a warm-up gets through 200 at most


def visited(write, url, level):
    """Run while `write` puts messages where they do not belong; return the history, the verdict and the transport.

    The last tasks are held until it has, so that the run cannot end before.
    """
    transport = create(url, level)
    written = []
    with tempfile.NamedTemporaryFile(delete=False) as held:
        path = Path(held.name)

    def tick(settled):
        if settled and not written:
            try:
                written.append(write(transport))
            finally:
                path.unlink()

    payloads = [[number, str(path) if number >= HELD_FROM else ""] for number in range(TASKS)]
    workload = FunctionWorkload("echo_when_released", payloads, right=itemgetter(0))
    try:
        history, _, ending, *_ = measure(transport, workload, Load(TASKS, 2, 1, 32), tick)
    finally:
        path.unlink(missing_ok=True)
    assert written
    assert ending.end is End.FINISHED, ending
    delivery = verdict_of_history(history)
    assert delivery.completed == TASKS
    assert delivery.lost == delivery.duplicated == delivery.corrupted == delivery.failed == 0
    return history, delivery, transport


def slip_into_tasks(transport, message):
    """Put a message where a run's tasks lie."""
    if transport.traits.server == "rabbitmq":
        _publish(transport, f"crossover.{transport.run}.tasks", message)
        return
    with redis.Redis.from_url(transport.at.url) as client:
        if transport.traits.name == "redis-stream":
            client.xadd(f"crossover:{transport.run}:tasks", {"m": message})
        else:
            client.rpush(f"crossover:{transport.run}:tasks", message)


def slip_into_outcomes(transport, message):
    """Put a message where a run's outcomes lie."""
    if transport.traits.server == "rabbitmq":
        _publish(transport, f"crossover.{transport.run}.outcomes", message)
        return
    with redis.Redis.from_url(transport.at.url) as client:
        client.rpush(f"crossover:{transport.run}:outcomes", message)


def slip_into_celery(transport, message):
    """Put a message, as it is, where a run's Celery messages lie."""
    if transport.traits.server == "rabbitmq":
        _publish(transport, Names(transport.run, transport.safety).tasks, message)
        return
    with redis.Redis.from_url(transport.at.url) as client:
        names = Names(transport.run, transport.safety)
        client.lpush(f"{names.key_prefix}{names.tasks}", message)


def call_through_celery(transport, task, *arguments):
    """Call a task of a run's Celery workers."""
    app = Celery(set_as_current=False)
    app.conf.update(celery_over(transport.traits.server).settings(transport.at.url, transport.safety, transport.run))
    app.conf.update(task_ignore_result=True)
    app.send_task(task, arguments, ignore_result=True)
    app.close()


def kept_aside(transport):
    """Take what has been refused: reason and message."""
    if transport.traits.server == "rabbitmq":
        return list(_taken_from_aside(transport))
    with redis.Redis.from_url(transport.at.url) as client:
        kept = [msgspec.msgpack.decode(item) for item in client.lrange("crossover:refused", 0, -1)]
    return [(reason, message) for reason, _, message in kept]


def _publish(transport, queue, message):
    with closing(pika.BlockingConnection(pika.URLParameters(transport.at.url))) as connection:
        connection.channel().basic_publish("", queue, message)


def _taken_from_aside(transport):
    with closing(pika.BlockingConnection(pika.URLParameters(transport.at.url))) as connection:
        channel = connection.channel()
        while True:
            _, properties, message = channel.basic_get("crossover.refused", auto_ack=True)
            if message is None:
                return
            yield properties.headers["reason"], message
