"""Producer and worker of rabbitmq in one process: what a test has them do; and what it asks the server."""

import time
from contextlib import contextmanager

from waiting import eventually

from brokers.rabbitmq.connection.client import connect
from brokers.rabbitmq.server import evaluate
from crossover.contract.errors import BrokenError
from crossover.contract.tasks import NO_ERRORS, Outcomes

LIMITS = "application:set_env(rabbit, consumer_timeout, {}), application:set_env(rabbit, channel_tick_interval, {})."


def send(transport, *tasks):
    for task in tasks:
        transport.submit_task(task, task)
    transport.collect(0, 0)


def take(inbox, tasks):
    """Receive until there are so many tasks, and return their batches."""
    found = []
    while sum(batch.size for batch in found) < tasks:
        found += inbox.receive()
    return found


def finish(inbox, *batches, began=0, ended=0):
    """Say that batches are done at a time; by default before anything was sent."""
    for batch in batches:
        inbox.reply(Outcomes(batch.first, batch.size, batch.payloads, NO_ERRORS, 1, began, ended))
        inbox.acknowledge(batch)


def now():
    return time.monotonic_ns() + 10**9


def count(user, name):
    """Return how many messages wait in a queue, and how many consumers it has."""
    answers = []
    user.pika.queue_declare(name, passive=True, callback=answers.append)
    user.expect(lambda: answers, 20)
    return answers[0].method.message_count, answers[0].method.consumer_count


def collect(transport, tasks):
    found = []
    assert eventually(lambda: found.extend(transport.collect(9, 0.1)) or len(found) >= tasks)
    return sorted(found)


def settle(inbox):
    inbox._publish()
    inbox._channel.expect(lambda: not inbox._channel.unconfirmed, 20)
    inbox._channel.process_events()


def exists(url, name):
    channel = connect(url, "test")
    try:
        return bool(count(channel, name))
    except BrokenError:
        return False
    finally:
        channel.close()


def existing(url, *names):
    """Return which of some queues exist."""
    found = []
    for name in names:
        channel = connect(url, "test")
        try:
            channel.call(channel.pika.queue_declare, name, passive=True)
        except BrokenError:
            pass
        else:
            found.append(name)
        finally:
            channel.close()
    return found


def lose_data_of(server, queue):
    """Have RabbitMQ forget where the data of a quorum queue is, as if it were killed just after its creation.

    When it is started again, the queue has no leader.
    """
    name = f"'%2F_{queue}'"
    forget = f"ra_directory:unregister_name(quorum_queues, ra_directory:uid_of(quorum_queues, {name}))"
    assert evaluate(server._environment, f"{forget}, dets:sync(ra_directory_reverse).") == "ok"


def await_on_disk(server, queue):
    """Wait until RabbitMQ has written the name of a quorum queue, which may be half a second after declaring it.

    One that is killed before that has the queue afterwards, but never a leader for it.
    """

    def is_on_disk():
        files = server.directory.glob("data/*/quorum/*/names.dets")
        return any(queue.encode() in file.read_bytes() for file in files)

    assert eventually(is_on_disk)


@contextmanager
def short_consumer_timeout(server):
    """Let RabbitMQ wait for acknowledgements for a second, and not for half an hour."""
    evaluate(server._environment, LIMITS.format(1_000, 200))
    try:
        yield
    finally:
        evaluate(server._environment, LIMITS.format(1_800_000, 60_000))
