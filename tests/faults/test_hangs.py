"""A run that hangs is ended in seconds, with its likely cause; one whose tasks take long is not said to hang."""

import os
import re
import signal

import pytest
from skips import controllable, create, serve
from task_functions import FunctionWorkload

from brokers.rabbitmq.connection.client import connect as connect_rabbitmq
from brokers.redis.connection.client import connect as connect_redis
from crossover.analysis.verdict import verdict_of_history
from crossover.contract.safety import Safety
from crossover.execution.load.load import Load
from crossover.execution.measure import measure
from crossover.results.records import End

TASKS = 1_500
SOON = 0.5  # seconds of silence
LATER = 2.5  # seconds: a busy machine may let a worker wait for its processor for longer than half a second
NAPS = FunctionWorkload("nap", [0.002])
BACKLOG = Load(TASKS, 2, 1, TASKS)


def no_progress(_settled):
    pass


def once(action):
    """Return a callback that does something when the first task has come back."""
    done = []

    def tick(settled):
        if settled and not done:
            done.append(True)
            action()

    return tick


@pytest.fixture
def redis_server():
    server = serve("redis", Safety.FAST)
    yield server
    server.stop()


def over_redis(server, name):
    return create(f"{name}://{server.url.partition('://')[2]}")


@pytest.mark.parametrize("url", ["queue", "pool", "executor", "threads", "shared-memory?start=spawn", "redis-list"])
def test_a_task_that_takes_longer_is_not_said_to_hang(url):
    long = FunctionWorkload("nap", [2 * LATER, 0.01])
    seen = measure(create(url), long, Load(2, 1, 1, 2), no_progress, hang_after=LATER)
    assert seen.ending.end is End.FINISHED, seen.ending
    assert verdict_of_history(seen.history).completed == 2


@pytest.mark.long
def test_nor_is_a_task_of_a_celery_worker():
    seen = measure(
        create("celery+redis"), FunctionWorkload("nap", [2 * LATER]), Load(1, 1, 1, 1), no_progress, hang_after=LATER
    )
    assert seen.ending.end is End.FINISHED, seen.ending


@pytest.mark.long
@pytest.mark.parametrize("name", ["redis-list", "celery+redis"])
def test_a_list_that_is_deleted_is_noticed_and_what_was_in_it_is_lost(redis_server, name):
    transport = over_redis(redis_server, name)

    def delete():
        with connect_redis(redis_server.url, "test") as client:
            client.delete(*client.scan_iter("crossover:*tasks", _type="list"))

    seen = measure(transport, NAPS, BACKLOG, once(delete), hang_after=SOON)
    assert seen.ending.end is End.HUNG
    assert "no worker is inside a task: no task waits in Redis any more: they were deleted" in seen.ending.detail
    lost = verdict_of_history(seen.history).lost
    assert lost
    assert f"{lost:,} tasks outstanding" in seen.ending.detail


@pytest.mark.long
def test_a_list_that_is_evicted_is_noticed_and_the_policy_is_named(redis_server):
    def fill():
        with connect_redis(redis_server.url, "test") as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            client.config_set("maxmemory", "1")
            client.ping()

    seen = measure(over_redis(redis_server, "redis-list"), NAPS, BACKLOG, once(fill), hang_after=SOON)
    assert seen.ending.end is End.HUNG, seen.ending
    assert re.search(r"it has evicted [\d,]+ keys? since .*allkeys-lru", seen.ending.detail)


@pytest.mark.long
def test_a_queue_that_is_purged_is_noticed():
    server = controllable("rabbitmq")
    transport = create(f"rabbitmq://{server.url.partition('://')[2]}")

    def purge():
        channel = connect_rabbitmq(server.url, "test")
        channel.call(channel.pika.queue_purge, transport.task_queue())
        channel.close()

    seen = measure(transport, NAPS, BACKLOG, once(purge), hang_after=SOON)
    assert seen.ending.end is End.HUNG, seen.ending
    assert "no task waits in RabbitMQ any more: they were purged" in seen.ending.detail


@pytest.mark.parametrize("url", ["queue", "threads"])
def test_a_deadlock_in_the_function_is_named(url):
    seen = measure(create(url), FunctionWorkload("lock_twice", [0]), Load(2, 2, 1, 2), no_progress, hang_after=SOON)
    assert seen.ending.end is End.HUNG
    assert re.search(r"workers? [\d, ]+ (is|are) inside a task, waiting for a lock .* deadlock", seen.ending.detail)


def test_a_worker_that_is_stopped_is_named():
    workers = []
    transport = create("queue")
    seen = measure(
        transport,
        NAPS,
        Load(TASKS, 1, 1, 16),
        once(lambda: os.kill(workers[0], signal.SIGSTOP)),
        on_ready=lambda ready: workers.extend(ready.processes["workers"]),
        hang_after=SOON,
    )
    assert seen.ending.end is End.HUNG
    assert f"worker {workers[0]} is stopped, by SIGSTOP or a debugger" in seen.ending.detail


def test_what_others_are_inside_of_is_awaited_after_a_worker_has_died():
    workers = []
    ticks = iter(range(1_000))
    seen = measure(
        create("queue"),
        FunctionWorkload("nap", [LATER, LATER, LATER]),
        Load(3, 3, 1, 3),
        lambda _settled: next(ticks) == 3 and os.kill(workers[0], signal.SIGKILL),
        on_ready=lambda ready: workers.extend(ready.processes["workers"]),
    )
    assert seen.ending.end is End.DIED
    assert verdict_of_history(seen.history).completed == 2
